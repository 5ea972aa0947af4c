"""Whoever types an address must not make this machine their tool."""

import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from socket import AF_INET6, socket

import pytest

from home import fetching
from home.fetching import Answer, is_public
from tests.home.webserver import WebServer, ask, serving


@pytest.fixture
def web() -> Iterator[WebServer]:
    with serving() as server:
        yield server


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1"),
        *("240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1"),
        *("fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8"),
        *("64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::1", "::127.0.0.1", "exemple.org", ""),
    ],
)
def test_an_address_that_is_not_everybodys_is_not_public(address: str) -> None:
    assert is_public(address) is False


@pytest.mark.parametrize("address", ["8.8.8.8", "193.54.0.1", "2001:4860:4860::8888"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address) is True


@pytest.mark.parametrize(
    ("url", "trouble"),
    [
        ("http://127.0.0.1/", "forbidden"),
        ("http://localhost/", "forbidden"),
        ("http://2130706433/", "forbidden"),
        ("http://0x7f000001/", "forbidden"),
        ("http://0177.0.0.1/", "forbidden"),
        ("http://127.1/", "forbidden"),
        ("http://0/", "forbidden"),
        ("http://[::1]/", "forbidden"),
        ("http://[::ffff:127.0.0.1]/", "forbidden"),
        ("http://[::ffff:a9fe:a9fe]/", "forbidden"),
        ("http://169.254.169.254/latest/meta-data/", "forbidden"),
        ("http://192.168.0.1/", "forbidden"),
        ("http://8.8.8.8:8000/", "forbidden"),
        ("http://8.8.8.8:22/", "forbidden"),
        ("http://qui:mot@8.8.8.8/", "forbidden"),
        ("http://@8.8.8.8/", "forbidden"),
        ("ftp://8.8.8.8/", "forbidden"),
        ("file:///etc/passwd", "forbidden"),
        ("javascript:alert(1)", "forbidden"),
        ("//8.8.8.8/", "forbidden"),
        ("", "forbidden"),
        ("http://", "malformed"),
        ("http://:80/", "malformed"),
        ("http://8.8.8.8:port/", "malformed"),
        ("http://8.8.8.8:99999/", "malformed"),
        ("http://[::1/", "malformed"),
        (f"http://{'é' * 80}.example/", "malformed"),
    ],
)
def test_left_to_itself_it_asks_only_public_hosts_on_the_ports_of_the_web(
    url: str, trouble: str
) -> None:
    # The suite refuses any connection out of the loopback: an attempt would raise.
    assert fetching.check(url) == Answer(None, error=trouble)


def test_one_private_address_among_public_ones_is_enough_to_refuse(web: WebServer) -> None:
    answer = ask(
        web,
        web.at("/status/200"),
        resolver=lambda host, port: ["127.0.0.1", "10.0.0.1"],
        allowed=lambda address: address == "127.0.0.1",
    )
    assert answer == Answer(None, error="forbidden")
    assert web.asked == []


def test_a_resolver_that_changes_its_mind_is_not_asked_twice(web: WebServer) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    answer = ask(
        web,
        web.at("/to/302//no-head/405"),
        resolver=lambda host, port: next(answers),
        allowed=lambda address: address == "127.0.0.1",
    )
    assert answer == Answer(200)
    assert len(web.asked) == 3
    assert next(answers) == ["10.0.0.1"]


def test_the_next_address_is_tried_when_the_first_does_not_take_the_call(web: WebServer) -> None:
    # Nothing listens on [::1] at the server's port.
    answer = ask(web, web.at("/status/200"), resolver=lambda host, port: ["::1", "127.0.0.1"])
    assert answer == Answer(200)


def test_an_address_that_never_takes_the_call_leaves_time_for_the_next(web: WebServer) -> None:
    with ExitStack() as stack:
        deaf = stack.enter_context(socket(AF_INET6))
        try:
            deaf.bind(("::1", web.port))
        except OSError:
            pytest.skip("no IPv6 on the loopback")
        deaf.listen(0)
        for _ in range(4):  # its queue is full: whoever calls now waits
            caller = stack.enter_context(socket(AF_INET6))
            caller.setblocking(False)
            caller.connect_ex(("::1", web.port))
        both = ["::1", "127.0.0.1"]
        begun = time.monotonic()
        answer = ask(web, web.at("/status/200"), resolver=lambda host, port: both, timeout=1.0)
    assert answer == Answer(200)
    assert time.monotonic() - begun > 0.4


@pytest.mark.parametrize(
    ("location", "trouble"),
    [
        ("http://127.0.0.2:{port}/status/200", "forbidden"),
        ("http://interne.example:{port}/status/200", "forbidden"),
        ("http://exemple.org:22/", "forbidden"),
        ("ftp://exemple.org/", "forbidden"),
        ("file:///etc/passwd", "forbidden"),
        ("http://a:b@exemple.org:{port}/", "forbidden"),
        ("http://[::1/", "malformed"),
    ],
)
def test_a_redirect_is_looked_at_like_the_first_address(
    web: WebServer, location: str, trouble: str
) -> None:
    known = {"exemple.org": "127.0.0.1", "interne.example": "10.0.0.5"}
    answer = ask(
        web,
        web.at(f"/to/302/{location.format(port=web.port)}"),
        resolver=lambda host, port: [known.get(host, host)],
        allowed=lambda address: address == "127.0.0.1",
    )
    assert answer == Answer(None, error=trouble)
    assert len(web.asked) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of exemple.org, signed by itself, with its key."""
    file = tmp_path_factory.mktemp("tls") / "exemple.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=exemple.org", "-addext", "subjectAltName=DNS:exemple.org"]
    try:
        subprocess.run(
            [*command, "-keyout", str(file), "-out", str(file.with_suffix(".crt"))],
            check=True,
            capture_output=True,
        )
    except FileNotFoundError:
        pytest.skip("no openssl to make a certificate with")
    file.write_text(file.read_text() + file.with_suffix(".crt").read_text())
    return file


@pytest.fixture
def secure(certificate: Path) -> Iterator[WebServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(tls=context) as server:
        yield server


def test_the_certificate_is_the_hosts_though_we_call_an_address(
    secure: WebServer, certificate: Path
) -> None:
    trust = ssl.create_default_context(cafile=str(certificate))
    url = f"https://exemple.org:{secure.port}/status/200"
    assert ask(secure, url, trust=trust) == Answer(200)
    assert secure.names == ["exemple.org"]
    other = url.replace("exemple.org", "autre.example")
    assert ask(secure, other, trust=trust) == Answer(None, error="insecure")
    assert secure.asked == ["HEAD /status/200"]


def test_a_certificate_that_nobody_signed_is_not_spoken_to(secure: WebServer) -> None:
    url = f"https://exemple.org:{secure.port}/status/200"
    assert ask(secure, url) == Answer(None, error="insecure")
    assert secure.asked == []
