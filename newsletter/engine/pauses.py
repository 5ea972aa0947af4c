"""What the machine itself decides about a mailing: that it stops, waits, or has ended."""

import logging

from django.conf import settings
from django.db.models import Exists
from django.utils import timezone

from newsletter.engine.breaker import Limits, Tally, judge, judge_first
from newsletter.figures.explaining import without_addresses
from newsletter.figures.reports import tell_pause
from newsletter.log_actions import record
from newsletter.models.deliveries import Delivery, Mailing

logger = logging.getLogger(__name__)
State = Delivery.State
NOTE_CHARACTERS = 300
WAITING_FOR_DISK = "l'envoi reprendra de lui-même dès que possible."


def pause_for(mailing: Mailing, reason: str) -> bool:
    """Stops a mailing until a person resumes it, writes it in the history and tells the editors;
    False when it did not run. A relay that refuses often names the reader: the note, the history
    and the log outlive their erasure."""
    note = without_addresses(reason)[:NOTE_CHARACTERS]
    origins = [Mailing.State.SCHEDULED, Mailing.State.READY, Mailing.State.SENDING]
    running = Mailing.objects.filter(pk=mailing.pk, state__in=origins)
    if not running.update(state=Mailing.State.PAUSED, note=note):
        return False
    logger.error("mailing.paused mailing=%s reason=%s", mailing.pk, note)
    if mailing.kind != Mailing.Kind.TEST:
        record("pause", mailing, reason=note)
        _tell(mailing)
    return True


def _tell(mailing: Mailing) -> None:
    """Tells the editors; the sending never fails for it."""
    try:
        tell_pause(mailing)
    except Exception:
        logger.exception("mailing.pause_not_told mailing=%s", mailing.pk)


def wait_for(mailing: Mailing, reason: str) -> None:
    """Says why a mailing that still runs does not advance."""
    logger.error("mailing.journal_closed mailing=%s reason=%s", mailing.pk, reason)
    note = f"{reason}\u00a0: {WAITING_FOR_DISK}"[:NOTE_CHARACTERS]
    Mailing.objects.running().filter(pk=mailing.pk).update(note=note)


def wait_no_more(mailing: Mailing) -> None:
    if mailing.note.endswith(WAITING_FOR_DISK):
        Mailing.objects.running().filter(pk=mailing.pk, note=mailing.note).update(note="")


def limits() -> Limits:
    return Limits(
        run=settings.LETTER_BREAKER_RUN,
        percent=settings.LETTER_BREAKER_PERCENT,
        minimum=settings.LETTER_BREAKER_MINIMUM,
    )


def break_if_needed(mailing: Mailing) -> bool:
    """Pauses a mailing that meets too many refusals."""
    reason = judge(_tally(mailing), limits())
    return bool(reason) and pause_for(mailing, reason)


def finish_if_done(mailing_id: int) -> bool:
    """A mailing with nothing waiting nor under way, in any wave, has been sent."""
    unsettled = Delivery.objects.filter(mailing_id=mailing_id).unsettled()
    done = Mailing.objects.running().filter(~Exists(unsettled), pk=mailing_id)
    return bool(done.update(state=Mailing.State.SENT, finished_at=timezone.now()))


def advance(mailing: Mailing) -> bool:
    """Lets the next wave leave when the present one has; True when it may, `mailing` says which.

    The present one has left when each of its rows was tried. Rows that wait for another try hold
    the others back only where they are more than the breaker's share: one reader's slow server
    must not keep the letter from everybody for an hour.
    """
    present = mailing.deliveries.filter(wave__lte=mailing.wave)
    # State by state: there may be a million rows of the waves to come, and an index for each.
    under_way, pending = (present.filter(state=one) for one in (State.SUBMITTING, State.PENDING))
    if under_way.exists() or pending.filter(tries=0).exists():
        return False
    later = mailing.deliveries.filter(wave__gt=mailing.wave, state=State.PENDING)
    after = later.order_by("wave").values_list("wave", flat=True).first()
    if after is None:
        return False
    tally, bounds = _tally(mailing), limits()
    if reason := judge_first(tally, bounds):
        pause_for(mailing, reason)
        return False
    waiting = pending.count()
    known = tally.accepted + tally.failed + waiting
    if bounds.percent and 100 * waiting > bounds.percent * known:
        return False
    moved = Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.SENDING, wave=mailing.wave)
    moved.update(wave=after)
    mailing.refresh_from_db(fields=["wave", "state"])
    return mailing.state == Mailing.State.SENDING


def _tally(mailing: Mailing) -> Tally:
    columns = ("run_accepted", "run_failed", "failed_in_row")
    found = Mailing.objects.filter(pk=mailing.pk).values_list(*columns).get()
    return Tally(*found)
