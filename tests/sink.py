"""A real SMTP server for tests: accepts, refuses by address, stalls, drops, counts.

In a test: `with Sink() as sink: …`. As a process, which writes down what it took and outlives
a killed client: `python -m tests.sink PORT JOURNAL [DELAY_SECONDS]`.
"""

import asyncio
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

TAKEN = "250 2.0.0 Taken"


@dataclass
class Sink:
    """An SMTP server on a free port of the loopback.

    `at_sender`, `at_recipient` and `after_body` map an address (the recipient's; the sender's
    for `at_sender`) to what happens there: a reply (« 550 5.1.1 Unknown »), or the words
    "drop" (the connection is cut) or "stall" (nothing more is said).
    """

    at_sender: dict[str, str] = field(default_factory=dict)
    at_recipient: dict[str, str] = field(default_factory=dict)
    after_body: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    pipelining: bool = True
    journal: Path | None = None
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    greetings: int = 0
    port: int = 0

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        self.greetings += 1
        session.host_name = hostname
        # The library follows pipelined commands, and does not say so (RFC 2920).
        return ["250-PIPELINING", *answers] if self.pipelining else answers

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if what := self.at_sender.get(address):
            return await self._act(server, what)
        envelope.mail_from = address
        return "250 2.1.0 Sender"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if what := self.at_recipient.get(address):
            return await self._act(server, what)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        address = envelope.rcpt_tos[0]
        if what := self.after_body.get(address):
            return await self._act(server, what)
        if self.delay:
            await asyncio.sleep(self.delay)
        self.taken.append((address, bytes(envelope.original_content or b"")))
        self.senders.append(envelope.mail_from or "")
        if self.journal:
            with self.journal.open("a") as journal:
                journal.write(f"{address}\n")
        return TAKEN

    async def _act(self, server: SMTP, what: str) -> str:
        if what == "stall":
            await asyncio.sleep(30)
        if what in ("drop", "stall"):
            server.transport.abort()
            return "421 4.4.2 Gone"
        return what

    @property
    def addresses(self) -> list[str]:
        return [address for address, _ in self.taken]

    def raw(self, address: str) -> bytes:
        """The bytes of the only message that `address` received."""
        (message,) = [content for to, content in self.taken if to == address]
        return message

    def message(self, address: str) -> EmailMessage:
        return message_from_bytes(self.raw(address), policy=policy.default)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> "Sink":
        self.port = self.port or free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def silent_server(greeting: bytes = b"") -> Iterator[int]:
    """A port that answers every connection with `greeting`, then says nothing more."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(5)
        listener.settimeout(10)
        if greeting:

            def greet() -> None:
                taken, _ = listener.accept()
                with taken:
                    taken.sendall(greeting)
                    taken.recv(1000)

            thread = threading.Thread(target=greet, daemon=True)
            thread.start()
        yield int(listener.getsockname()[1])


def main(port: str, journal: str, delay: str = "0") -> None:
    sink = Sink(port=int(port), journal=Path(journal), delay=float(delay))

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(sink), "127.0.0.1", sink.port)
        async with server:
            await server.serve_forever()

    asyncio.run(serve())


if __name__ == "__main__":
    main(*sys.argv[1:])
