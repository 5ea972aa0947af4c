"""A socket that speaks SMTP: bounded replies, a time limit for each step, large writes uncopied.

Sources: RFC 5321 §4.2 (replies), §4.5.3.2 (time limits). A relay that sends without end, or one
byte at a time, costs neither memory nor more than one time limit.
"""

import re
import socket
import ssl
import time
from collections.abc import Sequence

MAX_LINE = 4096  # bytes; RFC 5321 §4.5.3.1.5 says 512, some greetings say more
MAX_LINES = 100
GARBAGE = -1
REPLY = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)


class Wire:
    """Raises OSError (TimeoutError included) when the line is lost; then it is of no more use."""

    def __init__(self, sock: socket.socket, timeout: float) -> None:
        self.sock = sock
        self.left = 0  # bytes that left in the last write, known before it fails
        self._timeout = timeout
        self._is_tls = isinstance(sock, ssl.SSLSocket)
        self._received = bytearray()
        self._room = bytearray()

    def write(self, chunks: Sequence[bytes]) -> None:
        """Sends everything, within one time limit."""
        self.left = 0
        if self._is_tls:
            self._write_records(chunks)
            return
        ends = time.monotonic() + self._timeout
        views: list[bytes | memoryview] = [chunk for chunk in chunks if chunk]
        while views:
            self._limit(ends)
            sent = self.sock.sendmsg(views[:64])
            self.left += sent
            done = 0
            while done < len(views) and sent >= len(views[done]):
                sent -= len(views[done])
                done += 1
            del views[:done]
            if sent:
                views[0] = memoryview(views[0])[sent:]

    def _write_records(self, chunks: Sequence[bytes]) -> None:
        """One buffer for all messages: large TLS records, and no memory given back each time."""
        size = sum(map(len, chunks))
        if len(self._room) < size:
            self._room = bytearray(size + size // 4)
        view, start = memoryview(self._room), 0
        for chunk in chunks:
            view[start : start + len(chunk)] = chunk
            start += len(chunk)
        self.sock.settimeout(self._timeout)
        self.left = size  # what a failed TLS write has sent is not known
        self.sock.sendall(view[:size])

    def reply(self, timeout: float | None = None) -> tuple[int, bytes]:
        """The next whole reply: its code, or GARBAGE, and its lines without the code."""
        ends = time.monotonic() + (self._timeout if timeout is None else timeout)
        code, texts = b"", []
        for _ in range(MAX_LINES):
            line = self._line(ends)
            found = REPLY.fullmatch(line)
            if not found or (code and found[1] != code):
                return GARBAGE, line
            code = found[1]
            texts.append((found[3] or b"").strip())
            if found[2] != b"-":
                return int(code), b"\n".join(texts)
        return GARBAGE, b"a reply without end"

    def _line(self, ends: float) -> bytes:
        searched = 0
        while (end := self._received.find(b"\n", searched)) < 0:
            searched = len(self._received)
            if searched > MAX_LINE:
                raise ConnectionAbortedError("ligne sans fin")
            self._limit(ends)
            received = self.sock.recv(MAX_LINE)
            if not received:
                raise ConnectionResetError("fermée par le serveur")
            self._received += received
        line = bytes(self._received[:end]).rstrip(b"\r")
        del self._received[: end + 1]
        return line

    def _limit(self, ends: float) -> None:
        left = ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("délai dépassé")
        self.sock.settimeout(left)
