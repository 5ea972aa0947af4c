"""The sink in Python: what `sink.c` does, slower, and relays that refuse, stall and drop.

`python -m bench.sending.sink [-p PORT] [-d MILLISECONDS] [-r FILE] [-n] [-c CERT -k KEY]
[--close-after N] [--rule RULE]…`. The first line of the output is "PORT n"; XSTATS and XRESET
as in `sink.c`. With --close-after, a connection is closed after its Nth message; with
--lenient, DATA without a recipient is answered 354 and the dot 554.

RULE is `STEP:EVERY:ACTION[:once]`. STEP is greet, mail, rcpt, data or dot; EVERY is the share of
messages (counted at RCPT) or, for greet, of connections: one in EVERY; ACTION is a reply ("550
5.1.1 Unknown"), `stall` (nothing more is said), `drop` (cut at once) or `after` (at dot: taken,
recorded, then cut without a reply). With `once`, an address meets the rule at its first try only.
"""

import argparse
import asyncio
import json
import os
import ssl
import sys
import time
import zlib
from dataclasses import dataclass, field
from typing import Any

ANSWERS = {
    "MAIL": "250 2.1.0 Sender",
    "RCPT": "250 2.1.5 Recipient",
    "DATA": "354 Go",
    "QUIT": "221 2.0.0 Bye",
    "XRESET": "250 Zero",
}


@dataclass(frozen=True)
class Rule:
    step: str
    every: int
    action: str
    once: bool = False

    @classmethod
    def parse(cls, text: str) -> "Rule":
        step, every, action, *once = text.split(":")
        return cls(step, int(every), action, once == ["once"])


@dataclass
class Counts:
    messages: int = 0
    bytes: int = 0
    connections: int = 0
    first_us: int = 0
    last_us: int = 0
    cpu_zero: float = field(default_factory=time.process_time)
    met: set[tuple[str, str]] = field(default_factory=set)
    acted: int = 0

    def json(self) -> str:
        figures = {k: v for k, v in vars(self).items() if k not in {"cpu_zero", "met"}}
        return json.dumps(figures | {"cpu_us": int((time.process_time() - self.cpu_zero) * 1e6)})


class Talk(asyncio.Protocol):
    """One connection."""

    def __init__(self, options: argparse.Namespace, counts: Counts) -> None:
        self.options, self.counts = options, counts
        self.held, self.in_data, self.to = bytearray(), False, ""
        self.waits = self.stalled = False
        self.accepted = 0
        self.has_sender = self.has_recipient = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.counts.connections += 1
        if not self.ruled("greet"):
            self.say("220 sink ESMTP")

    def say(self, line: str) -> None:
        self.transport.write(f"{line}\r\n".encode())

    def data_received(self, data: bytes) -> None:
        self.counts.bytes += len(data)
        if not self.stalled:
            self.held += data
            self.digest()

    def digest(self) -> None:
        while not (self.waits or self.stalled or self.transport.is_closing()):
            if self.in_data:
                alone = self.held.startswith(b".\r\n")
                at = -2 if alone else self.held.find(b"\r\n.\r\n", self.searched)
                if at == -1:
                    self.searched = max(0, len(self.held) - 4)
                    return
                del self.held[: at + 5]
                self.in_data = False
                self.dot()
                continue
            at = self.held.find(b"\n")
            if at < 0:
                return
            line = bytes(self.held[:at]).decode("latin-1").strip()
            del self.held[: at + 1]
            self.command(line)

    def command(self, line: str) -> None:
        word = line.split(" ", maxsplit=1)[0].upper().partition(":")[0]
        if word == "RCPT":
            self.to = line.partition("<")[2].partition(">")[0]
        if word in {"MAIL", "RCPT", "DATA"} and (self.ruled(word.lower()) or self.misses(word)):
            return
        if word == "EHLO":
            more = [] if self.options.no_pipelining else ["PIPELINING"]
            words = ["sink", "8BITMIME", "ENHANCEDSTATUSCODES", *more]
            for n, said in enumerate(words, 1):
                self.say(f"250{' ' if n == len(words) else '-'}{said}")
            return
        if word == "XSTATS":
            self.say(f"250 {self.counts.json()}")
            return
        if word in {"RSET", "EHLO", "HELO"}:
            self.has_sender = self.has_recipient = False
        if word == "XRESET":
            vars(self.counts).update(vars(Counts(met=self.counts.met)))
        self.say(ANSWERS.get(word, "250 2.0.0 Fine"))
        if word == "DATA":
            self.in_data, self.searched = True, 0
        if word == "QUIT":
            self.transport.close()

    def misses(self, word: str) -> bool:
        """Whether the command came without what it needs, and was refused for it."""
        if word == "RCPT" and not self.has_sender:
            self.say("503 5.5.1 No sender")
            return True
        # RFC 2920 §3.1: a server may answer 354 all the same, and refuse the dot.
        if word == "DATA" and not self.has_recipient and not self.options.lenient:
            self.say("503 5.5.1 No valid recipient")
            return True
        self.has_sender = self.has_sender or word == "MAIL"
        self.has_recipient = self.has_recipient or word == "RCPT"
        return False

    def dot(self) -> None:
        known, self.has_sender, self.has_recipient = self.has_recipient, False, False
        if not known:
            self.say("554 5.5.1 No valid recipient")
            return
        if self.ruled("dot"):
            return
        self.taken()
        if not self.options.delay:
            self.accept()
            return
        self.waits = True
        asyncio.get_running_loop().call_later(self.options.delay / 1000, self.late)

    def late(self) -> None:
        self.waits = False
        if not self.transport.is_closing():
            self.accept()
            self.digest()

    def accept(self) -> None:
        self.say("250 2.0.0 Taken")
        self.accepted += 1
        if self.accepted == self.options.close_after:
            self.transport.close()

    def taken(self) -> None:
        now = time.time_ns() // 1000
        self.counts.messages += 1
        self.counts.first_us, self.counts.last_us = self.counts.first_us or now, now
        if self.options.record:
            os.write(self.options.record, f"{now // 1000} {self.to}\n".encode())

    def ruled(self, step: str) -> bool:
        """Whether a rule answered in our place."""
        rank = self.counts.connections if step == "greet" else zlib.crc32(self.to.encode())
        for rule in self.options.rules:
            seen = (str(rule), self.to)
            if rule.step != step or rank % rule.every or (rule.once and seen in self.counts.met):
                continue
            self.counts.met.add(seen)
            self.counts.acted += 1
            if rule.action == "stall":
                self.stalled = True
            elif rule.action in {"drop", "after"}:
                if rule.action == "after":
                    self.taken()
                self.transport.abort()
            else:
                self.say(rule.action)
                if rule.action.startswith("421"):
                    self.transport.close()
            return True
        return False


async def serve(options: argparse.Namespace) -> None:
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
    loop, counts = asyncio.get_running_loop(), Counts()
    server = await loop.create_server(
        lambda: Talk(options, counts), "127.0.0.1", options.port, ssl=context, backlog=512
    )
    print(f"PORT {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("-p", dest="port", type=int, default=0)
    parser.add_argument("-d", dest="delay", type=float, default=0)
    parser.add_argument("-r", dest="record", default="")
    parser.add_argument("-n", dest="no_pipelining", action="store_true")
    parser.add_argument("-c", dest="certificate", default="")
    parser.add_argument("-k", dest="key", default="")
    parser.add_argument("--lenient", action="store_true")
    parser.add_argument("--close-after", type=int, default=0)
    parser.add_argument("--rule", dest="rules", type=Rule.parse, action="append", default=[])
    options = parser.parse_args(arguments)
    if options.record:
        options.record = os.open(options.record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    return options


if __name__ == "__main__":
    asyncio.run(serve(parsed(sys.argv[1:])))
