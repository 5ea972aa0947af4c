"""Asking a stranger's address whether it answers, without being led astray.

Whoever types an address chooses where this machine connects. So: http and https on their own
ports, no name and password, every address that the host resolves to must be public, and the
connection goes to the addresses that were looked at, never to a second answer of the resolver.
Redirects are followed by hand, each looked at like the first. The body is never read.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from threading import Timer
from typing import Literal
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings

Trouble = Literal[
    "", "malformed", "forbidden", "unresolved", "unreachable", "insecure", "timeout", "redirects"
]
Resolver = Callable[[str, int], list[str]]

TIMEOUT_SECONDS = 15.0
MAX_REDIRECTS = 5
MAX_ADDRESSES = 4
PORTS = frozenset({80, 443})
DEFAULT_PORTS = {"http": 80, "https": 443}
PERMANENT, TEMPORARY = frozenset({301, 308}), frozenset({302, 303, 307})
TOO_MANY_REQUESTS = 429
PATH_SAFE = "/%:@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered, at the end of its redirects.

    `status` is the HTTP code, None when nobody answered, and then `error` says why: "malformed"
    and "forbidden" (we do not ask), "unresolved" (the host does not exist), "unreachable",
    "insecure" (bad certificate), "timeout", "redirects" (too many). `moved_to` is how far
    permanent redirects lead from the address asked, "" when they lead nowhere else.
    """

    status: int | None
    moved_to: str = ""
    error: Trouble = ""


class NoAnswerError(Exception):
    """Nobody answered. `trouble` is the word of `Answer.error`."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def is_public(address: str) -> bool:
    """Whether an IP address, in digits, is anybody's on the internet.

    Python calls multicast global; the addresses that carry another inside (mapped, NAT64, 6to4)
    are refused whole, since no public host needs them.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and (ip.sixtofour or ip.ipv4_mapped or ip.teredo):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or _is_site_local(ip))


def _is_site_local(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, in digits. `NoAnswerError` when there are none.

    The system's resolver has a time limit of its own, which ours does not shorten.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        gone = error.errno in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None)}
        raise NoAnswerError("unresolved" if gone else "unreachable") from error
    except (OSError, UnicodeError) as error:
        raise NoAnswerError("malformed") from error
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def check(
    url: str,
    *,
    resolver: Resolver = resolve,
    allowed: Callable[[str], bool] = is_public,
    ports: frozenset[int] = PORTS,
    timeout: float = TIMEOUT_SECONDS,
    trust: ssl.SSLContext | None = None,
) -> Answer:
    """Asks once, redirects included, within `timeout` seconds. Never raises for a bad address.

    The keywords after `url` let a test reach the loopback; the product gives none but `timeout`.
    """
    visit = _Visit(resolver, allowed, ports, time.monotonic() + timeout, trust or _trust())
    moved_to, permanent, asked = "", True, url
    try:
        for _ in range(MAX_REDIRECTS + 1):
            status, location = visit.ask(url)
            if not location:
                return Answer(status, moved_to)
            url = _joined(url, location)
            permanent = permanent and status in PERMANENT
            if permanent:
                moved_to = "" if _same_place(asked, url) else url
    except NoAnswerError as error:
        return Answer(None, moved_to, error.trouble)
    return Answer(None, moved_to, "redirects")


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise NoAnswerError("malformed") from error


def _readable(location: str) -> str:
    """http.client reads headers as Latin-1; many servers write accents in UTF-8 there."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location


def _same_place(one: str, other: str) -> bool:
    """The same but for https, a final slash or a fragment: nothing that an editor need mend."""
    places = []
    for url in (one, other):
        parts = _split(url)
        places.append((parts.hostname, parts.path.rstrip("/"), parts.query))
    return places[0] == places[1]


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url.strip())
    except ValueError as error:
        raise NoAnswerError("malformed") from error


@dataclass(frozen=True, slots=True)
class _Target:
    """An address that we accept to ask, in the characters of the wire."""

    is_secure: bool
    host: str
    port: int
    path: str

    @property
    def netloc(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = DEFAULT_PORTS["https" if self.is_secure else "http"]
        return host if self.port == usual else f"{host}:{self.port}"


@dataclass
class _Visit:
    """One check: what bounds it, and the addresses of the hosts already looked at."""

    resolver: Resolver
    allowed: Callable[[str], bool]
    ports: frozenset[int]
    deadline: float
    trust: ssl.SSLContext
    seen: dict[tuple[str, int], list[str]] = field(default_factory=dict)

    def ask(self, url: str) -> tuple[int, str]:
        """(status, address of a redirect or ""). `NoAnswerError` for everything else."""
        target = self._target(url)
        status, location = self._exchange("HEAD", target)
        # Many servers refuse HEAD, or forget it; one that asks to slow down is not asked twice.
        if status >= 400 and status != TOO_MANY_REQUESTS:
            status, location = self._exchange("GET", target)
        return status, location if status in PERMANENT | TEMPORARY else ""

    def _target(self, url: str) -> _Target:
        parts = _split(url)
        if parts.scheme not in DEFAULT_PORTS:
            raise NoAnswerError("forbidden")
        if "@" in parts.netloc:
            raise NoAnswerError("forbidden")
        try:
            port = parts.port or DEFAULT_PORTS[parts.scheme]
            host = (parts.hostname or "").rstrip(".")
            host = host if host.isascii() else host.encode("idna").decode("ascii")
        except ValueError as error:
            raise NoAnswerError("malformed") from error
        if not host:
            raise NoAnswerError("malformed")
        if port not in self.ports:
            raise NoAnswerError("forbidden")
        path = quote(parts.path or "/", safe=PATH_SAFE)
        query = quote(parts.query, safe=PATH_SAFE + "?")
        return _Target(parts.scheme == "https", host, port, f"{path}?{query}" if query else path)

    def _addresses(self, target: _Target) -> list[str]:
        """The host's addresses, asked for once a visit and all public."""
        key = (target.host, target.port)
        if key not in self.seen:
            self.seen[key] = self.resolver(*key)
        found = self.seen[key]
        if not found:
            raise NoAnswerError("unresolved")
        if not all(self.allowed(address) for address in found):
            raise NoAnswerError("forbidden")
        return found[:MAX_ADDRESSES]

    def _exchange(self, method: str, target: _Target) -> tuple[int, str]:
        try:
            with self._connected(target) as sock:
                connection = http.client.HTTPConnection(target.host, target.port)
                # Given its socket, http.client neither resolves nor connects.
                connection.sock = sock
                headers = {
                    "Host": target.netloc,
                    "User-Agent": f"EnQuelquesClics/1 (+{settings.SITE_URL}/contact/)",
                    "Accept": "*/*",
                    "Connection": "close",
                }
                connection.request(method, target.path, headers=headers)
                with connection.getresponse() as response:
                    # http.client takes headers that were cut off for headers that end.
                    self._left()
                    return response.status, _readable(response.headers.get("Location", ""))
        except ssl.SSLCertVerificationError as error:
            raise NoAnswerError("insecure") from error
        # ValueError: http.client refuses a control character in what we ask.
        except (OSError, http.client.HTTPException, ValueError) as error:
            late = isinstance(error, TimeoutError) or time.monotonic() >= self.deadline
            raise NoAnswerError("timeout" if late else "unreachable") from error

    @contextmanager
    def _connected(self, target: _Target) -> Iterator[socket.socket]:
        """A socket to the first address that takes the call, cut off at the deadline."""
        with self._first_to_answer(target) as raw:
            raw.settimeout(self._left())
            sock = raw
            if target.is_secure:
                sock = self.trust.wrap_socket(raw, server_hostname=target.host)
            # A socket's time limit starts again at each byte; a slow drip must end too.
            guard = Timer(self._left(), _cut, [sock])
            guard.daemon = True
            guard.start()
            try:
                yield sock
            finally:
                guard.cancel()
                sock.close()

    def _first_to_answer(self, target: _Target) -> socket.socket:
        addresses = self._addresses(target)
        for position, address in enumerate(addresses):
            share = self._left() / (len(addresses) - position)
            try:
                return socket.create_connection((address, target.port), timeout=share)
            except OSError:
                if position == len(addresses) - 1:
                    raise
        raise NoAnswerError("unreachable")

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise NoAnswerError("timeout")
        return left


def _cut(sock: socket.socket) -> None:
    with suppress(OSError):
        # SSLSocket.shutdown would take the reader's session away under its feet.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
