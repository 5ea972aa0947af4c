"""Assembling on schedule: a draft on the day, never a sending.

Under the bulletin's lock, so that two workers at once make one issue; each bulletin in its own
transaction, so that one that fails holds up no other.
"""

import logging
from collections.abc import Callable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from wagtail.coreutils import find_available_slug
from wagtail.models import PageQuerySet, Revision

from newsletter.assembling import create_issue
from newsletter.composer.proposing import composition_of
from newsletter.editors_mail import tell_of_draft, tell_of_nothing, tell_of_open_draft
from newsletter.errors import LetterError
from newsletter.issue_form import proposed_numbers
from newsletter.models import Bulletin, Issue, Mailing
from newsletter.numbering import issue_slug, watch_title
from newsletter.rhythm import turn_of

logger = logging.getLogger(__name__)


class NothingToProposeError(LetterError):
    """No page and no date would stand in the issue."""


def assemble_due(today: date) -> list[int]:
    """Prepares the draft of every live bulletin whose day has come, and tells its editors;
    returns the ids of the new issues."""
    made = []
    for bulletin_id in due(today).order_by("pk").values_list("pk", flat=True):
        try:
            issue_id = assemble_one(bulletin_id, today)
        except (LetterError, ValidationError, IntegrityError) as error:
            logger.error("assembly.failed bulletin=%s reason=%s", bulletin_id, error)
            continue
        if issue_id:
            made.append(issue_id)
    return made


def due(today: date) -> PageQuerySet:
    return Bulletin.objects.live().filter(assembles_on_schedule=True, next_assembly_on__lte=today)


def assemble_one(bulletin_id: int, today: date) -> int | None:
    """The id of the draft that was made, or None: done meanwhile by another worker, a draft is
    still open, or nothing to propose."""
    with transaction.atomic():
        bulletin = due(today).select_for_update().filter(pk=bulletin_id).first()
        if bulletin is None:
            return None
        day, after = turn_of(bulletin.rhythm, bulletin.next_assembly_on, today)
        _move_on(bulletin, after)
        if open_draft := _open_draft(bulletin):
            _after(lambda: tell_of_open_draft(open_draft.pk))
            return None
        try:
            issue = _fill(bulletin, day)
        except NothingToProposeError:
            _after(lambda: tell_of_nothing(bulletin))
            return None
        _after(lambda: tell_of_draft(issue.pk))
    return issue.pk


def _open_draft(bulletin: Bulletin) -> Issue | None:
    """The latest regular issue that is neither published nor sent."""
    sendings = Mailing.objects.filter(kind=Mailing.Kind.ISSUE).exclude(
        state=Mailing.State.CANCELLED
    )
    drafts = Issue.objects.of(bulletin).filter(kind=Issue.Kind.REGULAR, live=False)
    return drafts.exclude(mailings__in=sendings).order_by("-number", "-pk").first()


def _fill(bulletin: Bulletin, day: date) -> Issue:
    """The draft of that day; raises NothingToProposeError, and then nothing is written."""
    number = proposed_numbers(bulletin)["regular"]
    dated = f"{day:%Y-%m-%d}" if bulletin.rhythm == Bulletin.Rhythm.WEEKLY else f"{day:%Y-%m}"
    issue = Issue(
        title=watch_title(dated),
        slug=find_available_slug(bulletin, issue_slug(Issue.Kind.REGULAR, number)),
        bulletin=bulletin,
        kind=Issue.Kind.REGULAR,
        number=number,
        dated=dated,
        live=False,
        has_unpublished_changes=True,
    )
    with transaction.atomic():
        create_issue(bulletin, issue)
        if not composition_of(issue).page_ids:
            raise NothingToProposeError
    return issue


def _move_on(bulletin: Bulletin, after: date | None) -> None:
    """Writes the next day on the row and on the revisions that would bring the old one back: the
    one the form shows, the one on sale, the one that waits for its hour. A day that an editor has
    changed in a draft is left. Without a rhythm, once is all: the schedule ends."""
    old = bulletin.next_assembly_on.isoformat()
    bulletin.next_assembly_on = after
    bulletin.assembles_on_schedule = after is not None
    changes = {"next_assembly_on": after, "assembles_on_schedule": after is not None}
    Bulletin.objects.filter(pk=bulletin.pk).update(**changes)
    held = [bulletin.latest_revision_id, bulletin.live_revision_id]
    waiting = bulletin.revisions.filter(approved_go_live_at__isnull=False)
    for revision in bulletin.revisions.filter(pk__in=held) | waiting:
        if revision.content.get("next_assembly_on") == old:
            day = after and after.isoformat()
            content = revision.content | changes | {"next_assembly_on": day}
            Revision.objects.filter(pk=revision.pk).update(content=content)


def _after(tell: Callable[[], None]) -> None:
    transaction.on_commit(tell, robust=True)
