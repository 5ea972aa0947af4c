"""The local catcher keeps what it is given and delivers nothing; the mailbox shows it."""

import smtplib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.http import Http404
from django.test import RequestFactory

from config.demo import mailbox
from config.demo.catcher import catcher

MESSAGE = (
    b"From: lettre@example.org\r\nTo: a@example.org\r\nSubject: Bonjour\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nBonjour\r\n"
    b"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Bonjour</p>\r\n--b--\r\n"
)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A mailbox that has caught one message."""
    box, address = tmp_path / "mail", tmp_path / "catcher.url"
    with catcher(box, address) as url:
        assert address.read_text() == url
        with smtplib.SMTP("127.0.0.1", urlsplit(url).port) as relay:
            relay.sendmail("lettre@example.org", ["a@example.org"], MESSAGE)
    assert not address.exists()
    return box


def test_a_message_is_kept_whole(kept: Path) -> None:
    files = list(kept.iterdir())
    assert [file.name for file in files] == ["00001.eml"]
    assert files[0].read_bytes().endswith(MESSAGE)


def test_the_mailbox_shows_the_message(kept: Path, settings: object) -> None:
    settings.DEMO_MAILBOX = kept
    answer = mailbox.message_html(RequestFactory().get("/"), "00001")
    assert answer.content.strip() == b"<p>Bonjour</p>"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["2", "../catcher", "x", "00002"])
def test_another_name_is_not_found(kept: Path, settings: object, name: str) -> None:
    settings.DEMO_MAILBOX = kept
    with pytest.raises(Http404):
        mailbox.message(RequestFactory().get("/"), name)
