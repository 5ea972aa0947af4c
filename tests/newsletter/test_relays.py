import pytest
from pytest_django.fixtures import Settings

from newsletter.engine.relays import NoRelayError, Relay, host_literal, parse_relay, relays


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtp://127.0.0.1:1025", Relay("127.0.0.1", 1025, "", "", "none")),
        ("smtp://h", Relay("h", 25, "", "", "none")),
        ("smtp://h?tls=starttls", Relay("h", 587, "", "", "starttls")),
        ("smtp://u%40x:p%3Aq@h?tls=tls", Relay("h", 465, "u@x", "p:q", "tls")),
        ("smtp://h?rate=2.5&tls=tls", Relay("h", 465, "", "", "tls", 2.5)),
        ("smtp://[::1]:25", Relay("::1", 25, "", "", "none")),
    ],
)
def test_a_relay_is_read_from_a_url(url: str, relay: Relay):
    assert parse_relay(url) == relay


@pytest.mark.parametrize(
    "url",
    [
        *("", "h:25", "http://h", "smtp://", "smtp://h:x", "smtp://h:99999", "smtp://[h"),
        *("smtp://h?tls=oui", "smtp://h?rate=vite", "smtp://h?rate=-1", "smtp://h?rate=nan"),
    ],
)
def test_an_unusable_url_is_refused_by_the_name_of_its_setting(url: str):
    with pytest.raises(NoRelayError, match="SMTP_URL"):
        parse_relay(url)
    with pytest.raises(NoRelayError, match="AUTRE"):
        parse_relay(url, "AUTRE")


def test_the_relays_come_in_their_order_each_with_its_rate(settings: Settings):
    settings.SMTP_URL = "smtp://un"
    settings.SMTP_FALLBACK_URLS = ["smtp://deux?rate=3", "", "smtp://trois"]
    settings.LETTER_RATE = 10.0
    assert [(relay.host, relay.rate) for relay in relays()] == [
        ("un", 10.0),
        ("deux", 3.0),
        ("trois", 10.0),
    ]


def test_a_bad_fallback_is_found_before_it_is_needed(settings: Settings):
    settings.SMTP_URL = "smtp://un"
    settings.SMTP_FALLBACK_URLS = ["http://deux"]
    with pytest.raises(NoRelayError, match="SMTP_FALLBACK_URLS"):
        relays()


def test_no_relay_at_all_is_an_error_even_with_a_fallback(settings: Settings):
    settings.SMTP_URL = ""
    settings.SMTP_FALLBACK_URLS = ["smtp://deux"]
    with pytest.raises(NoRelayError, match="renseignez SMTP_URL"):
        relays()


def test_a_password_is_never_shown():
    assert "secret" not in repr(parse_relay("smtp://nom:secret@h"))


def test_an_ip_is_said_in_brackets():
    assert host_literal("127.0.0.1") == "[127.0.0.1]"
    assert host_literal("::1") == "[IPv6:::1]"
    assert host_literal("lettre.exemple.fr") == "lettre.exemple.fr"
