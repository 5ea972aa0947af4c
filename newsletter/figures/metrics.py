"""Metrics for Prometheus, read from the database when they are asked for.

No address, title or name of a person stands in a label. The page is closed (404) without
`METRICS_TOKEN`, and else asks for `Authorization: Bearer TOKEN` (RFC 6750 §2.1).
"""

import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from redis import Redis, RedisError

from newsletter.models.audience import Subscription
from newsletter.models.claims import Claim
from newsletter.models.deliveries import Delivery, Mailing
from newsletter.models.readers import JobRun, ReaderMail
from newsletter.models.returns import Bounce

BROKER_SECONDS = 1.0
QUEUE = "celery"


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        refused = HttpResponse("401\n", status=401, content_type="text/plain; charset=utf-8")
        refused["WWW-Authenticate"] = "Bearer"
        return refused
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Letter())
    answer = HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    answer["Cache-Control"] = "no-store"
    return answer


def gauge(name: str, words: str, labels: list[str], values: Any) -> GaugeMetricFamily:
    """One family; `values` yields (labels, value)."""
    family = GaugeMetricFamily(f"letter_{name}", words, labels=labels)
    for found, value in values:
        family.add_metric([str(label) for label in found], float(value))
    return family


class Letter:
    """What `generate_latest` collects: some ten short queries, those of running mailings pass over
    their rows once."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        yield from mailings(now)
        yield from audience(now)
        yield from jobs(now)
        if (depth := queue_depth()) is not None:
            yield gauge("broker_queue", "Tasks waiting in the broker.", [], [((), depth)])


def mailings(now: datetime) -> Iterator[GaugeMetricFamily]:
    by_state = dict.fromkeys(Mailing.State.values, 0)
    found = Mailing.objects.exclude(kind=Mailing.Kind.TEST).order_by().values_list("state")
    by_state |= dict(found.annotate(n=Count("pk")))
    labelled = [((state,), n) for state, n in by_state.items()]
    yield gauge("mailings", "Mailings by state, tests left out.", ["state"], labelled)
    running = Mailing.objects.running().exclude(kind=Mailing.Kind.TEST)
    due = Q(state=Delivery.State.PENDING, next_try_at__lte=now)
    rows = list(
        Delivery.objects.filter(mailing__in=list(running.values_list("pk", flat=True)))
        .order_by()
        .values_list("mailing", "state")
        .annotate(
            n=Count("pk"),
            late=Min("next_try_at", filter=due),
            fresh=Count("pk", filter=Q(next_try_at__isnull=True)),
        )
    )
    counts = [((pk, state), n) for pk, state, n, _, _ in rows]
    yield gauge("deliveries", "Deliveries of the running mailings.", ["mailing", "state"], counts)
    begun = {m.pk: m.started_at or m.scheduled_at or m.created_at for m in running}
    oldest = 0.0
    for pk, state, _, late, fresh in rows:
        since = [late] + ([begun.get(pk)] if fresh and state == Delivery.State.PENDING else [])
        oldest = max([oldest, *((now - one).total_seconds() for one in since if one)])
    words = "Age in seconds of the oldest delivery that could leave now."
    yield gauge("oldest_due_seconds", words, [], [((), oldest)])
    lease = timedelta(seconds=settings.LETTER_LEASE_SECONDS)
    live = Claim.objects.filter(seen_at__gt=now - lease, seen_at__lt=now + lease)
    claims = live.aggregate(n=Count("pk"), connections=Sum("connections"))
    yield gauge("claims_alive", "Workers that hold deliveries.", [], [((), claims["n"])])
    connections = claims["connections"] or 0
    yield gauge("connections", "Connections of these workers.", [], [((), connections)])


def audience(now: datetime) -> Iterator[GaugeMetricFamily]:
    by_status = dict.fromkeys(Subscription.Status.values, 0)
    found = Subscription.objects.order_by().values_list("status").annotate(n=Count("pk"))
    labelled = [((status,), n) for status, n in (by_status | dict(found)).items()]
    yield gauge("subscriptions", "Subscriptions by status.", ["status"], labelled)
    waiting = ReaderMail.objects.filter(state=ReaderMail.State.PENDING)
    oldest = waiting.aggregate(n=Count("pk"), since=Min("created_at"))
    words = "Mails to single readers (confirmation, welcome) that wait."
    yield gauge("reader_mails_pending", words, [], [((), oldest["n"])])
    age = (now - oldest["since"]).total_seconds() if oldest["since"] else 0
    yield gauge("reader_mails_oldest_seconds", "Age of the oldest of them.", [], [((), age)])
    by_kind = dict.fromkeys(Bounce.Kind.values, 0)
    day = Bounce.objects.filter(at__gt=now - timedelta(days=1)).order_by().values_list("kind")
    kinds = [((kind,), n) for kind, n in (by_kind | dict(day.annotate(n=Count("pk")))).items()]
    yield gauge("returns_last_day", "Returns of the last 24 hours, by kind.", ["kind"], kinds)


def jobs(now: datetime) -> Iterator[GaugeMetricFamily]:
    ended = JobRun.objects.filter(finished_at__isnull=False, error="").order_by()
    last = ended.values_list("job").annotate(at=Max("finished_at"))
    ages = [((job,), (now - at).total_seconds()) for job, at in last]
    yield gauge("job_age_seconds", "Since the last run without error.", ["job"], ages)


def queue_depth() -> int | None:
    """Tasks that wait in the broker; None when it does not answer within a second."""
    try:
        with Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=BROKER_SECONDS,
            socket_connect_timeout=BROKER_SECONDS,
        ) as client:
            return int(client.llen(QUEUE))
    except (RedisError, ValueError, OSError):
        return None
