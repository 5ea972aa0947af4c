"""Starting a mailing: to everybody, or as a test.

`start` freezes everything in one transaction: what is sent, and to whom. Later edits, new
subscribers and changed templates touch nothing; a reader who leaves meanwhile is skipped.
"""

import logging
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils import timezone

from newsletter.addresses import AddressError, normalise
from newsletter.checking import preflight
from newsletter.documents import UNSUBSCRIBE_MARK, IssueDocument, RenderedIssue
from newsletter.editors import editors_of
from newsletter.engine import steering
from newsletter.engine.bells import ring
from newsletter.engine.delivery import send_claim
from newsletter.engine.envelopes import envelope_of
from newsletter.engine.messages import TEST_PREFIX, TEST_TOKEN
from newsletter.engine.recipients import address, audience
from newsletter.engine.smtp import parse_relay
from newsletter.errors import LetterError
from newsletter.facts import Report
from newsletter.freezing import Drawing, draw, freeze
from newsletter.log_actions import record
from newsletter.models.deliveries import Delivery, Mailing, MailingContent
from newsletter.models.issues import Issue
from newsletter.models.ledger import write_ledger

if TYPE_CHECKING:
    from home.models import User

logger = logging.getLogger(__name__)
CONTENT_KEY = "issue"
MAX_TEST_ADDRESSES = 20


class DispatchError(LetterError):
    """This can not be sent, or not now."""


class NotLiveError(DispatchError):
    """The issue is a draft."""


class NoSubjectError(DispatchError):
    """The mail would have no subject."""


class NoSenderError(DispatchError):
    """The bulletin has no sender's address."""


class NoReaderError(DispatchError):
    """Nobody is subscribed."""


class NoUnsubscribeLinkError(DispatchError):
    """The rendered mail lacks the place of the reader's own link."""


class NotReadyError(DispatchError):
    """The preflight found what forbids the issue to leave: `report`."""

    def __init__(self, report: Report) -> None:
        self.report = report
        found = " ".join(finding.message for finding in report.blocking)
        super().__init__(f"Ce numéro n'est pas bon à diffuser\u00a0: {found}")


class TestAddressError(DispatchError):
    """A test was asked for an unusable address, or too many."""

    __test__ = False  # its name is not a test's


class TestNotSentError(DispatchError):
    """The relay did not take the test for some addresses; nothing more will be tried."""

    __test__ = False


class StillEndingError(DispatchError):
    """A cancelled mailing of the issue has rows in a worker's hands: who they reach is not known
    yet, so neither is who is left."""


class StillChangingError(DispatchError):
    """The issue was published again while it was being drawn."""


class SamePersonError(DispatchError):
    """The bulletin wants a second person, and this one made the last change."""


class MailingExistsError(DispatchError):
    """The issue has a mailing already: `mailing`."""

    def __init__(self, mailing: Mailing) -> None:
        self.mailing = mailing
        super().__init__(
            f"Ce numéro a déjà l'envoi {mailing.pk} "
            f"(état\u00a0: {mailing.get_state_display().lower()})."
        )


def start(issue: Issue, by: "User | None" = None, at: datetime | None = None) -> Mailing:
    """Freezes the live issue for its readers of this instant, and rings when that is committed.

    Args:
        at: when to leave (aware); None or past: now.

    Raises:
        MailingExistsError, StillEndingError, StillChangingError, NotLiveError, SamePersonError,
        NoSubjectError, NoSenderError, NoReaderError, NoUnsubscribeLinkError, NotReadyError,
        NoRelayError: nothing was written.
    """
    if existing := Mailing.objects.of_issue(issue.pk).first():
        raise MailingExistsError(existing)
    parse_relay(settings.SMTP_URL)
    found = Issue.objects.get(pk=issue.pk)
    _refuse(found, by)
    drawing = draw(found)  # slow: before anything is locked
    try:
        with transaction.atomic():
            return _freeze(drawing, by, at)
    except IntegrityError:
        # Two starts at once where rows can not be locked: the constraint decided.
        if existing := Mailing.objects.of_issue(issue.pk).first():
            raise MailingExistsError(existing) from None
        raise


def _refuse(issue: Issue, by: "User | None") -> None:
    if existing := Mailing.objects.of_issue(issue.pk).first():
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


def _freeze(drawing: Drawing, by: "User | None", at: datetime | None) -> Mailing:
    Issue.objects.select_for_update(of=("self",)).get(pk=drawing.issue_id)
    # Read after the lock is held: the reading that takes it may have joined the page as it was.
    issue = Issue.objects.get(pk=drawing.issue_id)
    _refuse(issue, by)
    if not drawing.is_of(issue):
        raise StillChangingError("Ce numéro vient d'être republié\u00a0: relisez-le et renvoyez.")
    rendered = _checked(issue, drawing.document)
    report = preflight(issue, at=at, rendered=rendered)
    if not report.ok:
        raise NotReadyError(report)
    now = timezone.now()
    later = at is not None and at > now
    mailing = Mailing.objects.create(
        issue=issue,
        bulletin=issue.bulletin,
        revision=issue.live_revision,
        state=Mailing.State.SCHEDULED if later else Mailing.State.READY,
        scheduled_at=at if later else None,
        created_by=by,
    )
    content = _store(mailing, rendered)
    count = address(mailing, content, audience(issue), team=editors_of(issue.bulletin))
    if not count:
        raise NoReaderError("Aucun abonné confirmé\u00a0: il n'y a personne à qui écrire.")
    first = mailing.deliveries.aggregate(first=Min("wave"))["first"]
    Mailing.objects.filter(pk=mailing.pk).update(wave=first)
    freeze(mailing, drawing)
    write_ledger(issue)
    when = {"at": mailing.scheduled_at.isoformat()} if mailing.scheduled_at else {}
    record("schedule" if later else "send", mailing, by=by, count=count, **when)
    if not later:
        transaction.on_commit(lambda: ring(mailing.pk), robust=True)
    return mailing


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


def _checked(issue: Issue, document: IssueDocument | None = None) -> RenderedIssue:
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


def _store(mailing: Mailing, rendered: RenderedIssue, prefix: str = "") -> MailingContent:
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


def send_test(issue: Issue, addresses: list[str], by: "User | None" = None) -> Mailing:
    """Sends the same message, marked as a test, to `addresses`, now and in this process.

    The issue may be a draft. No reader's token is in it, and it counts for nothing.

    Raises:
        TestAddressError, NoSenderError, NoSubjectError, NoRelayError: nothing was sent.
        TestNotSentError: some did not leave; which and why.
    """
    parse_relay(settings.SMTP_URL)
    try:
        to = list(dict.fromkeys(normalise(address) for address in addresses))
    except AddressError as error:
        raise TestAddressError(f"Adresse d'essai\u00a0: {error}") from error
    if not to or len(to) > MAX_TEST_ADDRESSES:
        raise TestAddressError(f"Donnez entre une et {MAX_TEST_ADDRESSES} adresses d'essai.")
    rendered, now, claim_id = _checked(issue), timezone.now(), uuid4()
    with transaction.atomic():
        mailing = Mailing.objects.create(
            kind=Mailing.Kind.TEST,
            state=Mailing.State.SENDING,
            issue=issue,
            bulletin=issue.bulletin,
            created_by=by,
            started_at=now,
        )
        content = _store(mailing, rendered, TEST_PREFIX)
        row = {"content": content, "token": TEST_TOKEN, "claim_id": claim_id, "claimed_at": now}
        Delivery.objects.bulk_create(
            Delivery(mailing=mailing, email=email, state=Delivery.State.SUBMITTING, **row)
            for email in to
        )
    send_claim(mailing, claim_id, list(mailing.deliveries.all()))
    mailing.refresh_from_db()
    if left := list(mailing.deliveries.exclude(state=Delivery.State.SENT)):
        # A person waits for the answer: a test is not tried again behind their back.
        steering.abandon(mailing)
        why = left[0].error or "le serveur d'envoi ne répond pas"
        named = ", ".join(row.email for row in left)
        raise TestNotSentError(f"L'essai n'est pas parti vers {named}\u00a0: {why}.")
    record("test", mailing, by=by, count=len(to))
    return mailing
