"""What the project signs, a verifier accepts; and nothing leaves unsigned when it should be."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import dkim
import pytest
from django.core import mail
from pytest_django.fixtures import Settings

from newsletter.engine import signing
from newsletter.engine.messages import Reader
from newsletter.engine.prepared import prepare
from newsletter.engine.relays import NoRelayError
from newsletter.engine.signing import SigningError, check_ways_out, signer
from newsletter.engine.transport import Parcel
from tests.newsletter.test_prepared import LETTER
from tests.newsletter.wire import FROM, RawServer, connect
from tests.sink import Sink

SENT_AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
READER = Reader("jeanne@exemple.fr", "Zx8T2m3b7Q1cVd5fGhJkLp", "7.12")
OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(not OPENSSL, reason="openssl is not installed")


def made(path: Path, bits: int = 2048, *options: str) -> Path:
    command = [OPENSSL, "genrsa", *options, "-out", path, str(bits)]
    subprocess.run(command, check=True, capture_output=True)
    return path


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("dkim") / "cle.pem")


@pytest.fixture
def keyed(settings: Settings, key: Path) -> Path:
    settings.DKIM_KEY_FILE = str(key)
    settings.DKIM_SELECTOR, settings.DKIM_DOMAIN = "eqc", "lettre.exemple.fr"
    return key


def verified(message: bytes, key: Path) -> bool:
    """Does a receiver that finds our public key in the DNS accept `message`?"""
    public = subprocess.run(
        [OPENSSL, "rsa", "-in", key, "-pubout"], check=True, capture_output=True
    ).stdout
    record = b"v=DKIM1; k=rsa; p=" + b"".join(public.splitlines()[1:-1])
    asked = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(bytes(name))
        return record

    accepted = dkim.verify(message, dnsfunc=dns)
    assert asked == [b"eqc._domainkey.lettre.exemple.fr."]
    return accepted


def signed_names(message: bytes) -> set[str]:
    head = re.sub(rb"\r\n[ \t]+", b"", message.partition(b"\r\n\r\n")[0]).decode()
    return {name.strip() for name in re.search(r"; ?h=([^;]+);", head)[1].split(":")}


@needs_openssl
def test_a_verifier_accepts_each_readers_message(keyed: Path):
    prepared = prepare(LETTER, signer())
    for token in ("AAAAAAAAAAAAAAAAAAAAAA", "-_--------------------"):
        message = prepared.message(Reader("paul@exemple.fr", token, "7.1"), SENT_AT)
        assert message.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple;")
        assert verified(message, keyed)
        assert not verified(message.replace(b"paul@", b"pole@"), keyed)
        assert not verified(message.replace(b"List-Unsubscribe=One", b"List=One"), keyed)
        assert not verified(message.replace(b"\r\n\r\n--", b"\r\n\r\nX--"), keyed)
        assert not verified(b"From: autre@exemple.org\r\n" + message, keyed)


@needs_openssl
def test_the_signature_covers_the_one_click_headers(keyed: Path):
    assert {
        *("from", "to", "subject", "date", "message-id", "reply-to", "mime-version"),
        *("content-type", "list-id", "list-unsubscribe", "list-unsubscribe-post"),
    } <= signed_names(prepare(LETTER, signer()).message(READER, SENT_AT))


@needs_openssl
def test_what_arrives_over_the_wire_is_still_signed(keyed: Path):
    letter = prepare(LETTER, signer())
    with RawServer() as server:
        connection = connect(server)
        pieces = letter.head_and_body(READER, SENT_AT)
        parcels = [Parcel(1, FROM, READER.email, 1, pieces)]
        list(connection.send_many(parcels, lambda _: None, lambda _: None))
        connection.close()
        ((_, _, body),) = server.taken
    assert b"\r\n.." in body
    assert verified(re.sub(rb"(?m)^\.\.", b".", body), keyed)


@needs_openssl
def test_django_mail_is_signed_too(keyed: Path, settings: Settings):
    settings.EMAIL_BACKEND = "newsletter.engine.smtp.UrlEmailBackend"
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        mail.send_mail("Confirmez", "Été\n.\n", "veille@lettre.exemple.fr", [READER.email])
        assert verified(sink.raw(READER.email), keyed)


@needs_openssl
def test_the_key_is_read_once(settings: Settings, tmp_path: Path):
    settings.DKIM_KEY_FILE = str(made(tmp_path / "cle.pem", 2048, "-traditional"))
    settings.DKIM_SELECTOR, settings.DKIM_DOMAIN = "eqc", "lettre.exemple.fr"
    first = signer()
    (tmp_path / "cle.pem").unlink()
    assert signer() is first
    assert first(prepare(LETTER).message(READER, SENT_AT)).startswith(b"DKIM-Signature:")


def test_without_a_key_nothing_is_signed(settings: Settings):
    settings.DKIM_KEY_FILE = ""
    assert signer() is None
    assert b"DKIM-Signature" not in prepare(LETTER, signer()).message(READER, SENT_AT)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"secret",
        b"-----BEGIN RSA PRIVATE KEY-----\nsecret\n-----END RSA PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEI"
        + b"A" * 43
        + b"\n-----END PRIVATE KEY-----\n",
        bytes(range(256)),
    ],
)
def test_what_is_no_key_is_said_and_not_shown(settings: Settings, tmp_path: Path, content: bytes):
    path = tmp_path / "cle.pem"
    path.write_bytes(content)
    settings.DKIM_KEY_FILE = str(path)
    settings.DKIM_SELECTOR, settings.DKIM_DOMAIN = "eqc", "lettre.exemple.fr"
    with pytest.raises(SigningError, match="n'est pas une clé RSA au format PEM") as caught:
        signer()
    assert "secret" not in str(caught.value)


@needs_openssl
def test_a_short_key_is_refused(settings: Settings, tmp_path: Path):
    settings.DKIM_KEY_FILE = str(made(tmp_path / "cle.pem", 768))
    settings.DKIM_SELECTOR, settings.DKIM_DOMAIN = "eqc", "lettre.exemple.fr"
    with pytest.raises(SigningError, match="768 bits"):
        signer()


@pytest.mark.parametrize(("selector", "domain"), [("", "exemple.fr"), ("eqc", ""), ("é", "a.fr")])
def test_a_key_needs_a_selector_and_a_domain(settings: Settings, selector: str, domain: str):
    settings.DKIM_KEY_FILE = "cle.pem"
    settings.DKIM_SELECTOR, settings.DKIM_DOMAIN = selector, domain
    with pytest.raises(SigningError, match="DKIM_SELECTOR et DKIM_DOMAIN"):
        signer()


def test_a_sending_finds_a_missing_key_before_it_begins(settings: Settings, tmp_path: Path):
    settings.SMTP_URL, settings.SMTP_FALLBACK_URLS = "smtp://h", []
    settings.DKIM_KEY_FILE = ""
    check_ways_out()
    settings.DKIM_KEY_FILE = str(tmp_path / "absente.pem")
    settings.DKIM_SELECTOR, settings.DKIM_DOMAIN = "eqc", "exemple.fr"
    with pytest.raises(NoRelayError, match="ne peut pas être lue"):
        check_ways_out()
    settings.SMTP_URL = ""
    with pytest.raises(NoRelayError, match="SMTP_URL"):
        check_ways_out()


def test_both_one_click_headers_are_among_those_signed():
    assert {b"list-unsubscribe", b"list-unsubscribe-post"} <= set(signing.SIGNED)
    assert signing.SIGNED.count(b"from") == 2  # no second From can be added
