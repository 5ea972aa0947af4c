"""A link is asked as anybody would ask it, politely and not for long."""

import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from pytest_django import Settings

from home import fetching
from home.fetching import Answer, NoAnswerError
from tests.home.webserver import WebServer, ask, serving


@pytest.fixture
def web() -> Iterator[WebServer]:
    with serving() as server:
        yield server


@pytest.mark.parametrize("code", [200, 204, 429])
def test_a_clear_answer_is_asked_once(web: WebServer, code: int) -> None:
    assert ask(web, web.at(f"/status/{code}")) == Answer(code)
    assert web.asked == [f"HEAD /status/{code}"]


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 410, 500, 501, 503])
def test_a_refusal_is_asked_again_with_get(web: WebServer, code: int) -> None:
    assert ask(web, web.at(f"/status/{code}")) == Answer(code)
    assert web.asked == [f"HEAD /status/{code}", f"GET /status/{code}"]


@pytest.mark.parametrize("code", [403, 404, 405, 501])
def test_a_server_that_refuses_head_is_believed_on_get(web: WebServer, code: int) -> None:
    assert ask(web, web.at(f"/no-head/{code}")) == Answer(200)


def test_we_say_who_we_are_and_nothing_else(web: WebServer, settings: Settings) -> None:
    settings.SITE_URL = "https://centre.example"
    ask(web, web.at("/status/200"))
    assert web.headers == [
        {
            "Host": f"exemple.org:{web.port}",
            "User-Agent": "EnQuelquesClics/1 (+https://centre.example/contact/)",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
    ]


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("/status/200/été à Lille", "/status/200/%C3%A9t%C3%A9%20%C3%A0%20Lille"),
        ("/status/200/%C3%A9t%C3%A9?q=é&a=1#bas", "/status/200/%C3%A9t%C3%A9?q=%C3%A9&a=1"),
        ("/status/200/a\x07b", "/status/200/a%07b"),
        ("?a=1", "/?a=1"),
    ],
)
def test_an_address_is_written_in_the_characters_of_the_wire(
    web: WebServer, written: str, sent: str
) -> None:
    assert ask(web, web.at(written)).status == 200
    assert web.asked == [f"HEAD {sent}"]


def test_an_accented_host_is_asked_by_its_name_on_the_wire(web: WebServer) -> None:
    hosts: list[str] = []
    ask(
        web,
        web.at("/status/200", host="économie.example"),
        resolver=lambda host, port: hosts.append(host) or ["127.0.0.1"],
    )
    assert hosts == ["xn--conomie-9xa.example"]
    assert web.headers[0]["Host"] == f"xn--conomie-9xa.example:{web.port}"


# Redirects --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "moved"), [(301, True), (308, True), (302, False), (303, False), (307, False)]
)
def test_only_a_permanent_redirect_is_a_move(web: WebServer, code: int, moved: bool) -> None:
    there = web.at("/status/200")
    answer = ask(web, web.at(f"/to/{code}//status/200"))
    assert answer == Answer(200, moved_to=there if moved else "")


def test_a_move_leads_as_far_as_redirects_are_permanent(web: WebServer) -> None:
    behind = web.at("/to/302//status/200")
    assert ask(web, web.at(f"/to/301/{behind}")) == Answer(200, moved_to=behind)
    behind = web.at("/to/301//status/200")
    assert ask(web, web.at(f"/to/302/{behind}")) == Answer(200)


def test_a_move_to_a_page_that_is_gone_is_told_as_gone(web: WebServer) -> None:
    assert ask(web, web.at("/to/301//status/404")).status == 404


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://a.org/b", "https://a.org/b", True),
        ("http://a.org/b", "http://a.org/b/", True),
        ("http://a.org/b", "http://a.org/b#c", True),
        ("http://a.org/b", "http://www.a.org/b", False),
        ("http://a.org/b", "http://a.org/b?c=1", False),
        ("http://a.org/b", "http://a.org/", False),
    ],
)
def test_https_or_a_final_slash_is_not_another_address(one: str, other: str, same: bool) -> None:
    assert fetching._same_place(one, other) is same


def test_a_redirect_written_in_utf8_is_followed(web: WebServer) -> None:
    raw = quote("/status/200/été")
    answer = ask(web, web.at(f"/to/301/{raw}"))
    assert answer == Answer(200, moved_to=web.at("/status/200/été"))
    assert web.asked[-1] == "HEAD /status/200/%C3%A9t%C3%A9"


def test_a_redirect_without_an_address_is_an_answer(web: WebServer) -> None:
    assert ask(web, web.at("/status/302")) == Answer(302)


def test_redirects_end_after_five(web: WebServer) -> None:
    assert ask(web, web.at("/loop")) == Answer(None, error="redirects")
    assert web.asked == ["HEAD /loop"] * 6


# Time, size and noise ---------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/hang", "/drip"])
def test_a_slow_server_is_left_when_time_is_up(web: WebServer, path: str) -> None:
    begun = time.monotonic()
    assert ask(web, web.at(path), timeout=0.6) == Answer(None, error="timeout")
    assert 0.5 < time.monotonic() - begun < 2


def test_time_counts_for_the_redirects_together(web: WebServer) -> None:
    begun = time.monotonic()
    answer = ask(web, web.at("/to/301//hang"), timeout=0.6)
    assert answer == Answer(None, moved_to=web.at("/hang"), error="timeout")
    assert time.monotonic() - begun < 2


def test_the_body_is_not_read(web: WebServer) -> None:
    assert ask(web, web.at("/flood")) == Answer(200)
    assert web.flood_ended.wait(5)
    # What the two kernels had already taken into their buffers.
    assert web.flooded < 20_000_000


@pytest.mark.parametrize("path", ["/garbage", "/hangup"])
def test_what_is_not_http_is_no_answer(web: WebServer, path: str) -> None:
    assert ask(web, web.at(path)) == Answer(None, error="unreachable")


def test_a_closed_port_is_no_answer() -> None:
    with serving() as web:
        closed = web.at("/status/200")
    assert ask(web, closed) == Answer(None, error="unreachable")


@pytest.mark.parametrize("trouble", ["unresolved", "unreachable"])
def test_what_the_resolver_says_is_told(web: WebServer, trouble: str) -> None:
    def without(host: str, port: int) -> list[str]:
        raise NoAnswerError(trouble)

    assert ask(web, web.at("/"), resolver=without) == Answer(None, error=trouble)
    assert ask(web, web.at("/"), resolver=lambda host, port: []).error == "unresolved"
