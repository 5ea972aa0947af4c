"""A scripted SMTP server on a raw socket: refuses, stalls, drops or babbles at any step.

`at` maps a step, or a step and an address (« rcpt:a@exemple.fr », « body:a@exemple.fr »), to a
reply, or to "drop" (the connection is cut), "stall" (nothing more is said), "endless" (a line
without end) or "forever" (a reply without end). Steps: greeting,
ehlo, mail, rcpt, data, body, rset, quit;
"midbody" ends the connection once some of the body has come, in silence (« cut ») or with a reply.
"""

import re
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

from newsletter.engine.outcomes import Outcome, Verdict
from newsletter.engine.relays import Relay
from newsletter.engine.transport import Connection, Parcel, open_connection

ANSWERS = {
    "greeting": "220 test ESMTP",
    "mail": "250 2.1.0 Ok",
    "rcpt": "250 2.1.5 Ok",
    "data": "354 Go on",
    "body": "250 2.0.0 Taken",
    "rset": "250 2.0.0 Ok",
    "quit": "221 2.0.0 Bye",
    "auth": "235 2.7.0 Ok",
    "starttls": "220 2.0.0 Go on",
}
ADDRESS = re.compile(r"<(.*)>")
FROM = "veille@exemple.fr"
BODY = b"Subject: x\r\n\r\n..\r\nfin\r\n"
A, B, C = "a@exemple.fr", "b@exemple.fr", "c@exemple.fr"


class GoneError(Exception):
    """The script ends this connection."""


@dataclass
class RawServer:
    """`taken`: (sender, recipient, body on the wire) of what was accepted; `commands`: every line
    that came out of a body; `reads`: how many times something came, which is the round trips."""

    at: dict[str, str] = field(default_factory=dict)
    features: tuple[str, ...] = ("PIPELINING", "8BITMIME")
    by_single_bytes: bool = False
    close_after: int = 0  # messages; 0: never
    farewell: str = ""  # said on closing: « 421 4.7.0 Enough »
    takes_nobody: bool = False  # 354 to DATA whatever the recipients
    tls: ssl.SSLContext | None = None
    is_tls_at_once: bool = True
    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    bodies: int = 0
    reads: int = 0
    connections: int = 0
    port: int = 0

    def __enter__(self) -> "RawServer":
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._listen, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(5)

    @property
    def addresses(self) -> list[str]:
        return [recipient for _, recipient, _ in self.taken]

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self.connections += 1
                self._open.append(sock)
                thread = threading.Thread(target=_Talk(self, sock).run, daemon=True)
                self._threads.append(thread)
                thread.start()


class _Talk:
    """One connection, until the script or the client ends it."""

    def __init__(self, server: RawServer, sock: socket.socket) -> None:
        self.server, self.sock = server, sock
        self.buffer = b""
        self.sender = self.recipient = ""
        self.bodies = 0

    def run(self) -> None:
        with suppress(GoneError, OSError):
            if self.server.tls and self.server.is_tls_at_once:
                self._wrap()
            self._answer("greeting")
            while True:
                self._command(self._line())
        # Closed while bytes of the client's lie unread: it sees a reset, as in life.
        self.sock.close()

    def _wrap(self) -> None:
        self.sock = self.server.tls.wrap_socket(self.sock, server_side=True)
        self.server._open.append(self.sock)

    def _receive(self) -> None:
        received = self.sock.recv(1 << 20)
        if not received:
            raise GoneError
        self.server.reads += 1
        self.buffer += received

    def _line(self) -> str:
        while b"\r\n" not in self.buffer:
            self._receive()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        self.server.commands.append(line.decode())
        return line.decode()

    def _command(self, line: str) -> None:
        verb = line.partition(" ")[0].lower()
        address = found[1] if (found := ADDRESS.search(line)) else ""
        if verb == "ehlo":
            lines = ["test", *self.server.features]
            reply = "\r\n".join([*(f"250-{one}" for one in lines[:-1]), f"250 {lines[-1]}"])
            self._answer("ehlo", default=reply)
        elif verb == "mail":
            if self._answer("mail", address).startswith("250"):
                self.sender, self.recipient = address, ""
        elif verb == "rcpt":
            early = "" if self.sender else "503 5.5.1 No sender"
            if self._answer("rcpt", address, early).startswith("25"):
                self.recipient = address
        elif verb == "data":
            self._data()
        else:
            if self._answer(verb).startswith("220"):
                self._wrap()
            if verb == "rset":
                self.sender = self.recipient = ""
            if verb == "quit":
                raise GoneError

    def _data(self) -> None:
        is_lax = self.server.takes_nobody
        default = "" if self.recipient or is_lax else "503 5.5.1 No recipient"
        if not self._answer("data", self.recipient, default).startswith("354"):
            return
        # An empty message, or the end of one (RFC 5321 §4.1.1.4).
        while not (self.buffer.startswith(b".\r\n") or b"\r\n.\r\n" in self.buffer):
            if self.buffer and (words := self.server.at.get("midbody")):
                self._say("" if words == "cut" else words)
                raise GoneError
            self._receive()
        if self.buffer.startswith(b".\r\n"):
            body, self.buffer = b"", self.buffer[3:]
        else:
            body, _, self.buffer = self.buffer.partition(b"\r\n.\r\n")
            body += b"\r\n"
        self.server.bodies += bool(body)
        default = "" if self.recipient else "554 5.5.1 No valid recipients"
        reply = self._answer("body", self.recipient, default)
        if reply.startswith("2"):
            self.server.taken.append((self.sender, self.recipient, body))
            self.bodies += 1
        self.sender = self.recipient = ""
        if self.server.close_after and self.bodies == self.server.close_after:
            self._say(self.server.farewell)
            raise GoneError

    def _answer(self, step: str, address: str = "", default: str = "") -> str:
        at = self.server.at
        what = at.get(f"{step}:{address}") or at.get(step) or default or ANSWERS.get(step, "")
        what = what or "502 5.5.1 What?"
        if what == "drop":
            raise GoneError
        if what == "stall":
            self.server._over.wait(20)
            raise GoneError
        while what in ("endless", "forever"):
            self.sock.sendall(b"250-x\r\n" * 1000 if what == "forever" else b"x" * 5000)
        self._say(what)
        if what.startswith("421"):
            raise GoneError
        return what

    def _say(self, reply: str) -> None:
        content = f"{reply}\r\n".encode() if reply else b""
        size = 1 if self.server.by_single_bytes else len(content) or 1
        for start in range(0, len(content), size):
            self.sock.sendall(content[start : start + size])


def connect(
    server: RawServer, timeout: float = 5, max_tries: int = 5, tls: str = "none"
) -> Connection:
    relay = Relay("127.0.0.1", server.port, "", "", tls)
    return open_connection(relay, timeout=timeout, max_tries=max_tries, name="127.0.0.1")


class Sending:
    """What came of parcels over one connection, and what was said on the way."""

    def __init__(self, server: RawServer, *recipients: str, **options: float) -> None:
        self.begun: list[int] = []
        self.accepted: list[int] = []
        self.pulled: list[int] = []
        self.outcomes: dict[int, Outcome] = {}
        connection = connect(server, **options)
        try:
            for key, outcome in connection.send_many(
                self._parcels(recipients), self.begun.append, self.accepted.append
            ):
                assert key not in self.outcomes
                self.outcomes[key] = outcome
        finally:
            connection.close()
        self.taken = connection.taken

    def _parcels(self, recipients: tuple[str, ...]):
        for key, recipient in enumerate(recipients):
            self.pulled.append(key)
            yield Parcel(key, FROM, recipient, 1, BODY)

    @property
    def verdicts(self) -> list[Verdict]:
        return [outcome.verdict for outcome in self.outcomes.values()]
