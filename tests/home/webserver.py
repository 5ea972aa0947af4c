"""A web server of the loopback that behaves as badly as the web: for tests of what asks it.

`/status/404` answers 404, `/to/301/ADDRESS` redirects, `/loop` redirects to itself, `/hang` says
nothing, `/drip` says a header letter by letter for five seconds, `/flood` sends a body without
end, `/garbage` is no HTTP, `/no-head/CODE` answers CODE to HEAD and 200 to GET, `/hangup` closes.
"""

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import unquote

from home import fetching


@dataclass
class WebServer:
    """What was asked, as « METHOD path », with the headers; `flooded` counts a body's bytes."""

    port: int = 0
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    flooded: int = 0
    flood_ended: Event = field(default_factory=Event)
    closing: Event = field(default_factory=Event)

    def at(self, path: str, host: str = "exemple.org") -> str:
        return f"http://{host}:{self.port}{path}"


class Handler(BaseHTTPRequestHandler):
    web: WebServer

    def do_HEAD(self) -> None:
        self.web.asked.append(f"{self.command} {self.path}")
        self.web.headers.append(dict(self.headers))
        _, action, *rest = self.path.split("/", 3)
        with suppress(OSError):
            getattr(self, f"act_{action.replace('-', '_')}", self.act_status)(*rest)

    do_GET = do_HEAD  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Says nothing."""

    def reply(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.title(), value)
        self.end_headers()

    def act_status(self, code: str = "200", *_: str) -> None:
        self.reply(int(code))

    def act_to(self, code: str, address: str) -> None:
        self.reply(int(code), location=unquote(address, "latin-1"))

    def act_loop(self) -> None:
        self.reply(302, location=self.path)

    def act_no_head(self, code: str) -> None:
        self.reply(int(code) if self.command == "HEAD" else 200)

    def act_hang(self) -> None:
        self.web.closing.wait(30)

    def act_hangup(self) -> None:
        self.close_connection = True

    def act_garbage(self) -> None:
        self.wfile.write(b"220 ready when you are\r\n")

    def act_drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(100):
            self.wfile.write(b"x")
            time.sleep(0.05)

    def act_flood(self) -> None:
        if self.command == "HEAD":
            self.reply(405)
            return
        self.reply(200)
        try:
            while self.web.flooded < 1_000_000_000:
                self.wfile.write(b"x" * 65536)
                self.web.flooded += 65536
        finally:
            self.web.flood_ended.set()


@contextmanager
def serving(*, tls: ssl.SSLContext | None = None) -> Iterator[WebServer]:
    web = WebServer()
    handler = type("Bound", (Handler,), {"web": web})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    web.port = server.server_port
    if tls:
        tls.sni_callback = lambda sock, name, context: web.names.append(name)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        web.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


def to_loopback(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def ask(web: WebServer, url: str, **more: object) -> fetching.Answer:
    """`fetching.check` let into the loopback, on the server's port."""
    given = {
        "resolver": to_loopback,
        "allowed": lambda address: True,
        "ports": frozenset({web.port}),
        "timeout": 5.0,
    }
    return fetching.check(url, **{**given, **more})
