"""The poller in a real IMAP conversation."""

import shutil
import subprocess

import pytest
from django.core.cache import cache
from django.db import OperationalError

from newsletter.models import Bounce, JobRun, Subscription
from newsletter.returns import mailbox
from newsletter.returns.imap import MailboxError, folder_name, parse_place
from newsletter.returns.mailbox import LOCK, read_mailbox
from newsletter.tasks import read_mailbox as task
from tests.newsletter.returns.coming_back import LEAVING, dsn, sent, wish
from tests.newsletter.returns.imap_server import ImapServer

pytestmark = pytest.mark.django_db
DONE, TO_READ = "Trait&AOk-s", "&AMA- lire"


@pytest.fixture(autouse=True)
def addresses(settings):
    settings.UNSUBSCRIBE_ADDRESS = LEAVING


def read(server: ImapServer, settings, **how: str) -> dict[str, int] | None:
    settings.BOUNCE_MAILBOX_URL = server.url(**how)
    return read_mailbox()


@pytest.mark.parametrize("extensions", [(True, True), (False, True), (False, False)])
def test_each_message_is_acted_upon_then_put_away(home, settings, extensions):
    delivery = sent()
    messages = [
        dsn(delivery, "5.2.2", "full"),
        b"From: ana@exemple.fr\r\nTo: x@y.fr\r\nSubject: Bonjour\r\n\r\nUne question.\r\n",
        wish(subject=delivery.token),
    ]
    with ImapServer(messages, moves=extensions[0], uidplus=extensions[1]) as server:
        counts = read(server, settings)
    assert counts == {"read": 3, "counted": 1, "other": 1, "unsubscribed": 1}
    assert {name: sorted(box) for name, box in server.folders.items()} == {
        "INBOX": [],
        DONE: [1, 3],
        TO_READ: [2],
    }
    assert Subscription.objects.get().end_reason == "reader"
    run = JobRun.objects.get()
    assert (run.job, run.counts, run.error) == ("mailbox", counts, "")


def test_a_server_that_wants_folders_under_inbox(home, settings):
    with ImapServer([b"From: a@b.fr\r\n\r\n"], prefix=True) as server:
        assert read(server, settings) == {"read": 1, "other": 1}
    assert list(server.folders[f"INBOX.{TO_READ}"]) == [1]


def test_a_hangup_in_the_middle_loses_nothing_and_counts_nothing_twice(home, settings):
    messages = [dsn(sent(), "5.2.2", "full")]
    # CAPABILITY, LOGIN, SELECT, SEARCH, FETCH, then LIST: acted upon, not put away.
    with ImapServer(messages, closes_after=6) as server:
        assert read(server, settings) is None
        assert list(server.folders["INBOX"]) == [1]
        assert Bounce.objects.count() == 1
        assert "refuse LIST" in JobRun.objects.get().error
        server.closes_after = 0
        assert read(server, settings) == {"read": 1, "replay": 1}
    assert Bounce.objects.count() == 1
    assert server.folders["INBOX"] == {}


def test_a_message_that_breaks_us_stops_nobody(home, settings, monkeypatch, caplog):
    real = mailbox.handle

    def fragile(raw: bytes) -> object:
        if b"casse" in raw:
            raise ZeroDivisionError
        return real(raw)

    monkeypatch.setattr(mailbox, "handle", fragile)
    messages = [b"Subject: casse\r\n\r\n", dsn(sent(), "5.2.2", "full")]
    with ImapServer(messages) as server:
        assert read(server, settings) == {"read": 2, "broken": 1, "counted": 1}
    assert list(server.folders[TO_READ]) == [1]
    assert "returns.message_broken message=1" in caplog.text


def test_a_database_that_is_away_leaves_the_message_where_it_is(
    home, settings, monkeypatch, caplog
):
    def away(raw: bytes) -> object:
        raise OperationalError("away")

    monkeypatch.setattr(mailbox, "handle", away)
    with ImapServer([b"Subject: a\r\n\r\n"]) as server:
        assert read(server, settings) is None
    assert list(server.folders["INBOX"]) == [1]
    assert "returns.mailbox_unread reason=OperationalError" in caplog.text


def test_only_the_first_megabyte_is_asked_for(home, settings):
    huge = dsn(sent(), "5.2.2", "full") + b"x" * 5_000_000
    with ImapServer([huge]) as server:
        assert read(server, settings) == {"read": 1, "counted": 1}
    assert "UID FETCH 1 (BODY.PEEK[]<0.1048576>)" in server.commands


def test_a_turn_has_an_end(home, settings, monkeypatch):
    monkeypatch.setattr(mailbox, "MOST", 2)
    with ImapServer([b"From: a@b.fr\r\n\r\n"] * 5) as server:
        assert read(server, settings) == {"read": 2, "other": 2, "left": 3}
        monkeypatch.setattr(mailbox, "TURN_SECONDS", 0.0)
        assert read(server, settings) == {"left": 3}
    assert sorted(server.folders["INBOX"]) == [3, 4, 5]


def test_the_secret_is_not_sent_in_clear_unless_asked(home, settings):
    with ImapServer([]) as server:
        assert read(server, settings, query="tls=starttls") is None
        assert not any("LOGIN" in one for one in server.commands)
    assert "ne répond pas" in JobRun.objects.get().error


def test_a_wrong_secret_is_said_and_never_repeated(home, settings, caplog):
    with ImapServer([]) as server:
        assert read(server, settings, secret="faux") is None
    error = JobRun.objects.get().error
    assert error == "La boîte des retours refuse LOGIN\u00a0: identifiant ou secret refusé"
    assert "faux" not in caplog.text


@pytest.mark.skipif(not shutil.which("openssl"), reason="pas d'openssl")
def test_a_certificate_that_nobody_vouches_for_is_refused(home, settings, tmp_path):
    pem = tmp_path / "both.pem"
    asked = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    made = subprocess.run(
        ["openssl", *asked, "-keyout", "-", "-out", "-"], capture_output=True, check=True
    )
    pem.write_bytes(made.stdout)
    with ImapServer([], certificate=pem) as server:
        assert read(server, settings, scheme="imaps", query="tls=tls") is None
    assert server.commands == []
    assert "certificate verify failed" in JobRun.objects.get().error


def test_nothing_is_read_without_a_mailbox_nor_by_two_at_once(home, settings):
    settings.BOUNCE_MAILBOX_URL = ""
    assert task() is None
    assert not JobRun.objects.exists()
    cache.set(LOCK, 1)
    with ImapServer([b"From: a@b.fr\r\n\r\n"]) as server:
        assert read(server, settings) is None
        assert server.commands == []


def test_quiet_turns_keep_one_row_and_an_eventful_one_stays(home, settings):
    with ImapServer([]) as server:
        read(server, settings)
        server.folders["INBOX"][1] = b"From: a@b.fr\r\n\r\n"
        read(server, settings)
        for _ in range(3):
            read(server, settings)
    assert [run.counts for run in JobRun.objects.order_by("pk")] == [
        {},
        {"read": 1, "other": 1},
        {},
    ]


@pytest.mark.parametrize(
    "url",
    [
        *("", "imaps://", "http://a:b@c/", "imaps://serveur/INBOX", "imaps://a:b@c:port/"),
        *("imaps://a:b@c/?tls=peut-etre", "imaps://a:b%0a@c/", "imaps://a:b@[/"),
    ],
)
def test_an_address_that_is_none_is_refused_without_its_secret(url: str):
    with pytest.raises(MailboxError) as refusal:
        parse_place(url)
    assert "b@" not in str(refusal.value)


def test_folder_names_on_the_wire():
    assert folder_name("À lire & plus") == '"&AMA- lire &- plus"'
    assert parse_place("imap://a%40b.fr:c@h/Retours/Lettre").folder == "Retours/Lettre"
    assert parse_place("imaps://a@h").port == 993
