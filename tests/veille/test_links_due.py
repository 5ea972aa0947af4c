"""Which links are asked when and by whom, and what an entry says of them."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from config.celery import app
from home.cards import OutgoingLink
from home.models import HomePage
from tests.home.webserver import WebServer, ask, serving
from tests.veille import factories
from tests.veille.linking import noticed
from veille import links, tasks
from veille.models import Notice, NoticeLink

NOW = datetime(2026, 3, 2, 4, 20, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> WebServer:
    """The round asks a server of the loopback, without pauses."""
    with serving() as server:
        defaults = links.check_links.__kwdefaults__
        monkeypatch.setitem(defaults, "fetch", lambda url: ask(server, url))
        monkeypatch.setitem(defaults, "pause", 0)
        yield server


def checked(url: str, ago: timedelta | None, health: str = "alive", code: int | None = 200) -> None:
    NoticeLink.objects.filter(url=url).update(
        health=health, http_code=code, checked_at=None if ago is None else NOW - ago
    )


def test_the_night_takes_the_unknown_then_the_oldest(home: HomePage, settings: Settings) -> None:
    settings.LINK_CHECK_DAYS = 30
    past = {
        "https://fresh.org/": (29 * DAY, "alive", 200),
        "https://old.org/": (31 * DAY, "alive", 200),
        "https://never.org/": (None, "", None),
        "https://older.org/": (90 * DAY, "dead", 404),
        "https://dead.org/": (DAY, "dead", 404),
        "https://suspect.org/": (DAY, "", 404),
        "https://nohost.org/": (2 * HOUR, "", links.NO_SUCH_HOST),
        "https://just.org/": (HOUR / 2, "", 404),
        "https://refused.org/": (DAY, "", 403),
        "https://silent.org/": (DAY, "", None),
    }
    noticed(home, *past)
    for url, facts in past.items():
        checked(url, *facts)
    assert links.addresses(links.due(NOW)) == [
        "https://never.org/",
        "https://older.org/",
        "https://old.org/",
        "https://suspect.org/",
        "https://nohost.org/",
    ]


def test_pages_are_asked_for_what_is_older_than_an_hour(home: HomePage) -> None:
    wanted = noticed(home, "https://a.org/", "https://b.org/", "https://c.org/")
    noticed(home, "https://elsewhere.org/")
    checked("https://a.org/", HOUR / 2)
    checked("https://b.org/", 2 * HOUR)
    found = set(links.addresses(links.of_pages([wanted.pk, 999_999], NOW)))
    assert found == {"https://b.org/", "https://c.org/"}


def test_the_night_is_bounded_by_the_settings(
    home: HomePage, web: WebServer, settings: Settings
) -> None:
    noticed(home, *(web.at(f"/status/200/{n}") for n in range(3)))
    settings.LINK_CHECK_BATCH = 0
    tasks.check_links.delay()
    assert web.asked == []
    settings.LINK_CHECK_BATCH = 2
    tasks.check_links.delay()
    assert sorted(web.asked) == ["HEAD /status/200/0", "HEAD /status/200/1"]


def test_an_issue_rings_for_its_pages_by_name(home: HomePage, web: WebServer) -> None:
    page = noticed(
        home, web.at("/status/200"), web.at("/status/410"), web.at("/to/301//status/200")
    )
    noticed(home, web.at("/status/500"))
    app.tasks["veille.check_pages_links"].delay([page.pk])
    rows = NoticeLink.objects.order_by("pk").values_list("health", "http_code")
    assert list(rows) == [("alive", 200), ("", 410), ("moved", 200), ("", None)]
    before = list(web.asked)
    app.tasks["veille.check_pages_links"].delay([page.pk])
    assert web.asked == before


def test_beat_rings_at_night() -> None:
    beat = configured.CELERY_BEAT_SCHEDULE["check-links"]
    assert beat["task"] == tasks.check_links.name
    assert (beat["schedule"].hour, beat["schedule"].minute) == ({4}, {20})


# The command ------------------------------------------------------------------------------


def test_the_command_says_what_wants_mending(
    home: HomePage, web: WebServer, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = web.at("/to/301//status/200")
    noticed(home, web.at("/status/200"), moved, web.at("/status/404"))
    call_command("check_links", "--json")
    out, err = capsys.readouterr()
    assert json.loads(out) == {
        "checked": 3,
        "alive": 1,
        "moved": 1,
        "dead": 0,
        "unknown": 1,
        "links": [
            {"url": moved, "health": "moved", "code": 200, "moved_to": web.at("/status/200")},
            {"url": web.at("/status/404"), "health": "unknown", "code": 404, "moved_to": None},
        ],
    }
    assert "3/3" in err
    call_command("check_links")
    assert capsys.readouterr().out == (
        "Adresses vérifiées\u00a0: 0 (0 répondent, 0 déplacées, 0 mortes, 0 sans verdict).\n"
    )
    call_command("check_links", "--all")
    assert capsys.readouterr().out.splitlines() == [
        f"Déplacé (200)\u00a0: {moved} → {web.at('/status/200')}",
        f"Mort (404)\u00a0: {web.at('/status/404')}",
        "Adresses vérifiées\u00a0: 3 (1 répondent, 1 déplacées, 1 mortes, 0 sans verdict).",
    ]


def test_the_command_takes_pages_by_their_path(
    home: HomePage, web: WebServer, capsys: pytest.CaptureFixture[str]
) -> None:
    first = noticed(home, web.at("/status/200/1"))
    second = noticed(home, web.at("/status/200/2"))
    noticed(home, web.at("/status/200/3"))
    call_command("check_links", "--page", f"/notices/{first.slug}", "--page", second.url, "--json")
    assert json.loads(capsys.readouterr().out)["checked"] == 2
    assert sorted(web.asked) == ["HEAD /status/200/1", "HEAD /status/200/2"]


@pytest.mark.parametrize("path", ["/notices/inconnue/", "/notices/", "/", "", "http://[::1/"])
def test_the_command_refuses_a_page_that_is_no_notice(
    home: HomePage, web: WebServer, path: str
) -> None:
    noticed(home, web.at("/status/200"))
    with pytest.raises(CommandError, match="Aucune notice") as refusal:
        call_command("check_links", "--page", path)
    assert refusal.value.returncode == 2
    assert web.asked == []


# What an entry says -----------------------------------------------------------------------


def test_a_notice_names_its_links_as_last_checked(home: HomePage) -> None:
    page = noticed(home, "https://a.org/", "https://b.org/")
    # Half past midnight in Paris is still the day before in London.
    night = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    NoticeLink.objects.filter(url="https://b.org/").update(health="dead", checked_at=night)
    noticed(home, "", coming_soon=True)
    assert Notice.objects.get(pk=page.pk).outgoing_links() == [
        OutgoingLink("https://a.org/", "", None),
        OutgoingLink("https://b.org/", "dead", date(2026, 3, 2)),
    ]
    assert [n.outgoing_links() for n in Notice.objects.exclude(pk=page.pk)] == [[]]


def test_an_entry_without_links_has_none(home: HomePage) -> None:
    assert factories.agenda_entry(home).outgoing_links() == []


def test_the_links_of_a_list_cost_nothing_more(
    home: HomePage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(3):
        noticed(home, f"https://a{n}.org/", f"https://b{n}.org/")
    pages = list(Notice.objects.for_cards())
    with django_assert_num_queries(0):
        found = [link.url for page in pages for link in page.outgoing_links()]
    assert len(found) == 6


def test_publishing_an_older_draft_keeps_what_a_check_has_found(home: HomePage) -> None:
    page = noticed(home, "https://a.org/")
    draft = page.save_revision()
    checked("https://a.org/", DAY)
    known = NoticeLink.objects.values_list("health", "http_code", "checked_at").get()
    draft.publish()
    assert NoticeLink.objects.values_list("health", "http_code", "checked_at").get() == known
    assert known[0] != ""


def test_another_address_has_never_been_checked(home: HomePage) -> None:
    page = noticed(home, "https://a.org/")
    checked("https://a.org/", DAY)
    page = Notice.objects.get(pk=page.pk)
    link = page.links.get()
    link.url = "https://b.org/"
    page.links.add(link)
    page.save_revision().publish()
    row = NoticeLink.objects.get()
    assert (row.url, row.health, row.http_code, row.checked_at) == (
        "https://b.org/",
        "",
        None,
        None,
    )
    assert links.addresses(links.due(timezone.now())) == ["https://b.org/"]
