"""Django's mail: by the letter's relays, signed as the letter, never lost in silence."""

import re
from pathlib import Path

import pytest
from django.core import mail
from pytest_django.fixtures import Settings

from newsletter.engine.relays import NoRelayError
from newsletter.engine.smtp import MailDoorError
from tests.newsletter.wire import RawServer
from tests.sink import Sink, free_port

TO = "jeanne@exemple.fr"


@pytest.fixture(autouse=True)
def by_relay(settings: Settings):
    settings.EMAIL_BACKEND = "newsletter.engine.smtp.UrlEmailBackend"
    settings.SMTP_TIMEOUT_SECONDS = 2
    settings.SMTP_FALLBACK_URLS = []
    settings.DKIM_KEY_FILE = ""


def write() -> int:
    return mail.send_mail("Bonjour", "Été", "veille@exemple.fr", [TO])


def test_django_mail_goes_through_the_relay(settings: Settings):
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        assert write() == 1
        assert sink.message(TO)["Subject"] == "Bonjour"
        assert "DKIM-Signature" not in sink.message(TO)


def test_django_mail_refuses_when_there_is_no_relay(settings: Settings):
    settings.SMTP_URL = ""
    with pytest.raises(NoRelayError, match="renseignez SMTP_URL"):
        write()


@pytest.mark.parametrize("at", [None, {"greeting": "421 4.3.2 Later"}, {"ehlo": "drop"}])
@pytest.mark.parametrize("tls", ["none", "starttls"])
def test_another_relay_takes_over(settings: Settings, at: dict[str, str] | None, tls: str):
    with Sink() as sink, RawServer(at or {"starttls": "454 4.7.0 No"}, ()) as broken:
        port = broken.port if at or tls == "starttls" else free_port()
        settings.SMTP_URL = f"smtp://127.0.0.1:{port}?tls={tls}"
        settings.SMTP_FALLBACK_URLS = [sink.url]
        assert write() == 1
        assert sink.addresses == [TO]
        assert broken.taken == []


def test_the_last_relay_says_why_nothing_left(settings: Settings):
    with RawServer({"greeting": "554 5.7.1 Blocked"}) as first, RawServer({"ehlo": "drop"}) as last:
        settings.SMTP_URL = f"smtp://127.0.0.1:{first.port}"
        settings.SMTP_FALLBACK_URLS = [f"smtp://127.0.0.1:{last.port}"]
        with pytest.raises(MailDoorError, match="fermée par le serveur") as caught:
            write()
    assert isinstance(caught.value, ConnectionError)  # what a review's notices expect


def test_an_open_connection_is_used_again(settings: Settings):
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        with mail.get_connection() as connection:
            assert connection.open() is False
            message = mail.EmailMessage("Bonjour", "Été", "veille@exemple.fr", [TO])
            connection.send_messages([message, message])
        assert (sink.addresses, sink.greetings) == ([TO, TO], 1)


def test_a_relay_that_stops_speaking_at_the_end_loses_nothing(settings: Settings):
    with RawServer({"quit": "drop"}) as server:
        settings.SMTP_URL = f"smtp://127.0.0.1:{server.port}"
        assert write() == 1
        assert server.addresses == [TO]


def test_a_key_that_can_not_sign_lets_nothing_leave(settings: Settings, tmp_path: Path):
    settings.DKIM_KEY_FILE = str(tmp_path / "absente.pem")
    settings.DKIM_SELECTOR, settings.DKIM_DOMAIN = "eqc", "exemple.fr"
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        with pytest.raises(MailDoorError, match=re.escape("ne peut pas être lue")):
            write()
        assert sink.greetings == 0
