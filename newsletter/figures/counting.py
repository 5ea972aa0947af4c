"""What became of each mailing, and how many read a bulletin, month by month.

The figures of a mailing still move for `WINDOW`: returns come, readers leave. Then they are kept
with it (`Mailing.figures`), so that forgetting addresses, erasing readers and time change nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Exists, OuterRef
from django.db.models.functions import TruncMonth
from django.utils import timezone

from newsletter.figures.wording import percent
from newsletter.models.audience import ConsentEvent, Subscription
from newsletter.models.bulletins import Bulletin
from newsletter.models.deliveries import Delivery, Mailing
from newsletter.models.returns import Bounce

WINDOW = timedelta(days=30)
KEEP_AT_ONCE = 20
MONTHS = 24
Kind, Channel = ConsentEvent.Kind, ConsentEvent.Channel
# A reader's own hand, from a letter; not the centre's, nor a machine's.
BY_READER = (Channel.MAIL, Channel.ONE_CLICK, Channel.MAILBOX)
NOT_LEFT = (Mailing.State.PREPARING, Mailing.State.SCHEDULED)


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of one mailing. `bounces`: by `Bounce.Kind`; `left`: readers who received it and
    unsubscribed from a letter before the next one, within 30 days; `new`: consents given since the
    one before, None where it is the first."""

    recipients: int = 0
    accepted: int = 0
    failed: int = 0
    uncertain: int = 0
    skipped: int = 0
    waiting: int = 0
    left: int = 0
    new: int | None = None
    bounces: dict[str, int] = field(default_factory=dict)

    @property
    def reached(self) -> int:
        """Those whom the relay was told of."""
        return self.accepted + self.failed + self.uncertain

    @property
    def accepted_share(self) -> str:
        return percent(self.accepted, self.reached)

    @property
    def bounced(self) -> int:
        """Returns that say « not delivered »; not complaints, nor automatic replies."""
        kinds = (Bounce.Kind.HARD, Bounce.Kind.SOFT, Bounce.Kind.POLICY)
        return sum(self.bounces.get(kind, 0) for kind in kinds)

    @property
    def complaints(self) -> int:
        return self.bounces.get(Bounce.Kind.COMPLAINT, 0)


def mailings_of(bulletin: Bulletin) -> Any:
    """What a bulletin has sent, the latest first: issues and digests, no test. A cancelled mailing
    counts when somebody received it."""
    reached = Delivery.objects.filter(mailing=OuterRef("pk"), state=Delivery.State.SENT)
    found = Mailing.objects.filter(bulletin=bulletin, started_at__isnull=False)
    found = found.exclude(kind=Mailing.Kind.TEST).exclude(state__in=NOT_LEFT)
    stopped = Mailing.objects.filter(pk=OuterRef("pk"), state=Mailing.State.CANCELLED)
    return found.filter(~Exists(stopped) | Exists(reached)).order_by("-started_at", "-pk")


def figures_of(mailing: Mailing) -> Figures:
    """As kept, else counted now."""
    return Figures(**(mailing.figures or counted_now(mailing)))


def counted_now(mailing: Mailing) -> dict[str, Any]:
    counts = mailing.counts()
    same = Mailing.objects.filter(bulletin=mailing.bulletin_id, kind=mailing.kind)
    same = same.exclude(pk=mailing.pk).filter(started_at__isnull=False)
    start = mailing.started_at or mailing.created_at
    before = same.filter(started_at__lt=start).order_by("-started_at").first()
    after = same.filter(started_at__gt=start).order_by("started_at").first()
    until = min(filter(None, (start + WINDOW, after and after.started_at)))
    return {
        "recipients": counts["total"],
        "accepted": counts["sent"],
        "failed": counts["failed"],
        "uncertain": counts["uncertain"],
        "skipped": counts["skipped"],
        "waiting": counts["pending"] + counts["submitting"],
        "left": _left(mailing, start, until),
        "new": consents(mailing.bulletin_id, before.started_at, start) if before else None,
        "bounces": dict(
            Bounce.objects.filter(mailing=mailing)
            .order_by()
            .values_list("kind")
            .annotate(n=Count("pk"))
        ),
    }


def _left(mailing: Mailing, start: datetime, until: datetime) -> int:
    received = Delivery.objects.filter(
        mailing=mailing, subscription=OuterRef("subscription"), state=Delivery.State.SENT
    )
    ended = ConsentEvent.objects.filter(
        Exists(received), kind=Kind.ENDED, channel__in=BY_READER, at__gte=start, at__lt=until
    )
    return ended.values("subscription").distinct().count()


def consents(bulletin_id: int, since: datetime, until: datetime) -> int:
    """Subscriptions that were confirmed or imported between two moments."""
    given = ConsentEvent.objects.filter(
        subscription__bulletin=bulletin_id,
        kind__in=[Kind.CONFIRMED, Kind.IMPORTED],
        at__gte=since,
        at__lt=until,
    )
    return given.values("subscription").distinct().count()


def departures(bulletin_id: int, since: datetime, until: datetime) -> int:
    """Readers who left between two moments, whoever decided it; requests never confirmed are no
    readers."""
    ended = Subscription.objects.filter(
        bulletin=bulletin_id,
        status=Subscription.Status.ENDED,
        confirmed_at__isnull=False,
        ended_at__gte=since,
        ended_at__lt=until,
    )
    return ended.count()


def keep(now: datetime) -> int:
    """Keeps the figures of mailings that have stopped moving; returns how many."""
    ended = Mailing.objects.filter(
        figures={}, finished_at__lt=now - WINDOW, started_at__lt=now - WINDOW
    ).exclude(kind=Mailing.Kind.TEST)
    mailings = list(ended.order_by("pk")[:KEEP_AT_ONCE])
    for mailing in mailings:
        Mailing.objects.filter(pk=mailing.pk).update(figures=counted_now(mailing))
    return len(mailings)


def readers_by_month(bulletin: Bulletin, today: date, months: int = MONTHS) -> list[dict[str, Any]]:
    """[{"month": its first day, "new", "left", "readers" at its end}], the oldest first, from the
    first month that had a reader.

    From the dates that consents set on each subscription: somebody who left and came back counts
    from their return, and an erased reader is gone from the past too.
    """
    mine = Subscription.objects.filter(bulletin=bulletin, confirmed_at__isnull=False).order_by()
    came, went = _per_month(mine, "confirmed_at"), _per_month(mine, "ended_at")
    if not came:
        return []
    month, rows, readers = min(came), [], 0
    while month <= today.replace(day=1):
        new, left = came.get(month, 0), went.get(month, 0)
        readers += new - left
        rows.append({"month": month, "new": new, "left": left, "readers": readers})
        month += relativedelta(months=1)
    return rows[-months:]


def _per_month(found: Any, column: str) -> dict[date, int]:
    zone = timezone.get_default_timezone()
    months = found.filter(**{f"{column}__isnull": False}).values_list(
        TruncMonth(column, tzinfo=zone)
    )
    return {month.date(): n for month, n in months.annotate(n=Count("pk"))}


def stopped_moving(mailing: Mailing, now: datetime) -> bool:
    """Whether its figures are final."""
    return bool(mailing.figures) or (mailing.started_at or now) + WINDOW < now


def bounce_words(bounces: dict[str, int]) -> Iterator[tuple[str, int]]:
    """(« Boîte qui n'existe pas », 3), in the order of `Bounce.Kind`, without the zeros."""
    for kind in Bounce.Kind:
        if bounces.get(kind):
            yield kind.label, bounces[kind]
