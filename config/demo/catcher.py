"""A local SMTP server that keeps every message as a file, and delivers nothing."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class KeepEverything:
    """Writes each accepted message as NNNNN.eml, with its envelope in two X- headers."""

    def __init__(self, mailbox: Path) -> None:
        self.mailbox = mailbox
        self.count = len(list(mailbox.glob("*.eml")))

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.count += 1
        target = self.mailbox / f"{self.count:05}.eml"
        head = f"X-Envelope-From: {envelope.mail_from}\r\n"
        head += f"X-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        partial = target.with_suffix(".part")
        partial.write_bytes(head.encode() + envelope.original_content)
        partial.rename(target)
        return "250 2.0.0 Message kept"


@contextmanager
def catcher(mailbox: Path, address_file: Path) -> Iterator[str]:
    """Runs the catcher on a free port; yields its SMTP URL, also written in `address_file`."""
    mailbox.mkdir(parents=True, exist_ok=True)
    controller = Controller(
        KeepEverything(mailbox), hostname="127.0.0.1", port=_free_port(), data_size_limit=10_000_000
    )
    controller.start()
    url = f"smtp://127.0.0.1:{controller.port}"
    address_file.write_text(url)
    try:
        yield url
    finally:
        address_file.unlink(missing_ok=True)
        controller.stop()
