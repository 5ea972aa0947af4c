"""Contacts whose agreement ended long ago are forgotten (RGPD art. 5.1.e)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils import timezone
from wagtail.models import Revision

from home.models import SiteSettings
from resources.models import CaseContact, CaseStudy

BATCH = 200


def contact_months() -> int:
    """How long after the end of the agreement; the longest delay of all sites rules."""
    return max(SiteSettings.objects.values_list("contact_months", flat=True), default=6)


def forget_expired(now: datetime, dry: bool) -> int:
    """Deletes the contacts whose agreement ended longer ago than the delay, in the pages and in
    the revisions that remember them; returns how many rows of pages and contacts of revisions.
    With `dry`, counts."""
    limit = timezone.localtime(now).date() - relativedelta(months=contact_months())
    old = CaseContact.objects.filter(expires_on__lt=limit)
    found = old.count()
    forgotten = sum(_in_revision(revision, limit, dry) for revision in _revisions())
    if not dry:
        old.delete()
    return found + forgotten


def _revisions() -> Iterable[Revision]:
    ours = Revision.page_revisions.filter(object_id__in=_ids(), content__has_key="contacts")
    return ours.order_by("pk").iterator(BATCH)


def _ids() -> list[str]:
    return [str(pk) for pk in CaseStudy.objects.values_list("pk", flat=True)]


@transaction.atomic
def _in_revision(revision: Revision, limit: date, dry: bool) -> int:
    """A revision keeps the page as it was, persons included: they are taken out of it."""
    contacts = revision.content.get("contacts") or []
    kept = [one for one in contacts if not _is_old(one, limit)]
    if len(kept) == len(contacts):
        return 0
    if not dry:
        content = revision.content | {"contacts": kept}
        Revision.objects.filter(pk=revision.pk).update(content=content)
    return len(contacts) - len(kept)


def _is_old(contact: dict[str, Any], limit: date) -> bool:
    """Without a day that can be read, an agreement is not known: the page's own row rules."""
    try:
        return date.fromisoformat(contact.get("expires_on") or "") < limit
    except ValueError:
        return False
