"""A dead link is said dead only when it is, and nobody's work is touched in asking."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Lock

import pytest
from django.utils import timezone

from home.fetching import Answer
from home.models import HomePage
from tests.veille.linking import noticed
from veille import links
from veille.links import Known, Verdict, health_of
from veille.models import NoticeLink

URL = "https://exemple.org/rapport.pdf"


def answering(answers: dict[str, Answer]) -> Callable[[str], Answer]:
    return lambda url: answers[url]


def round_of(**answers: Answer) -> Counter[str]:
    """Every link checked, each host of `exemple.org` by its first label."""
    known = {name.replace("_", "-"): answer for name, answer in answers.items()}
    return links.check_links(
        NoticeLink.objects.order_by("pk"),
        fetch=lambda url: known[url.split("//")[1].split(".")[0]],
        pause=0,
    )


def state(url: str = URL) -> tuple[str, int | None]:
    return NoticeLink.objects.values_list("health", "http_code").get(url=url)


# The verdict ------------------------------------------------------------------------------

GONE_BEFORE = Known("", 404)
WAS_DEAD = Known("dead", 503)


@pytest.mark.parametrize("previous", [Known(), Known("alive", 200), GONE_BEFORE, WAS_DEAD])
def test_a_link_that_answers_is_alive_whatever_it_was(previous: Known) -> None:
    assert health_of(Answer(200), previous) == "alive"
    assert health_of(Answer(206), previous) == "alive"
    assert health_of(Answer(200, moved_to=URL), previous) == "moved"


@pytest.mark.parametrize("now", [Answer(404), Answer(410), Answer(None, error="unresolved")])
def test_a_link_is_dead_at_the_second_time_that_it_is_gone(now: Answer) -> None:
    assert health_of(now, Known()) == ""
    assert health_of(now, Known("alive", 200)) == ""
    assert health_of(now, Known("", 503)) == ""
    assert health_of(now, Known("", None)) == ""
    assert health_of(now, Known("", 404)) == "dead"
    assert health_of(now, Known("", links.NO_SUCH_HOST)) == "dead"
    assert health_of(now, WAS_DEAD) == "dead"


REFUSALS = [
    *(Answer(code) for code in (302, 400, 401, 403, 405, 429, 451, 500, 502, 503)),
    Answer(None, error="timeout"),
    Answer(None, error="unreachable"),
    Answer(None, error="insecure"),
    Answer(None, error="forbidden"),
    Answer(None, error="malformed"),
    Answer(None, error="redirects"),
    Answer(403, moved_to=URL),
]


@pytest.mark.parametrize("now", REFUSALS)
def test_a_refusal_neither_kills_a_link_nor_brings_it_back(now: Answer) -> None:
    for previous in (Known(), Known("alive", 200), GONE_BEFORE, Known("", now.status)):
        assert health_of(now, previous) == ""
    assert health_of(now, WAS_DEAD) == "dead"


# What is asked, and what is written -------------------------------------------------------


def test_a_check_writes_the_live_rows_and_makes_no_revision(home: HomePage) -> None:
    page = noticed(home, URL)
    before = (page.latest_revision_id, page.revisions.count(), page.last_published_at)
    counts = round_of(exemple=Answer(200))
    assert counts == {"alive": 1}
    assert state() == ("alive", 200)
    assert NoticeLink.objects.get().checked_at.date() == timezone.now().date()
    page.refresh_from_db()
    assert (page.latest_revision_id, page.revisions.count(), page.last_published_at) == before


def test_what_an_editor_changes_meanwhile_is_not_overwritten(home: HomePage) -> None:
    first, second, mended = "https://a.org/", "https://b.org/", "https://c.org/"
    noticed(home, first, second)

    def mend(verdict: Verdict) -> None:
        """Both are asked together; the second is mended before its answer is written."""
        if verdict.url == first:
            NoticeLink.objects.filter(url=second).update(url=mended, label="Corrigé")

    everything = NoticeLink.objects.order_by("pk")
    links.check_links(everything, mend, fetch=lambda url: Answer(404), pause=0)
    assert state(first) == ("", 404)
    row = NoticeLink.objects.get(url=mended)
    assert (row.label, row.health, row.http_code, row.checked_at) == ("Corrigé", "", None, None)


def test_one_address_is_asked_once_for_all_its_notices(home: HomePage) -> None:
    noticed(home, URL)
    noticed(home, URL)
    asked: list[str] = []
    counts = links.check_links(
        NoticeLink.objects.filter(pk=NoticeLink.objects.first().pk),
        fetch=lambda url: asked.append(url) or Answer(200),
        pause=0,
    )
    assert asked == [URL]
    assert counts == {"alive": 1}
    assert list(NoticeLink.objects.values_list("health", flat=True)) == ["alive", "alive"]


def test_what_is_known_of_an_address_is_what_the_latest_check_wrote(home: HomePage) -> None:
    now = timezone.now()
    for code, at in ((None, None), (404, now - timedelta(hours=2)), (503, now - timedelta(days=9))):
        page = noticed(home, URL)
        page.links.update(http_code=code, checked_at=at)
    assert round_of(exemple=Answer(404)) == {"dead": 1}
    assert set(NoticeLink.objects.values_list("health", flat=True)) == {"dead"}


def test_a_link_that_is_coming_is_not_asked(home: HomePage) -> None:
    noticed(home, "", coming_soon=True)
    assert round_of() == {}
    assert NoticeLink.objects.get().checked_at is None


def test_a_link_gone_twice_is_dead_and_lives_again_when_it_answers(home: HomePage) -> None:
    noticed(home, URL)
    seen = []
    for code in (200, 404, 503, 404, 410, 503, 200):
        round_of(exemple=Answer(code))
        seen.append(state())
    assert seen == [
        ("alive", 200),
        ("", 404),
        ("", 503),
        ("", 404),
        ("dead", 410),
        ("dead", 503),
        ("alive", 200),
    ]


def test_a_host_that_does_not_exist_is_gone_if_somebody_else_answers(home: HomePage) -> None:
    gone, up = "https://gone.org/", "https://up.org/"
    noticed(home, gone, up)
    nobody = Answer(None, error="unresolved")
    for _ in range(3):
        round_of(gone=nobody, up=nobody)
        assert state(gone) == state(up) == ("", None)
    assert round_of(gone=nobody, up=Answer(200)) == {"alive": 1, "unknown": 1}
    assert state(gone) == ("", links.NO_SUCH_HOST)
    assert round_of(gone=nobody, up=Answer(403)) == {"dead": 1, "unknown": 1}
    assert state(gone) == ("dead", links.NO_SUCH_HOST)


def test_hosts_are_asked_together_but_each_one_address_at_a_time(home: HomePage) -> None:
    urls = [f"https://{host}.org/{n}" for host in ("a", "b", "c", "d", "e") for n in range(3)]
    noticed(home, *urls)
    lock, busy, most = Lock(), Counter(), Counter()

    def slowly(url: str) -> Answer:
        host = url.split("/")[2]
        with lock:
            busy[host] += 1
            busy["all"] += 1
            for name in (host, "all"):
                most[name] = max(most[name], busy[name])
        time.sleep(0.005)
        with lock:
            busy[host] -= 1
            busy["all"] -= 1
        return Answer(200)

    assert links.check_links(NoticeLink.objects.all(), fetch=slowly, pause=0) == {"alive": 15}
    assert {most[f"{host}.org"] for host in "abcde"} == {1}
    assert most["all"] <= links.AT_ONCE


def test_a_host_is_given_a_pause_before_its_next_address(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(links.time, "sleep", pauses.append)
    urls = [
        "https://a.org/1",
        "https://a.org/2",
        "https://b.org/1",
        "http://[abîmé",
        "https://a.org/3",
    ]
    turns = list(links._turns(urls, 1.5))
    assert turns == [
        ("https://a.org/1", "https://b.org/1", "http://[abîmé"),
        ("https://a.org/2",),
        ("https://a.org/3",),
    ]
    assert pauses == [1.5, 1.5]


def test_time_and_number_are_bounded_and_what_is_left_is_told(
    home: HomePage, caplog: pytest.LogCaptureFixture
) -> None:
    noticed(home, *(f"https://exemple.org/{n}" for n in range(4)))
    everything = NoticeLink.objects.order_by("pk")
    fetch = answering({f"https://exemple.org/{n}": Answer(200) for n in range(4)})
    assert links.check_links(everything, limit=1, fetch=fetch, pause=0) == {"alive": 1}
    assert caplog.messages == []
    assert links.check_links(everything, limit=0, fetch=fetch, pause=0) == {}
    assert links.check_links(everything, seconds=0, fetch=fetch, pause=0) == {"left": 4}
    assert caplog.messages == ["links.unfinished left=4"]
    assert NoticeLink.objects.exclude(checked_at=None).count() == 1


def test_when_nobody_answers_the_operator_is_told(
    home: HomePage, caplog: pytest.LogCaptureFixture
) -> None:
    noticed(home, *(f"https://h{n}.org/" for n in range(5)))
    silence = {f"h{n}": Answer(None, error="unresolved") for n in range(5)}
    with caplog.at_level(logging.WARNING):
        round_of(**silence)
        assert caplog.messages == ["links.silence asked=5"]
        caplog.clear()
        round_of(**(silence | {"h3": Answer(503)}))
        assert caplog.messages == []
