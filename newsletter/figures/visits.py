"""Visits of the centre's pages from a letter: a number a page, a letter and a day, nothing else.

The tag in the address is the same for every reader. No cookie is set, no address and no browser is
kept. Each visit adds one in the cache; a task writes the day's numbers down every few minutes. A
number in the cache is the day's whole, begun from what the table holds, so that writing it twice
changes nothing and a cache that was emptied loses some minutes at most.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from wagtail.models import Page

from newsletter.figures.campaigns import NAME, PARAMETER, campaign_name, digest_name
from newsletter.models.deliveries import Mailing
from newsletter.models.visits import CampaignVisit

KEEP_SECONDS = 3 * 86400
KNOWN_SECONDS = 300
KNOWN_KEY = "letter-campaigns"
CHUNK = 500
ROBOTS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|scan|monitor|archiv|curl|wget|python|java/|okhttp|ruby"
    r"|go-http|node|axios|headless|phantom|facebookexternal|whatsapp|proofpoint|mimecast|barracuda"
    r"|safelinks|bingpreview|http-?client|libwww",
    re.IGNORECASE,
)
AHEAD = re.compile(r"prefetch|preview|prerender", re.IGNORECASE)
NOT_SENT = (Mailing.State.CANCELLED, Mailing.State.PREPARING, Mailing.State.SCHEDULED)
NAMED_BY = (
    *("issue_id", "kind", "bulletin__slug", "issue__kind", "issue__number", "issue__dated"),
    *("frequency", "period_from"),
)


class CampaignVisitMiddleware:
    """Counts a page that was opened from a letter, and tells robots its address without the tag
    (`Link: rel="canonical"`, RFC 8288 and RFC 6596)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method in ("GET", "HEAD") and PARAMETER in request.GET:
            _seen(request, response)
        return response


def _seen(request: HttpRequest, response: HttpResponse) -> None:
    if response.status_code not in (200, 304):
        return
    # Wagtail remembers what it has just served at this address: no second look-up.
    route = Page.route_for_request(request, request.path)
    # An edition or a file of a page is not the page, and has its own canonical address.
    if route is None or route.args or route.kwargs:
        return
    if not response.has_header("Link"):
        others = [(k, v) for k, found in request.GET.lists() if k != PARAMETER for v in found]
        query = f"?{urlencode(others)}" if others else ""
        response["Link"] = f'<{request.build_absolute_uri(request.path)}{query}>; rel="canonical"'
    if request.method == "GET" and is_person(request.headers):
        add(route.page.pk, request.GET[PARAMETER], timezone.localdate())


def is_person(headers: Any) -> bool:
    """Whether a person seems to have opened the page: no known robot, and nothing fetched ahead."""
    agent = headers.get("User-Agent", "")
    if not agent or ROBOTS.search(agent):
        return False
    ahead = (headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz", "X-Purpose"))
    if any(AHEAD.search(value) for value in ahead):
        return False
    return headers.get("Sec-Fetch-Dest", "document") == "document"


def add(page_id: int, campaign: str, day: date) -> bool:
    """One visit more; False for a campaign that no letter has had."""
    if not NAME.fullmatch(campaign) or campaign not in known_campaigns():
        return False
    key = f"letter-visits:{day.isoformat()}:{page_id}:{campaign}"
    try:
        cache.incr(key)
    except ValueError:
        # The first today, or the cache was emptied.
        written = CampaignVisit.objects.filter(page=page_id, campaign=campaign, day=day)
        begun = next(iter(written.values_list("count", flat=True)), 0)
        if not cache.add(key, begun + 1, KEEP_SECONDS):
            return True  # another was first, or the cache is away: one visit is lost
        _note(key, day)
    return True


def _note(key: str, day: date) -> None:
    """Puts a key in the day's list: what `flush` will read."""
    counter = f"letter-visits:{day.isoformat()}"
    cache.add(counter, 0, KEEP_SECONDS)
    try:
        rank = cache.incr(counter)
    except ValueError:
        return
    cache.set(f"{counter}#{rank}", key, KEEP_SECONDS)


def campaign_of(mailing: Mailing) -> str:
    """The tag of a mailing's links; "" for a test, which counts for nothing."""
    if mailing.kind == Mailing.Kind.TEST:
        return ""
    found = Mailing.objects.filter(pk=mailing.pk).values(*NAMED_BY).first()
    return _name(found) if found else ""


def known_campaigns() -> set[str]:
    """The campaigns of the letters that have left, known for five minutes."""
    if (known := cache.get(KNOWN_KEY)) is None:
        sent = Mailing.objects.exclude(state__in=NOT_SENT).exclude(kind=Mailing.Kind.TEST)
        known = {_name(row) for row in sent.order_by().values(*NAMED_BY)}
        cache.set(KNOWN_KEY, known, KNOWN_SECONDS)
    return known


def _name(row: dict[str, Any]) -> str:
    """From the columns of NAMED_BY."""
    bulletin = row["bulletin__slug"]
    if row["kind"] == Mailing.Kind.DIGEST:
        return digest_name(bulletin, row["frequency"], f"{row['period_from']:%Y-%m-%d}")
    kind, number, dated = (row[f"issue__{name}"] for name in ("kind", "number", "dated"))
    return campaign_name(bulletin, kind or "", number, dated or "", row["issue_id"])


def flush() -> int:
    """Writes the visits of today and yesterday in the table; returns how many rows it wrote.
    Twice at once is harmless."""
    today = timezone.localdate()
    written = 0
    for day in (today - timedelta(days=1), today):
        counter = f"letter-visits:{day.isoformat()}"
        ranks = range(1, (cache.get(counter) or 0) + 1)
        for start in range(0, len(ranks), CHUNK):
            places = [f"{counter}#{rank}" for rank in ranks[start : start + CHUNK]]
            keys = set(cache.get_many(places).values())
            written += _write(cache.get_many(keys), day)
    return written


def _write(counts: dict[str, int], day: date) -> int:
    visits = []
    for key, count in counts.items():
        _, _, page_id, campaign = key.split(":", 3)
        visits.append((int(page_id), campaign, count))
    # A page may have been deleted since.
    pages = set(Page.objects.filter(pk__in={v[0] for v in visits}).values_list("pk", flat=True))
    same = CampaignVisit.objects.filter(day=day, page__in=pages)
    kept = {(p, c): n for p, c, n in same.values_list("page", "campaign", "count")}
    rows = [
        CampaignVisit(page_id=page_id, campaign=campaign, day=day, count=count)
        for page_id, campaign, count in visits
        if page_id in pages and count > kept.get((page_id, campaign), 0)
    ]
    CampaignVisit.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["campaign", "page", "day"],
        update_fields=["count"],
    )
    return len(rows)
