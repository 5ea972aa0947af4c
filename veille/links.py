"""Whether the links of the notices still lead somewhere: the verdict, and the round that asks.

The verdicts are written into the live table by `update()`: no revision is made, and nothing
that an editor does is overwritten. A draft holds its own copy of the links; publishing it keeps
what the table knows (`NoticeLink.save`).
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, zip_longest
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from home.fetching import Answer, check
from veille.models import NoticeLink

logger = logging.getLogger(__name__)

# What `http_code` holds for a host that does not exist, which has no code of its own.
NO_SUCH_HOST = 0
GONE = frozenset({404, 410, NO_SUCH_HOST})
ALIVE, MOVED, DEAD, UNKNOWN = "alive", "moved", "dead", ""

AT_ONCE = 4
PAUSE_SECONDS = 1.0
RECHECK_AFTER = timedelta(hours=1)
ENOUGH_TO_WORRY = 5


@dataclass(frozen=True, slots=True)
class Known:
    """What the last check of an address wrote; `code` is None when nobody answered it."""

    health: str = UNKNOWN
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """One address checked: what is written, and where it moved to."""

    url: str
    health: str
    code: int | None
    moved_to: str = ""


def health_of(answer: Answer, previous: Known) -> str:
    """The health of a link, from what it answers now and what it answered the last time.

    | now | health |
    |---|---|
    | 2xx, reached directly or by temporary redirects | alive |
    | 2xx, behind a permanent redirect (301, 308) to another address | moved |
    | 404, 410, no such host: the first time | "" (not known yet) |
    | 404, 410, no such host: again, or of a link already dead | dead |
    | all else: 401, 403, 429, 5xx, silence, bad certificate, address that we may not ask | "" |
    | all else, of a link already dead | dead |

    A refusal never kills a link: many sites refuse machines and welcome readers. Nor does it
    bring one back to life.
    """
    code = code_of(answer)
    if code is not None and 200 <= code < 300:
        return MOVED if answer.moved_to else ALIVE
    if previous.health == DEAD:
        return DEAD
    return DEAD if code in GONE and previous.code in GONE else UNKNOWN


def code_of(answer: Answer) -> int | None:
    """What `http_code` holds for this answer."""
    return NO_SUCH_HOST if answer.error == "unresolved" else answer.status


def due(now: datetime) -> QuerySet[NoticeLink]:
    """What the night checks: never checked, checked long ago, or gone once and not confirmed."""
    old = now - timedelta(days=settings.LINK_CHECK_DAYS)
    suspect = Q(health=UNKNOWN, http_code__in=GONE, checked_at__lt=now - RECHECK_AFTER)
    links = NoticeLink.objects.filter(Q(checked_at=None) | Q(checked_at__lt=old) | suspect)
    return links.order_by(F("checked_at").asc(nulls_first=True), "pk")


def of_pages(page_ids: Iterable[int], now: datetime) -> QuerySet[NoticeLink]:
    """The links of these pages but those checked within the hour: nobody is asked twice for a
    double click, and the two answers that make a link dead are an hour apart.
    """
    links = NoticeLink.objects.filter(notice__in=list(page_ids))
    return links.filter(Q(checked_at=None) | Q(checked_at__lt=now - RECHECK_AFTER))


def check_due() -> Counter[str]:
    """The night's round, within the bounds of the settings."""
    batch, seconds = settings.LINK_CHECK_BATCH, settings.LINK_CHECK_SECONDS
    return check_links(due(timezone.now()), limit=batch, seconds=seconds)


def check_of_pages(page_ids: Iterable[int]) -> Counter[str]:
    """The links of these pages, within the time that a worker allows."""
    return check_links(of_pages(page_ids, timezone.now()), seconds=settings.LINK_CHECK_SECONDS)


def check_links(
    links: QuerySet[NoticeLink],
    tick: Callable[[Verdict], object] = lambda verdict: None,
    *,
    limit: int | None = None,
    seconds: float | None = None,
    fetch: Callable[[str], Answer] = check,
    pause: float = PAUSE_SECONDS,
) -> Counter[str]:
    """Asks each distinct address of `links` once, and writes its health as it comes.

    A host is asked one address at a time, with a pause; `limit` bounds the addresses and
    `seconds` the time (what is begun is finished). `tick` hears each verdict. Returns the
    number of addresses by health ("unknown" for none), with "left" for those that time did
    not allow.
    """
    urls = addresses(links)[:limit]
    end = time.monotonic() + seconds if seconds is not None else None
    verdicts: list[Verdict] = []
    held: list[str] = []
    somebody_answered = False

    def settle(url: str, answer: Answer) -> None:
        verdicts.append(_written(url, answer))
        tick(verdicts[-1])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for turn in _turns(urls, pause):
            if end is not None and time.monotonic() >= end:
                break
            for url, answer in zip(turn, pool.map(fetch, turn), strict=True):
                somebody_answered |= answer.status is not None
                if answer.error == "unresolved":
                    held.append(url)
                else:
                    settle(url, answer)
    # Behind a proxy or a broken resolver no host exists: that says nothing of the links.
    for url in held:
        settle(url, Answer(None, error="unresolved" if somebody_answered else "unreachable"))
    _tell(asked=len(verdicts), left=len(urls) - len(verdicts), silence=not somebody_answered)
    counts = Counter(verdict.health or "unknown" for verdict in verdicts)
    return counts + Counter(left=len(urls) - len(verdicts))


def addresses(links: QuerySet[NoticeLink]) -> list[str]:
    """The distinct addresses of these links, in the order of the queryset."""
    return list(dict.fromkeys(links.exclude(url="").values_list("url", flat=True)))


def _turns(urls: Iterable[str], pause: float) -> Iterator[tuple[str, ...]]:
    """The addresses a few at a time, never two of one host together, a pause before its next."""
    hosts: dict[str, list[str]] = {}
    for url in urls:
        hosts.setdefault(_host(url), []).append(url)
    for number, row in enumerate(zip_longest(*hosts.values())):
        if number:
            time.sleep(pause)
        waiting = iter([url for url in row if url])
        while turn := tuple(islice(waiting, AT_ONCE)):
            yield turn


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def _written(url: str, answer: Answer) -> Verdict:
    """Judges an answer by the last one, and writes the verdict on every link to that address."""
    rows = NoticeLink.objects.filter(url=url)
    last = rows.exclude(checked_at=None).order_by("-checked_at").first()
    previous = Known(last.health, last.http_code) if last else Known()
    verdict = Verdict(url, health_of(answer, previous), code_of(answer), answer.moved_to)
    rows.update(health=verdict.health, http_code=verdict.code, checked_at=timezone.now())
    return verdict


def _tell(*, asked: int, left: int, silence: bool) -> None:
    if asked >= ENOUGH_TO_WORRY and silence:
        logger.warning("links.silence asked=%d", asked)
    if left:
        logger.warning("links.unfinished left=%d", left)
