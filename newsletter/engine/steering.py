"""Steering a mailing that exists: pause, resume, cancel, try again.

Each is written in the history of the issue. Whoever resumes or tries again says « now »: from
then on the mailing is not too old to leave (`watch.hold_late`).
"""

from django.db import transaction
from django.utils import timezone

from newsletter.engine.bells import ring
from newsletter.engine.claims import UNCLAIMED
from newsletter.engine.pauses import finish_if_done
from newsletter.errors import LetterError
from newsletter.log_actions import record
from newsletter.models.deliveries import Delivery, Mailing
from newsletter.models.ledger import LedgerEntry

# What the breaker looks at begins anew: a person has seen why it stopped.
FRESH = {"run_accepted": 0, "run_failed": 0, "failed_in_row": 0}


class StateError(LetterError):
    """What was asked does not suit the mailing's state."""


def pause(mailing: Mailing, reason: str = "") -> Mailing:
    """Stops before the next message. What a worker holds goes back to waiting."""
    _move(
        mailing,
        [Mailing.State.SCHEDULED, Mailing.State.READY, Mailing.State.SENDING],
        {"state": Mailing.State.PAUSED, "note": reason[:300]},
        "Seul un envoi programmé, prêt ou en cours peut être mis en pause.",
    )
    record("pause", mailing, reason=reason[:300])
    return mailing


def resume(mailing: Mailing) -> Mailing:
    """Goes on, at its date if that is still to come."""
    now = timezone.now()
    waits = mailing.scheduled_at is not None and mailing.scheduled_at > now
    state = Mailing.State.SCHEDULED if waits else Mailing.State.READY
    if mailing.started_at:
        state = Mailing.State.SENDING
    refusal = "Seul un envoi en pause peut reprendre."
    changes = {"state": state, "note": ""} | ({} if waits else {"scheduled_at": now}) | FRESH
    moved = _move(mailing, [Mailing.State.PAUSED], changes, refusal)
    record("resume", mailing)
    if state != Mailing.State.SCHEDULED and not finish_if_done(mailing.pk):
        ring(mailing.pk)
    moved.refresh_from_db()
    return moved


def cancel(mailing: Mailing) -> Mailing:
    """Ends a mailing; who has not been written to will not be. Before the first message, the
    ledger forgets an issue that was withdrawn (a published one has been carried anyway)."""
    state, now = Mailing.State, timezone.now()
    with transaction.atomic():
        _move(
            mailing,
            [state.PREPARING, state.SCHEDULED, state.READY, state.SENDING, state.PAUSED],
            {"state": state.CANCELLED, "finished_at": now},
            "Cet envoi est terminé ou déjà annulé.",
        )
        record("cancel", mailing, count=_skip_waiting(mailing))
        rows = Delivery.objects.filter(
            mailing__issue_id=mailing.issue_id, mailing__kind=Mailing.Kind.ISSUE
        )
        # Of any sending: one that was cancelled half-way before this one has carried it too.
        if not rows.exclude(state=Delivery.State.SKIPPED).exists():
            LedgerEntry.objects.filter(issue_id=mailing.issue_id, issue__live=False).delete()
    return mailing


def abandon(mailing: Mailing) -> None:
    """A test that did not leave whole is over: nothing of it is tried again."""
    Mailing.objects.filter(pk=mailing.pk).exclude(state=Mailing.State.SENT).update(
        state=Mailing.State.CANCELLED, finished_at=timezone.now()
    )
    _skip_waiting(mailing)


def retry_failed(mailing: Mailing) -> int:
    """Failed rows wait again, as new; returns how many."""
    return _reopen(mailing, Delivery.State.FAILED, "retry")


def release_uncertain(mailing: Mailing) -> int:
    """Uncertain rows wait again: a person accepts that some readers may get the letter twice."""
    return _reopen(mailing, Delivery.State.UNCERTAIN, "release")


def _reopen(mailing: Mailing, state: Delivery.State, action: str) -> int:
    with transaction.atomic():
        mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
        if mailing.state == Mailing.State.CANCELLED:
            raise StateError("Cet envoi a été annulé\u00a0: faites-en un autre.")
        fresh = UNCLAIMED | {"tries": 0, "next_try_at": None, "is_hard": False}
        rows = mailing.deliveries.filter(state=state).exclude(email="")
        count = rows.update(state=Delivery.State.PENDING, **fresh)
        if not count:
            return 0
        if mailing.state == Mailing.State.SENT:
            mailing.state, mailing.finished_at = Mailing.State.SENDING, None
        record(action, mailing, count=count)
        if mailing.state in (Mailing.State.READY, Mailing.State.SENDING):
            mailing.scheduled_at = timezone.now()
            mailing.save(update_fields=["state", "finished_at", "scheduled_at"])
            Mailing.objects.filter(pk=mailing.pk).update(**FRESH)
            transaction.on_commit(lambda: ring(mailing.pk), robust=True)
    return count


def _move(mailing: Mailing, origins: list[str], changes: dict, refusal: str) -> Mailing:
    if not Mailing.objects.filter(pk=mailing.pk, state__in=origins).update(**changes):
        raise StateError(refusal)
    mailing.refresh_from_db()
    return mailing


def _skip_waiting(mailing: Mailing) -> int:
    return mailing.deliveries.filter(state=Delivery.State.PENDING).update(
        state=Delivery.State.SKIPPED,
        finished_at=timezone.now(),
        error="L'envoi a été annulé.",
    )
