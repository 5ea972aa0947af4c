"""What the beat does: rescue what a crash left, set off what is due, say what needs a ring."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, Max, OuterRef
from django.db.models.functions import Coalesce
from django.utils import timezone

from newsletter.engine.journal import drop_unknown
from newsletter.engine.pauses import finish_if_done, pause_for
from newsletter.engine.rescue import rescue
from newsletter.log_actions import day_and_time
from newsletter.models.claims import Claim
from newsletter.models.deliveries import Delivery, Mailing

logger = logging.getLogger(__name__)
State = Delivery.State
PREPARING_SECONDS = 60.0
JOURNAL_SECONDS = 86_400.0


def wake() -> list[int]:
    """One turn of the watch; returns the mailings that have rows due now, oldest first."""
    now = timezone.now()
    rescue(now)
    known = set(Claim.objects.values_list("pk", flat=True))
    drop_unknown(known, now.timestamp() - JOURNAL_SECONDS)
    drop_cancelled(now)
    hold_late(now)
    Mailing.objects.filter(state=Mailing.State.SCHEDULED, scheduled_at__lte=now).update(
        state=Mailing.State.READY
    )
    reopen_unfinished()
    running = Mailing.objects.running().order_by("pk")
    for mailing_id in list(running.values_list("pk", flat=True)):
        finish_if_done(mailing_id)
    due = Delivery.objects.filter(mailing=OuterRef("pk")).due(now)
    return list(running.filter(Exists(due)).values_list("pk", flat=True))


def late_preparations(now: datetime) -> list[int]:
    """Issues whose mailing was asked for a while ago and is not prepared: their bell was lost.
    (A digest is taken up again by its own beat.)"""
    asked = now - timedelta(seconds=PREPARING_SECONDS)
    late = Mailing.objects.filter(state=Mailing.State.PREPARING, created_at__lt=asked)
    return list(late.filter(kind=Mailing.Kind.ISSUE).values_list("pk", flat=True))


def hold_late(now: datetime) -> int:
    """Pauses what should have left more than `LETTER_MAX_LATE_HOURS` ago and gave no sign of
    life since (the machine was off, a backup was restored); returns how many.

    A letter that comes weeks late announces what is over: a person decides, by resuming it.
    """
    limit = now - timedelta(hours=settings.LETTER_MAX_LATE_HOURS)
    waiting = Delivery.objects.filter(mailing=OuterRef("pk"), state=State.PENDING)
    under_way = Delivery.objects.filter(mailing=OuterRef("pk"), state=State.SUBMITTING)
    states = [Mailing.State.SCHEDULED, Mailing.State.READY, Mailing.State.SENDING]
    # Whose own dates are recent is not late: its rows, perhaps a million, are not passed over.
    due = Coalesce("scheduled_at", "created_at")
    stale = Mailing.objects.alias(due=due).filter(due__lt=limit).exclude(started_at__gte=limit)
    mailings = (
        stale.filter(Exists(waiting), ~Exists(under_way), state__in=states)
        .exclude(kind=Mailing.Kind.TEST)
        .annotate(begun=Max("deliveries__begun_at"), retried=Max("deliveries__next_try_at"))
    )
    held = 0
    for mailing in mailings.order_by("pk"):
        due = mailing.scheduled_at or mailing.created_at
        signs = [due, mailing.started_at, mailing.begun, mailing.retried]
        if max(sign for sign in signs if sign) < limit:
            held += _hold(mailing, due)
    return held


def _hold(mailing: Mailing, due: datetime) -> int:
    note = f"Trop vieux pour partir\u00a0: l'envoi était attendu le {day_and_time(due)}."
    if not pause_for(mailing, note):
        return 0
    logger.error("mailing.too_late mailing=%s due=%s", mailing.pk, due.isoformat())
    return 1


def reopen_unfinished() -> int:
    """A mailing called sent in which a row waits again (its late worker was told to try later)
    goes on; returns how many."""
    waiting = Delivery.objects.filter(mailing=OuterRef("pk"), state=State.PENDING)
    return Mailing.objects.filter(Exists(waiting), state=Mailing.State.SENT).update(
        state=Mailing.State.SENDING, finished_at=None
    )


def drop_cancelled(now: datetime) -> int:
    """Rows that came back to a mailing cancelled meanwhile will not leave; nor does a test whose
    sender died: a person waited for it, and nothing is sent behind their back."""
    abandoned = Delivery.objects.filter(mailing=OuterRef("pk"), state=State.PENDING)
    Mailing.objects.filter(Exists(abandoned), kind=Mailing.Kind.TEST).exclude(
        state=Mailing.State.CANCELLED
    ).update(state=Mailing.State.CANCELLED, finished_at=now)
    return Delivery.objects.filter(
        mailing__state=Mailing.State.CANCELLED, state=State.PENDING
    ).update(state=State.SKIPPED, finished_at=now, error="L'envoi a été annulé.")
