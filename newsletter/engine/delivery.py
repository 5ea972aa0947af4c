"""Sending a mailing: one turn of one worker, and the sending of a test while a person waits."""

import logging
from collections.abc import Sequence
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from newsletter.engine import claims, pauses
from newsletter.engine.claims import Row
from newsletter.engine.draining import Drain, draining
from newsletter.engine.journal import Journal, JournalError, open_journal
from newsletter.engine.relays import NoRelayError, relays
from newsletter.engine.rescue import rescue
from newsletter.engine.worker import Stop, Turn
from newsletter.models.deliveries import Delivery, Mailing

logger = logging.getLogger(__name__)
GOING_ON = (None, Stop.TIME, Stop.DRAIN)


def deliver(mailing_id: int) -> bool:
    """Sends what is due of a mailing, for `LETTER_TASK_SECONDS` at most. True when another ring is
    worth it at once.

    False as well when no relay opened, or the disk is full: `wake` rings again later. Does nothing
    when `LETTER_WORKERS` live workers hold the mailing already.
    """
    rescue(timezone.now(), mailing_id)
    now = timezone.now()
    Mailing.objects.filter(pk=mailing_id, state=Mailing.State.READY).update(
        state=Mailing.State.SENDING, started_at=now
    )
    mailing = Mailing.objects.filter(pk=mailing_id, state=Mailing.State.SENDING).first()
    if mailing is None or not (journal := _journal(mailing, claim_id := uuid4())):
        return False
    if not claims.open_claim(mailing_id, claim_id, settings.LETTER_CONNECTIONS):
        journal.discard()
        return False
    with draining() as drain:
        turn = _turn(mailing, claim_id, journal, drain)
    if turn is None or pauses.finish_if_done(mailing_id):
        return False
    return turn.stop in GOING_ON and turn.settled > 0 and is_due(mailing_id)


def send_claim(mailing: Mailing, claim_id: UUID, rows: Sequence[Delivery]) -> int:
    """Sends rows claimed by the caller, now and in this process; returns how many were settled.
    What was not begun goes back."""
    if not (journal := _journal(mailing, claim_id)):
        claims.give_back(claim_id)
        return 0
    claims.add_claim(mailing.pk, claim_id, settings.LETTER_CONNECTIONS, timezone.now())
    held = [Row(row.pk, row.email, row.token, row.tries, row.content_id) for row in rows]
    turn = _turn(mailing, claim_id, journal, Drain(), held)
    pauses.finish_if_done(mailing.pk)
    return turn.settled if turn else 0


def is_due(mailing_id: int) -> bool:
    """Whether a running mailing has rows to send now."""
    mailing = Mailing.objects.filter(pk=mailing_id, state=Mailing.State.SENDING).first()
    if mailing is None:
        return False
    due = mailing.deliveries.filter(wave__lte=mailing.wave)
    return due.due(timezone.now()).exists()


def _turn(
    mailing: Mailing,
    claim_id: UUID,
    journal: Journal,
    drain: Drain,
    rows: Sequence[Row] | None = None,
) -> Turn | None:
    pauses.wait_no_more(mailing)
    try:
        turn = Turn(mailing, claim_id, journal, relays(), drain)
    except NoRelayError as error:
        logger.error("mailing.no_relay mailing=%s reason=%s", mailing.pk, error)
        claims.drop(claim_id)
        journal.discard()
        return None
    turn.run(rows)
    return turn


def _journal(mailing: Mailing, claim_id: UUID) -> Journal | None:
    try:
        return open_journal(claim_id)
    except JournalError as error:
        pauses.wait_for(mailing, error.reason)
        return None
