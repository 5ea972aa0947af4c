"""Claim a batch, speak of each row to the relay, record what it answered.

Every write here is committed at once and names the claim it acts for: a worker whose claim
was taken away (it slept longer than its lease) finds no row to change, and stops.
"""

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from newsletter.engine.envelopes import letter_of
from newsletter.engine.messages import Letter, MessageError, Reader, build
from newsletter.engine.outcomes import Outcome, Verdict, backoff
from newsletter.engine.smtp import Conversation, NoRelayError, RelayClosedError, conversation
from newsletter.models.audience import Subscription
from newsletter.models.deliveries import Delivery, DeliveryQuerySet, Mailing

logger = logging.getLogger(__name__)
State = Delivery.State
# Well under Celery's hard limit: a worker killed in the middle of a row makes it uncertain.
MAX_BATCH_SECONDS = 240
UNCLAIMED = {"claim_id": None, "claimed_at": None, "begun_at": None, "finished_at": None}


def deliver_batch(mailing_id: int) -> bool:
    """Sends one batch of a mailing. True when another ring is worth it at once.

    False as well when the relay was closed: `wake` rings again later.
    """
    now = timezone.now()
    Mailing.objects.filter(pk=mailing_id, state=Mailing.State.READY).update(
        state=Mailing.State.SENDING, started_at=now
    )
    mailing = Mailing.objects.filter(pk=mailing_id, state=Mailing.State.SENDING).first()
    if mailing is None:
        return False
    if not mailing.bulletin.sender_email:
        # Every message would fail, and the mailing would end as if it had been sent.
        pause_for(mailing.pk, "Le bulletin n'a plus d'adresse d'expéditeur.")
        return False
    claim_id = uuid4()
    rows = claim_batch(mailing_id, settings.LETTER_BATCH, claim_id, now)
    if rows:
        settled = send_claim(mailing, claim_id, rows)
        forget_erased(claim_id=claim_id)
        due = Delivery.objects.filter(mailing=mailing).due(now)
        going_on = Mailing.objects.filter(Exists(due), pk=mailing.pk, state=Mailing.State.SENDING)
        return settled > 0 and going_on.exists()
    finish_if_done(mailing_id)
    return False


def claim_batch(mailing_id: int, size: int, claim_id: UUID, now: datetime) -> list[Delivery]:
    """Takes at most `size` due rows for `claim_id`, committed on return.

    Two workers never take the same row: the second passes over what the first has locked
    (SQLite, which has no row locks, lets one writer in at a time).
    """
    with transaction.atomic():
        due = Delivery.objects.filter(mailing_id=mailing_id).due(now).order_by("pk")
        locked = due.select_for_update(skip_locked=True).values_list("pk", flat=True)
        taken = Delivery.objects.filter(pk__in=list(locked[:size]), state=State.PENDING)
        taken.update(state=State.SUBMITTING, claim_id=claim_id, claimed_at=now)
    return list(Delivery.objects.filter(claim_id=claim_id).order_by("pk"))


def send_claim(mailing: Mailing, claim_id: UUID, rows: Sequence[Delivery]) -> int:
    """Sends claimed rows over one connection; what was not begun goes back. Returns how many
    rows were settled for good."""
    settled = 0
    try:
        letters = letters_of(mailing, {row.content_id for row in rows})
        with conversation(
            settings.SMTP_URL,
            timeout=settings.SMTP_TIMEOUT_SECONDS,
            max_tries=settings.LETTER_MAX_TRIES,
            name=settings.SITE_HOST,
        ) as relay:
            settled = _speak(relay, mailing, letters, claim_id, rows)
    except NoRelayError as error:
        logger.error("mailing.no_relay mailing=%s reason=%s", mailing.pk, error)
    except RelayClosedError as error:
        logger.warning("mailing.relay_closed mailing=%s reason=%s", mailing.pk, error)
        if error.outcome.verdict is Verdict.PAUSE:
            pause_for(mailing.pk, error.outcome.error)
    give_back(_of_claim(claim_id).filter(begun_at__isnull=True))
    finish_if_done(mailing.pk)
    return settled


def _speak(
    relay: Conversation,
    mailing: Mailing,
    letters: dict[int, Letter],
    claim_id: UUID,
    rows: Sequence[Delivery],
) -> int:
    settled, ends = 0, time.monotonic() + MAX_BATCH_SECONDS
    for row in rows:
        if time.monotonic() > ends or not begin(row, mailing, claim_id):
            break
        if row.state == State.SKIPPED:
            settled += 1
            continue
        letter = letters[row.content_id]
        try:
            reader = Reader(row.email, row.token, f"{mailing.pk}.{row.pk}")
            message = build(letter, reader, timezone.now())
        except MessageError as error:
            record(row, claim_id, Outcome(Verdict.FAILED, error=str(error)))
            settled += 1
            continue
        outcome = relay.send(letter.sender_email, row.email, message, row.tries)
        record(row, claim_id, outcome)
        if outcome.verdict is Verdict.PAUSE:
            pause_for(mailing.pk, outcome.error)
            break
        settled += outcome.verdict is not Verdict.RETRY
        if outcome.is_lost:
            break
    return settled


def begin(row: Delivery, mailing: Mailing, claim_id: UUID) -> bool:
    """Marks that the relay is about to hear of this row, if it may still leave.

    False: the claim is lost or the mailing is stopped; the batch ends here. A reader who has
    left since the freeze is skipped: True, and the row says so.
    """
    mine = _of_claim(claim_id).filter(pk=row.pk)
    may_leave = mine.filter(
        Exists(Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.SENDING))
    )
    if mailing.kind == Mailing.Kind.ISSUE:
        reads = Subscription.objects.confirmed().filter(pk=OuterRef("subscription_id"))
        may_leave = may_leave.filter(Exists(reads))
    if may_leave.update(begun_at=timezone.now(), tries=F("tries") + 1):
        row.tries += 1
        return True
    if not Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.SENDING).exists():
        return False
    gone = {"error": "L'abonnement a pris fin avant l'envoi.", "finished_at": timezone.now()}
    if mine.update(state=State.SKIPPED, **gone):
        row.state = State.SKIPPED
        return True
    logger.warning("delivery.claim_lost mailing=%s claim=%s", mailing.pk, claim_id)
    return False


def record(row: Delivery, claim_id: UUID, outcome: Outcome) -> None:
    """Settles a begun row by what the relay answered, or puts it back for a later try.

    A row that `rescue` called uncertain meanwhile is corrected: we now know.
    """
    now = timezone.now()
    facts = {"smtp_code": outcome.code, "error": outcome.error, "is_hard": outcome.is_hard}
    mine = Delivery.objects.filter(
        pk=row.pk, claim_id=claim_id, state__in=[State.SUBMITTING, State.UNCERTAIN]
    )
    if outcome.verdict in (Verdict.RETRY, Verdict.PAUSE):
        later = now + timedelta(seconds=backoff(row.tries))
        found = mine.update(state=State.PENDING, next_try_at=later, **(UNCLAIMED | facts))
    else:
        found = mine.update(state=outcome.verdict.value, finished_at=now, **facts)
    if not found:
        logger.warning("delivery.settled_elsewhere delivery=%s verdict=%s", row.pk, outcome.verdict)


def forget_erased(**rows: object) -> int:
    """Blanks the address of settled rows whose reader was erased while they were spoken."""
    erased = Delivery.objects.filter(
        mailing__kind=Mailing.Kind.ISSUE, subscription__isnull=True, **rows
    )
    settled = erased.exclude(state__in=[State.PENDING, State.SUBMITTING]).exclude(email="")
    return settled.update(email="", error="")


def give_back(rows: DeliveryQuerySet) -> int:
    """Claimed rows that the relay never heard of wait again; returns how many."""
    return rows.update(state=State.PENDING, **UNCLAIMED)


def finish_if_done(mailing_id: int) -> bool:
    """A mailing with nothing waiting nor under way has been sent."""
    unsettled = Delivery.objects.filter(mailing_id=mailing_id).unsettled()
    done = Mailing.objects.running().filter(~Exists(unsettled), pk=mailing_id)
    return bool(done.update(state=Mailing.State.SENT, finished_at=timezone.now()))


def pause_for(mailing_id: int, reason: str) -> None:
    """Stops a mailing that the relay refuses through no fault of its readers."""
    logger.error("mailing.paused mailing=%s reason=%s", mailing_id, reason)
    Mailing.objects.running().filter(pk=mailing_id).update(
        state=Mailing.State.PAUSED, note=reason[:300]
    )


def letters_of(mailing: Mailing, content_ids: set[int]) -> dict[int, Letter]:
    """The frozen contents as letters, by content id."""
    contents = mailing.contents.filter(pk__in=content_ids).select_related("mailing__bulletin")
    return {content.pk: letter_of(content) for content in contents}


def _of_claim(claim_id: UUID) -> DeliveryQuerySet:
    return Delivery.objects.filter(claim_id=claim_id, state=State.SUBMITTING)
