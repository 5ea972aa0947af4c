"""The conversation with a relay: what is said, in how many turns, and over TLS."""

import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from newsletter.engine.messages import MessageError
from newsletter.engine.outcomes import Verdict
from newsletter.engine.relays import Relay
from newsletter.engine.transport import Parcel, RelayClosedError, open_connection
from tests.newsletter.wire import BODY, FROM, A, B, C, RawServer, Sending, connect

BOTH = pytest.mark.parametrize("features", [("PIPELINING",), ("8BITMIME",)], ids=["piped", "plain"])


@BOTH
def test_messages_arrive_byte_for_byte_in_order(features: tuple[str, ...]):
    with RawServer(features=features) as server:
        sending = Sending(server, A, B, C)
        assert server.taken == [(FROM, A, BODY), (FROM, B, BODY), (FROM, C, BODY)]
    assert sending.verdicts == [Verdict.SENT] * 3
    assert list(sending.outcomes) == sending.begun == sending.accepted == [0, 1, 2]
    assert sending.taken == 3
    assert {outcome.status for outcome in sending.outcomes.values()} == {"2.0.0"}
    assert "RSET" not in server.commands
    assert server.commands[-1] == "QUIT"


def test_a_pipelined_message_costs_one_round_trip():
    with RawServer() as server:
        Sending(server, *[A] * 20)
    # EHLO, the first envelope, twenty bodies, QUIT.
    assert server.reads == 23


def test_a_relay_that_does_not_offer_pipelining_is_never_told_two_things_at_once():
    with RawServer(features=("8BITMIME",)) as server:
        Sending(server, A, B)
    assert server.reads == 1 + 2 * 4 + 1


@BOTH
def test_replies_that_come_by_single_bytes_are_read(features: tuple[str, ...]):
    at = {"mail": "250-2.1.0 one\r\n250-2.1.0 two\r\n250 2.1.0 three"}
    with RawServer(at, features, by_single_bytes=True) as server:
        assert Sending(server, A, B).verdicts == [Verdict.SENT] * 2


def test_a_message_that_can_not_be_noted_does_not_leave():
    def full(key: int) -> None:
        raise OSError("disk full")

    with RawServer() as server:
        connection = connect(server)
        with pytest.raises(OSError, match="disk full"):
            list(connection.send_many([Parcel(1, FROM, A, 1, BODY)], full, full))
        connection.close()
        assert (server.taken, server.bodies) == ([], 0)
    assert "QUIT" not in server.commands  # it would have been a line of the message


def test_one_connection_takes_several_batches():
    with RawServer({f"rcpt:{B}": "550 5.1.1 No"}) as server:
        connection = connect(server)
        for key, recipient in enumerate([A, B, C]):
            parcels = [Parcel(key, FROM, recipient, 1, BODY)]
            list(connection.send_many(parcels, lambda _: None, lambda _: None))
        connection.close()
        assert server.addresses == [A, C]
        assert (server.connections, connection.taken) == (1, 2)


def test_a_body_without_a_last_line_break_still_ends():
    with RawServer() as server:
        connection = connect(server)
        parcels = [Parcel(1, FROM, A, 1, b"Subject: x\r\n\r\nfin")]
        ((_, outcome),) = connection.send_many(parcels, lambda _: None, lambda _: None)
        connection.close()
        assert server.taken == [(FROM, A, b"Subject: x\r\n\r\nfin\r\n")]
    assert outcome.verdict is Verdict.SENT


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a@b\r\nRCPT TO:<c@exemple.fr>",
        "a\0@exemple.fr",
        "a@exemple.fr>",
        "é@exemple.fr",
        "a b@c",
        "a\x7f@c",
        f"{'a' * 320}@c",
    ],
)
def test_no_address_can_say_a_command(address: str):
    with pytest.raises(MessageError):
        Parcel(1, FROM, address, 1, BODY)
    if address:
        with pytest.raises(MessageError):
            Parcel(1, address, A, 1, BODY)


def test_a_return_path_may_be_empty():
    assert Parcel(1, "", A, 1, BODY).envelope.startswith(b"MAIL FROM:<>\r\n")


def test_small_writes_leave_at_once():
    with RawServer() as server:
        connection = connect(server)
        assert connection._server.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        connection.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and its certificate for 127.0.0.1, signed by itself."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    subprocess.run([*made, "-keyout", path, "-out", f"{path}.crt"], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


def server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@BOTH
@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_trusted_certificate_carries_messages(
    tls: str, features: tuple[str, ...], certificate: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    big = [b"x" * 70 + b"\r\n"] * 2_000
    with RawServer(
        features=("STARTTLS", *features), tls=server_side(certificate), is_tls_at_once=tls == "tls"
    ) as server:
        connection = connect(server, tls=tls)
        assert connection.pipelining is ("PIPELINING" in features)
        assert connection._server.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        parcels = [Parcel(1, FROM, A, 1, big), Parcel(2, FROM, B, 1, BODY)]
        outcomes = dict(connection.send_many(parcels, lambda _: None, lambda _: None))
        connection.close()
        assert server.taken == [(FROM, A, b"".join(big)), (FROM, B, BODY)]
        assert server.commands.count("ehlo [127.0.0.1]") == (2 if tls == "starttls" else 1)
    assert {outcome.verdict for outcome in outcomes.values()} == {Verdict.SENT}


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_bad_certificate_lets_nothing_leave(tls: str, certificate: Path):
    with RawServer(
        features=("STARTTLS",), tls=server_side(certificate), is_tls_at_once=tls == "tls"
    ) as server:
        with pytest.raises(RelayClosedError, match="n'est pas valable"):
            connect(server, tls=tls)
        assert server.taken == []
    assert not any(line.startswith("MAIL") for line in server.commands)


def test_what_comes_in_the_clear_behind_starttls_is_forgotten(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    at = {"starttls": "220 2.0.0 Go on\r\n250-injected\r\n250 PIPELINING"}
    with RawServer(at, ("STARTTLS",), tls=server_side(certificate), is_tls_at_once=False) as server:
        # The injected reply may also be taken for the start of the TLS conversation, and break it.
        try:
            connection = connect(server, tls="starttls")
        except RelayClosedError:
            return
        assert not connection.pipelining
        connection.close()


def test_a_password_is_refused_by_a_pause():
    at = {"auth": "535 5.7.8 Authentication failed"}
    with RawServer(at, ("AUTH PLAIN",)) as server:
        relay = Relay("127.0.0.1", server.port, "nom", "secret")
        with pytest.raises(RelayClosedError) as caught:
            open_connection(relay, timeout=5, max_tries=5, name="exemple.fr")
        assert not any(line.startswith("MAIL") for line in server.commands)
    assert caught.value.outcome.verdict is Verdict.PAUSE
    assert "secret" not in f"{caught.value} {relay!r}"


@pytest.mark.parametrize(
    ("user", "features", "words"),
    [
        ("nom", ("PIPELINING",), "ne propose pas de connexion par mot de passe"),
        ("prénom", ("AUTH PLAIN",), "ne peuvent pas être transmis"),
    ],
)
def test_what_the_relay_can_not_do_is_said_in_words(
    user: str, features: tuple[str, ...], words: str
):
    with RawServer(features=features) as server:
        relay = Relay("127.0.0.1", server.port, user, "secret")
        with pytest.raises(RelayClosedError, match=words) as caught:
            open_connection(relay, timeout=5, max_tries=5, name="exemple.fr")
    assert caught.value.outcome.verdict is Verdict.PAUSE


@pytest.mark.parametrize(
    ("step", "what", "verdict"),
    [
        ("greeting", "stall", Verdict.RETRY),
        ("greeting", "drop", Verdict.RETRY),
        ("greeting", "421 4.3.2 Later", Verdict.RETRY),
        ("greeting", "554 5.7.1 Blocked", Verdict.PAUSE),
        ("greeting", "Bonjour", Verdict.RETRY),
        ("ehlo", "stall", Verdict.RETRY),
        ("ehlo", "drop", Verdict.RETRY),
        ("ehlo", "421 4.3.2 Later", Verdict.RETRY),
    ],
)
def test_a_relay_that_does_not_open_is_left_in_time(step: str, what: str, verdict: Verdict):
    with RawServer({step: what}) as server:
        started = time.monotonic()
        with pytest.raises(RelayClosedError) as caught:
            connect(server, timeout=0.3)
        assert time.monotonic() - started < 2
    assert (caught.value.outcome.verdict, caught.value.outcome.is_lost) == (verdict, True)


@pytest.mark.parametrize("what", ["stall", "drop", "454 4.7.0 Later", "421 4.3.2 Closing"])
@pytest.mark.parametrize("step", ["starttls", "auth"])
def test_a_door_that_closes_half_way_is_tried_again(step: str, what: str):
    with RawServer({step: what}, ("STARTTLS", "AUTH PLAIN")) as server:
        tls = "starttls" if step == "starttls" else "none"
        relay = Relay("127.0.0.1", server.port, "nom", "secret", tls)
        with pytest.raises(RelayClosedError) as caught:
            open_connection(relay, timeout=0.3, max_tries=1, name="exemple.fr")
    assert caught.value.outcome.verdict is Verdict.RETRY
    if step == "starttls":
        assert not any(line.lower().startswith("auth") for line in server.commands)
