"""Starting a mailing: to everybody, or as a test.

`start` freezes everything in one transaction: what is sent, and to whom. Later edits, new
subscribers and changed templates touch nothing; a reader who leaves meanwhile is skipped.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils import timezone

from newsletter.checking import preflight
from newsletter.documents import UNSUBSCRIBE_MARK, IssueDocument, RenderedIssue
from newsletter.editors import editors_of
from newsletter.engine.bells import ring, ring_to_prepare
from newsletter.engine.envelopes import envelope_of
from newsletter.engine.recipients import address, audience
from newsletter.engine.refusals import (
    MailingExistsError,
    NoReaderError,
    NoSenderError,
    NoSubjectError,
    NotLiveError,
    NotPreparedError,
    NotReadyError,
    NoUnsubscribeLinkError,
    SamePersonError,
    StillChangingError,
    StillEndingError,
)
from newsletter.engine.signing import check_ways_out
from newsletter.errors import LetterError
from newsletter.freezing import Drawing, draw, freeze
from newsletter.log_actions import record
from newsletter.models.deliveries import Delivery, Mailing, MailingContent
from newsletter.models.issues import Issue
from newsletter.models.ledger import write_ledger

if TYPE_CHECKING:
    from home.models import User

logger = logging.getLogger(__name__)
CONTENT_KEY = "issue"
NOBODY = "Aucun abonné confirmé\u00a0: il n'y a personne à qui écrire."
CHANGED = "Ce numéro vient d'être republié\u00a0: relisez-le et renvoyez."


def start(issue: Issue, by: "User | None" = None, at: datetime | None = None) -> Mailing:
    """Freezes the live issue for its readers of this instant, and rings when that is committed.

    Args:
        at: when to leave (aware); None or past: now.

    Raises:
        MailingExistsError, StillEndingError, StillChangingError, NotLiveError, SamePersonError,
        NoSubjectError, NoSenderError, NoReaderError, NoUnsubscribeLinkError, NotReadyError,
        NoRelayError: nothing was written.
    """
    found = _sendable(issue, by)
    drawing = draw(found)  # slow: before anything is locked
    with one_mailing_an_issue(issue), transaction.atomic():
        return _freeze(drawing, by, at)


def request(issue: Issue, by: "User | None" = None, at: datetime | None = None) -> Mailing:
    """The same for who waits on a page: refuses at once what can be, leaves the drawing and the
    freezing, which grow with the issue and its readers, to a task. What that one refuses is the
    note of the mailing, which is then cancelled.

    Raises:
        As `start`: nothing was written.
    """
    found = _sendable(issue, by)
    _must_be_ready(found, at, checked(found))
    if not audience(found).exists():
        raise NoReaderError(NOBODY)
    later = at if at is not None and at > timezone.now() else None
    with one_mailing_an_issue(issue), transaction.atomic():
        mailing = Mailing.objects.create(
            issue=found,
            bulletin=found.bulletin,
            revision=found.live_revision,
            state=Mailing.State.PREPARING,
            scheduled_at=later,
            created_by=by,
        )
        transaction.on_commit(lambda: ring_to_prepare(mailing.pk), robust=True)
    return mailing


def prepare(mailing_id: int) -> bool:
    """Draws and freezes what `request` promised; False when there was nothing to do, or when it
    was refused, and the mailing says why. Twice, or two at once, is once."""
    mailing = Mailing.objects.filter(pk=mailing_id, state=Mailing.State.PREPARING).first()
    if mailing is None or mailing.issue is None:
        return False
    try:
        if timezone.now() - mailing.created_at > timedelta(hours=settings.LETTER_MAX_LATE_HOURS):
            raise NotPreparedError(
                "Cet envoi a été demandé il y a trop longtemps\u00a0: relancez-le."
            )
        issue = Issue.objects.get(pk=mailing.issue_id)
        drawing = draw(issue)
        if issue.live_revision_id != mailing.revision_id:
            raise StillChangingError(CHANGED)
        with transaction.atomic():
            return bool(_freeze(drawing, mailing.created_by, mailing.scheduled_at, mailing))
    except LetterError as error:
        logger.warning("mailing.not_prepared mailing=%s reason=%s", mailing_id, error)
        asked = Mailing.objects.filter(pk=mailing_id, state=Mailing.State.PREPARING)
        if asked.update(
            state=Mailing.State.CANCELLED, note=str(error)[:300], finished_at=timezone.now()
        ):
            record("refuse", mailing, by=mailing.created_by, reason=str(error)[:300])
        return False


@contextmanager
def one_mailing_an_issue(issue: Issue) -> Iterator[None]:
    """Two starts at once where rows can not be locked: the constraint decides.

    Raises:
        MailingExistsError
    """
    try:
        yield
    except IntegrityError:
        if existing := Mailing.objects.of_issue(issue.pk).first():
            raise MailingExistsError(existing) from None
        raise


def _sendable(issue: Issue, by: "User | None") -> Issue:
    if existing := Mailing.objects.of_issue(issue.pk).first():
        raise MailingExistsError(existing)
    check_ways_out()
    found = Issue.objects.get(pk=issue.pk)
    _refuse(found, by)
    return found


def _refuse(issue: Issue, by: "User | None", mailing: Mailing | None = None) -> None:
    existing = Mailing.objects.of_issue(issue.pk).first()
    if existing and existing != mailing:
        raise MailingExistsError(existing)
    if _still_ending(issue.pk):
        raise StillEndingError(
            "Un envoi annulé de ce numéro se termine\u00a0: réessayez dans un instant."
        )
    if not issue.live:
        raise NotLiveError("Ce numéro n'est pas publié\u00a0: publiez-le avant de l'envoyer.")
    if wants_another_than(by, issue):
        raise SamePersonError(
            "Ce bulletin demande une seconde personne\u00a0: vous avez fait la dernière "
            "modification de la version publiée, quelqu'un d'autre doit lancer l'envoi."
        )


def _freeze(
    drawing: Drawing, by: "User | None", at: datetime | None, mailing: Mailing | None = None
) -> Mailing | None:
    """Everything at once: contents, readers, editions, ledger, history. With `mailing`, the one
    that was asked for; None when it is no longer waiting for it."""
    Issue.objects.select_for_update(of=("self",)).get(pk=drawing.issue_id)
    # Read after the lock is held: the reading that takes it may have joined the page as it was.
    issue = Issue.objects.get(pk=drawing.issue_id)
    _refuse(issue, by, mailing)
    if not drawing.is_of(issue):
        raise StillChangingError(CHANGED)
    rendered = checked(issue, drawing.document)
    _must_be_ready(issue, at, rendered)
    now = timezone.now()
    later = at is not None and at > now
    facts = {
        "revision": issue.live_revision,
        "state": Mailing.State.SCHEDULED if later else Mailing.State.READY,
        "scheduled_at": at if later else None,
    }
    if mailing is None:
        mailing = Mailing.objects.create(
            issue=issue, bulletin=issue.bulletin, created_by=by, **facts
        )
    elif not Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.PREPARING).update(**facts):
        return None
    content = store(mailing, rendered)
    count = address(mailing, content, audience(issue), team=editors_of(issue.bulletin))
    if not count:
        raise NoReaderError(NOBODY)
    first = mailing.deliveries.aggregate(first=Min("wave"))["first"]
    Mailing.objects.filter(pk=mailing.pk).update(wave=first)
    freeze(mailing, drawing)
    write_ledger(issue)
    when = {"at": at.isoformat()} if at and later else {}
    record("schedule" if later else "send", mailing, by=by, count=count, **when)
    if not later:
        transaction.on_commit(lambda: ring(mailing.pk), robust=True)
    return mailing


def _must_be_ready(issue: Issue, at: datetime | None, rendered: RenderedIssue) -> None:
    report = preflight(issue, at=at, rendered=rendered)
    if not report.ok:
        raise NotReadyError(report)


def wants_another_than(by: "User | None", issue: Issue) -> bool:
    """Whether `by` made the last change to the version on sale, and the bulletin wants somebody
    else to start. A command (`by` is None) is nobody's."""
    if by is None or not issue.bulletin.needs_second_person or issue.live_revision is None:
        return False
    return issue.live_revision.user_id == by.pk


def _still_ending(issue_id: int) -> bool:
    return Delivery.objects.filter(
        mailing__issue_id=issue_id,
        mailing__kind=Mailing.Kind.ISSUE,
        mailing__state=Mailing.State.CANCELLED,
        state=Delivery.State.SUBMITTING,
    ).exists()


def checked(issue: Issue, document: IssueDocument | None = None) -> RenderedIssue:
    if not issue.bulletin.sender_email:
        raise NoSenderError("Le bulletin n'a pas d'adresse d'expéditeur.")
    if not issue.bulletin.sender_email.isascii():
        # SMTP without SMTPUTF8 (RFC 6531) carries ASCII only, and few relays offer it.
        raise NoSenderError("L'adresse de l'expéditeur ne peut contenir ni accent ni signe rare.")
    rendered = issue.rendered(document)
    if not rendered.subject.strip():
        raise NoSubjectError("Ce numéro n'a pas d'objet\u00a0: donnez-lui un titre.")
    if UNSUBSCRIBE_MARK not in rendered.html or UNSUBSCRIBE_MARK not in rendered.text:
        raise NoUnsubscribeLinkError("Le courriel n'a pas de lien de désabonnement.")
    return rendered


def store(mailing: Mailing, rendered: RenderedIssue, prefix: str = "") -> MailingContent:
    return MailingContent.objects.create(
        mailing=mailing,
        key=CONTENT_KEY,
        subject=f"{prefix}{rendered.subject}"[:255],
        html=rendered.html,
        text=rendered.text,
        envelope=envelope_of(mailing.bulletin, f"issue{mailing.issue_id}"),
    )


def recipient_count(issue: Issue) -> int:
    """How many readers a start would reach now."""
    return audience(issue).count()
