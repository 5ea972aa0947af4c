import smtplib
import socket
import time

import pytest
from django.core import mail
from pytest_django.fixtures import Settings

from newsletter.engine.outcomes import Verdict
from newsletter.engine.smtp import (
    NoRelayError,
    Relay,
    RelayClosedError,
    conversation,
    host_literal,
    parse_relay,
)
from tests.sink import Sink, free_port, silent_server

MESSAGE = b"Subject: x\r\n\r\n.\r\n..deux\r\nfin\r\n"
TO = "jeanne@exemple.fr"


def say(sink: Sink, to: str = TO, timeout: float = 5):
    with conversation(sink.url, timeout=timeout, max_tries=5, name="127.0.0.1") as relay:
        return relay.send("veille@exemple.fr", to, MESSAGE, 1)


def closed(url: str, timeout: float = 2) -> RelayClosedError:
    """How the relay of `url` refuses to open."""
    with (
        pytest.raises(RelayClosedError) as caught,
        conversation(url, timeout=timeout, max_tries=5, name="x"),
    ):
        pass
    return caught.value


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtp://127.0.0.1:1025", Relay("127.0.0.1", 1025, "", "", "none")),
        ("smtp://h", Relay("h", 25, "", "", "none")),
        ("smtp://h?tls=starttls", Relay("h", 587, "", "", "starttls")),
        ("smtp://u%40x:p%3Aq@h?tls=tls", Relay("h", 465, "u@x", "p:q", "tls")),
    ],
)
def test_a_relay_is_read_from_a_url(url: str, relay: Relay):
    assert parse_relay(url) == relay


@pytest.mark.parametrize(
    "url", ["", "h:25", "http://h", "smtp://", "smtp://h:x", "smtp://h:99999", "smtp://h?tls=oui"]
)
def test_an_unusable_url_is_refused_by_name(url: str):
    with pytest.raises(NoRelayError, match="SMTP_URL"):
        parse_relay(url)


def test_an_ip_is_said_in_brackets():
    assert host_literal("127.0.0.1") == "[127.0.0.1]"
    assert host_literal("::1") == "[IPv6:::1]"
    assert host_literal("lettre.exemple.fr") == "lettre.exemple.fr"


def test_a_message_arrives_byte_for_byte():
    with Sink() as sink:
        assert say(sink).verdict is Verdict.SENT
        assert sink.raw(TO) == MESSAGE
        assert sink.senders == ["veille@exemple.fr"]


@pytest.mark.parametrize(
    ("place", "reply", "verdict"),
    [
        ("at_recipient", "550 5.1.1 Unknown", Verdict.FAILED),
        ("at_recipient", "550 5.7.1 Policy", Verdict.PAUSE),
        ("at_recipient", "451 4.7.1 Later", Verdict.RETRY),
        ("after_body", "451 4.3.0 Later", Verdict.RETRY),
        ("after_body", "554 5.7.1 Spam", Verdict.PAUSE),
        ("at_recipient", "drop", Verdict.RETRY),
        ("after_body", "drop", Verdict.UNCERTAIN),
    ],
)
def test_each_answer_has_its_verdict(place: str, reply: str, verdict: Verdict):
    with Sink(**{place: {TO: reply}}) as sink:
        assert say(sink).verdict is verdict
        assert sink.taken == []


def test_a_refusal_leaves_the_connection_fit_for_the_next_reader():
    with Sink(at_recipient={"a@exemple.fr": "550 5.1.1 Unknown"}) as sink:
        with conversation(sink.url, timeout=5, max_tries=5, name="exemple.fr") as relay:
            first = relay.send("veille@exemple.fr", "a@exemple.fr", MESSAGE, 1)
            second = relay.send("veille@exemple.fr", "b@exemple.fr", MESSAGE, 1)
        assert (first.verdict, first.is_hard) == (Verdict.FAILED, True)
        assert second.verdict is Verdict.SENT
        assert sink.addresses == ["b@exemple.fr"]
        assert sink.greetings == 1


@pytest.mark.parametrize(
    ("place", "verdict"), [("at_recipient", Verdict.RETRY), ("after_body", Verdict.UNCERTAIN)]
)
def test_a_server_that_stalls_is_left_after_the_time_limit(place: str, verdict: Verdict):
    with Sink(**{place: {TO: "stall"}}) as sink:
        begun = time.monotonic()
        outcome = say(sink, timeout=0.3)
        assert outcome.verdict is verdict
        assert outcome.is_lost
        assert time.monotonic() - begun < 3


def test_a_server_that_never_greets_is_left_after_the_time_limit():
    begun = time.monotonic()
    with silent_server() as port:
        url = f"smtp://127.0.0.1:{port}"
        caught = closed(url, timeout=0.3)
    assert caught.outcome.verdict is Verdict.RETRY
    assert time.monotonic() - begun < 3


def test_nobody_listening_is_a_closed_relay():
    caught = closed(f"smtp://127.0.0.1:{free_port()}")
    assert caught.outcome.verdict is Verdict.RETRY


def test_a_relay_that_shuts_us_out_is_our_fault():
    with silent_server(b"554 5.7.1 Blocked\r\n") as port:
        caught = closed(f"smtp://127.0.0.1:{port}")
    assert (caught.outcome.verdict, caught.outcome.code) == (Verdict.PAUSE, 554)


def test_small_writes_leave_at_once():
    with Sink() as sink, conversation(sink.url, timeout=5, max_tries=5, name="x") as relay:
        assert relay._server.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_django_mail_goes_through_the_same_relay(settings: Settings):
    settings.EMAIL_BACKEND = "newsletter.engine.smtp.UrlEmailBackend"
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        mail.send_mail("Bonjour", "Été", "veille@exemple.fr", [TO])
        assert sink.message(TO)["Subject"] == "Bonjour"


def test_django_mail_refuses_when_there_is_no_relay(settings: Settings):
    settings.EMAIL_BACKEND = "newsletter.engine.smtp.UrlEmailBackend"
    settings.SMTP_URL = ""
    with pytest.raises(NoRelayError, match="renseignez SMTP_URL"):
        mail.send_mail("Bonjour", "Été", "veille@exemple.fr", [TO])


def test_starttls_is_not_skipped_when_the_server_does_not_offer_it():
    with Sink() as sink:
        caught = closed(f"{sink.url}?tls=starttls")
    assert isinstance(caught.__cause__, smtplib.SMTPNotSupportedError)
    assert sink.taken == []
