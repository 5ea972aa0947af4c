"""Where a mailing stands, for a screen that asks again and again: four readings of the database.

The first passes over every row of the mailing, once for all that is counted. When that took long
(a million rows), its answer serves everybody for ten times as long.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Max, Q, Sum, Value
from django.db.models.functions import StrIndex, Substr
from django.utils import timezone

from newsletter.figures.explaining import explain, without_addresses
from newsletter.figures.pace import eta_seconds, eta_words, pace_words, poll_milliseconds
from newsletter.models.deliveries import Delivery, Mailing

State = Delivery.State
DONE = (State.SENT, State.FAILED, State.UNCERTAIN)
MAX_DOMAINS, MAX_REASONS = 10, 10
SLOW_SECONDS, SHARED_TIMES = 0.05, 10
WAVES = {
    Mailing.Wave.TEAM: "l'équipe",
    Mailing.Wave.CANARY: "les premiers lecteurs",
    Mailing.Wave.REST: "tous les autres",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some were refused: in our words, and one example in the server's, without address."""

    state: str
    words: str
    said: str
    count: int
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class Domain:
    name: str
    failed: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A mailing at one moment. `per_minute`: settled in the last minute. `eta_seconds`: None when
    nothing moves. `wave_left`: rows of the present wave that are not settled."""

    counts: dict[str, int]
    per_minute: int = 0
    eta_seconds: int | None = None
    wave: int | None = None
    wave_left: int = 0
    wave_total: int = 0
    workers: int = 0
    connections: int = 0
    domains: tuple[Domain, ...] = ()
    reasons: tuple[Reason, ...] = field(default=())

    @property
    def done(self) -> int:
        return self.counts["total"] - self.counts["pending"] - self.counts["submitting"]

    @property
    def pace(self) -> str:
        return pace_words(self.per_minute)

    @property
    def eta(self) -> str:
        return eta_words(self.eta_seconds)

    @property
    def wave_label(self) -> str:
        # Where everybody is in one wave, the word tells nothing.
        if self.wave is None or self.wave_total == self.counts["total"]:
            return ""
        return WAVES.get(self.wave, "")

    @property
    def poll_ms(self) -> int:
        return poll_milliseconds(self.counts["total"])


def progress_of(mailing: Mailing, now: datetime | None = None) -> Progress:
    """Reads it. Nothing of a mailing that is being prepared has been counted yet: all zeros."""
    now = now or timezone.now()
    rows = _tally(mailing.pk, now)
    counts = {state: sum(n for (_, s), (n, _) in rows.items() if s == state) for state in State}
    counts = {"total": sum(counts.values()), **{state.value: n for state, n in counts.items()}}
    running = mailing.state in (Mailing.State.READY, Mailing.State.SENDING)
    left = counts["pending"] + counts["submitting"]
    per_minute = sum(recent for _, recent in rows.values())
    troubled = counts["failed"] + counts["uncertain"] > 0
    wave = {state: n for (at, state), (n, _) in rows.items() if at == mailing.wave}
    workers, connections = _workers(mailing, now) if left else (0, 0)
    return Progress(
        counts=counts,
        per_minute=per_minute if running else 0,
        eta_seconds=eta_seconds(left, per_minute) if running else None,
        wave=mailing.wave if left else None,
        wave_left=wave.get(State.PENDING, 0) + wave.get(State.SUBMITTING, 0),
        wave_total=sum(wave.values()),
        workers=workers,
        connections=connections,
        domains=failed_domains(mailing.pk) if counts["failed"] else (),
        reasons=reasons_of(mailing.pk) if troubled else (),
    )


def _tally(mailing_id: int, now: datetime) -> dict[tuple[int, str], tuple[int, int]]:
    """{(wave, state): (rows, settled by the relay in the last minute)}."""
    key = f"letter-progress:{mailing_id}"
    if (kept := cache.get(key)) is not None:
        return kept
    begin = time.monotonic()
    lately = Q(finished_at__gt=now - timedelta(minutes=1), finished_at__lte=now, state__in=DONE)
    found = (
        Delivery.objects.filter(mailing=mailing_id)
        .order_by()
        .values_list("wave", "state")
        .annotate(n=Count("pk"), recent=Count("pk", filter=lately))
    )
    rows = {(wave, state): (n, recent) for wave, state, n, recent in found}
    took = time.monotonic() - begin
    if took > SLOW_SECONDS:
        cache.set(key, rows, timeout=max(1, round(took * SHARED_TIMES)))
    return rows


def _workers(mailing: Mailing, now: datetime) -> tuple[int, int]:
    """Live claims and their connections. A sign of life from the future is none: the clock was
    put back since."""
    lease = timedelta(seconds=settings.LETTER_LEASE_SECONDS)
    live = mailing.claims.filter(seen_at__gt=now - lease, seen_at__lt=now + lease)
    found = live.aggregate(workers=Count("pk"), connections=Sum("connections"))
    return found["workers"], found["connections"] or 0


def failed_domains(mailing_id: int) -> tuple[Domain, ...]:
    """The domains that refused most; read among failed rows only."""
    at = StrIndex("email", Value("@"))
    found = (
        Delivery.objects.filter(mailing=mailing_id, state=State.FAILED, email__contains="@")
        .order_by()
        .annotate(domain=Substr("email", at + 1))
        .values_list("domain")
        .annotate(n=Count("pk"))
        .order_by("-n", "domain")
    )
    return tuple(Domain(name, n) for name, n in found[:MAX_DOMAINS])


def reasons_of(mailing_id: int) -> tuple[Reason, ...]:
    """Why rows failed or are uncertain, the most frequent first; among those rows only."""
    found = (
        Delivery.objects.filter(mailing=mailing_id, state__in=[State.FAILED, State.UNCERTAIN])
        .order_by()
        .values_list("state", "smtp_code", "status_code")
        .annotate(n=Count("pk"), said=Max("error"), last=Max("finished_at"))
        .order_by("-n", "smtp_code", "status_code")
    )
    folded: dict[tuple[str, str], Reason] = {}
    for state, code, status, n, said, last in found:
        words = explain(code, status, said)
        kept = folded.get((state, words))
        example = kept.said if kept else without_addresses(said)
        when = max(filter(None, (last, kept and kept.last)), default=None)
        folded[state, words] = Reason(state, words, example, n + (kept.count if kept else 0), when)
    return tuple(sorted(folded.values(), key=lambda reason: -reason.count)[:MAX_REASONS])


def as_json(mailing: Mailing, progress: Progress) -> dict[str, Any]:
    """What the endpoint and `mailing N status --json` say; the counts stand at the top."""
    return {
        "state": mailing.state,
        **progress.counts,
        "rate": progress.per_minute,
        "eta_seconds": progress.eta_seconds,
        "wave": progress.wave,
        "workers": progress.workers,
        "connections": progress.connections,
        "domains": [{"domain": one.name, "failed": one.failed} for one in progress.domains],
        "last_errors": [
            {"state": one.state, "words": one.words, "said": one.said, "count": one.count}
            for one in progress.reasons
        ],
        "note": mailing.note,
    }
