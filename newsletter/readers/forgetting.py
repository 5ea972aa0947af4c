"""Forgetting a person, in every table that names them (RGPD art. 17). What must outlive them (the
keyed hash, the proof of the erasure) is the caller's.

With the subscriber go subscriptions, consents, mails and returns (cascades). Here is what names
them otherwise: deliveries, reports of imports, the admin's journal.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from newsletter.models.audience import Subscriber
from newsletter.models.deliveries import Delivery
from newsletter.models.readers import SubscriberImport

ERASED = "adresse effacée"
UNSETTLED = (Delivery.State.PENDING, Delivery.State.SUBMITTING)


@transaction.atomic
def forget(subscriber: Subscriber) -> None:
    """Deletes a subscriber with all that hangs on them, and takes their address and their token
    out of what stays.

    A delivery that a worker holds keeps its address until it is settled; retention blanks it.
    """
    # A return, a sign-up or a mail owed at the same moment adds nothing under what is deleted.
    list(Subscriber.objects.select_for_update().filter(pk=subscriber.pk))
    email = subscriber.email
    # Two conditions in one query would pass over every row of every mailing, at each erasure.
    theirs = Delivery.objects.filter(subscription__subscriber=subscriber)
    tests = Delivery.objects.filter(subscription__isnull=True, email=email)
    for rows in (theirs, tests):
        rows.filter(state=Delivery.State.PENDING).update(
            state=Delivery.State.SKIPPED, finished_at=timezone.now(), error="Adresse effacée."
        )
        # One that a worker gives back meanwhile keeps its address as well: it waits, is skipped.
        rows.exclude(state__in=UNSETTLED).update(email="", error="", token="")
    _clean_reports(email)
    # The admin's journal names what it speaks of: the address would stay there.
    journal = ModelLogEntry.objects.for_instance(subscriber)
    journal.update(label="Abonné effacé", data={})
    subscriber.delete()


def _clean_reports(email: str) -> None:
    """The report of an import tells lines, and one may show the address that it could not take.
    The file itself is forgotten once read."""
    for one in SubscriberImport.objects.defer("content").iterator():
        report, error = _without(one.report, email), _without(one.error, email)
        if (report, error) != (one.report, one.error):
            SubscriberImport.objects.filter(pk=one.pk).update(report=report, error=error)


def _without(value: Any, email: str) -> Any:
    """`value` (JSON) with `email`, in whatever case, replaced wherever it stands."""
    match value:
        case str():
            return _cut(value, email)
        case list():
            return [_without(item, email) for item in value]
        case dict():
            return {_without(key, email): _without(item, email) for key, item in value.items()}
    return value


def _cut(text: str, email: str) -> str:
    lowered = text.lower()
    if email not in lowered:
        return text
    # Where a small letter is longer than its capital, places would not match: the small text.
    source = text if len(lowered) == len(text) else lowered
    parts, start = [], 0
    while (found := lowered.find(email, start)) != -1:
        parts.append(source[start:found])
        start = found + len(email)
    return ERASED.join([*parts, source[start:]])
