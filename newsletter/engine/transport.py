"""One connection to a relay, and messages spoken over it, one round trip each.

Sources: RFC 5321 (SMTP), RFC 2920 (pipelining). Where the relay offers PIPELINING, MAIL, RCPT and
DATA leave in one write, and those of the next message leave with the end of this one (§3.1: they
come after the final dot, whose reply is awaited before the next body). Elsewhere, step by step.

A message is *begun* when its body starts to leave: from there until the reply, a lost line says
nothing about what the relay has kept. Before, it has kept nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from newsletter.engine.headers import is_address
from newsletter.engine.messages import MessageError
from newsletter.engine.opening import AnyServer, RelayClosedError, open_server, why_lost
from newsletter.engine.outcomes import Outcome, Step, Verdict, from_reply, from_silence, unheard
from newsletter.engine.relays import Relay

__all__ = ["Connection", "Parcel", "RelayClosedError", "open_connection"]
AWAITED = {Step.SENDER: (250,), Step.RECIPIENT: (250, 251), Step.DATA: (354,)}
CLOSING = 421  # RFC 5321 §3.8
END = b".\r\n"
QUIT_SECONDS = 2.0
LAST_WORDS_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message for one recipient. `data` is in wire form: CRLF, dots stuffed, no final dot.

    `key` is the caller's; `tries` counts this one; `sender` may be "" (RFC 5321 §4.5.5).

    Raises:
        MessageError: an address that could not stand in a command.
    """

    key: int
    sender: str
    recipient: str
    tries: int
    data: list[bytes] | bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not is_address(self.recipient) or not (is_address(self.sender) or self.sender == ""):
            raise MessageError("Adresse inutilisable.")

    def command(self, step: Step) -> bytes:
        if step is Step.SENDER:
            return f"MAIL FROM:<{self.sender}>\r\n".encode()
        return f"RCPT TO:<{self.recipient}>\r\n".encode() if step is Step.RECIPIENT else b"DATA\r\n"

    @property
    def envelope(self) -> bytes:
        return f"MAIL FROM:<{self.sender}>\r\nRCPT TO:<{self.recipient}>\r\nDATA\r\n".encode()

    @property
    def body(self) -> list[bytes]:
        """What follows DATA, the final dot included."""
        chunks = [self.data] if isinstance(self.data, bytes) else self.data
        is_whole = not chunks or chunks[-1].endswith(b"\r\n")
        return [*chunks, END] if is_whole else [*chunks, b"\r\n", END]


def open_connection(relay: Relay, *, timeout: float, max_tries: int, name: str) -> "Connection":
    """A greeted and authenticated connection.

    Args:
        timeout: seconds allowed to each step. name: what we call ourselves (EHLO).

    Raises:
        RelayClosedError: refused, silent, not let in, or its certificate is not good.
    """
    return Connection(open_server(relay, timeout, name), max_tries)


class Connection:
    """One open connection, for one thread. `taken` counts the messages that the relay accepted."""

    def __init__(self, server: AnyServer, max_tries: int) -> None:
        self.pipelining = server.has_extn("pipelining")
        self.taken = 0
        self._server = server
        self._wire = server.wire
        self._max_tries = max_tries
        self._judged = 0  # messages that the relay has answered
        self._is_idle = True  # every command has its reply
        self._needs_reset = False

    def send_many(
        self,
        parcels: Iterable[Parcel],
        begun: Callable[[int], None],
        accepted: Callable[[int], None],
    ) -> Iterator[tuple[int, Outcome]]:
        """Speaks of each parcel and yields what became of it; never raises for the relay's sake.

        Parcels are pulled one ahead where the relay pipelines. After an outcome with `is_lost` no
        more is pulled, the one ahead is yielded as unheard, and the connection is of no more use:
        as after PAUSE with one ahead, and after an exception of a callback or of `parcels`.

        Args:
            begun: told the key before the first byte of the body leaves; if it raises, none does.
            accepted: told the key once the relay has taken the message.
        """
        pulled = iter(parcels)
        parcel, is_announced = next(pulled, None), False
        while parcel is not None:
            following = None
            outcome = self._introduce(parcel, is_announced)
            if outcome is None:
                following = next(pulled, None) if self.pipelining else None
                begun(parcel.key)
                outcome = self._hand_over(parcel, following)
                if outcome.verdict is Verdict.SENT:
                    self.taken += 1
                    accepted(parcel.key)
            if following and outcome.verdict is Verdict.PAUSE:
                outcome = replace(outcome, is_lost=True)  # the next one must not leave
            self._judged += not outcome.is_unheard
            self._is_idle = not outcome.is_lost and following is None
            yield parcel.key, outcome
            if outcome.is_lost:
                if following:
                    yield following.key, unheard("La connexion a pris fin avant ce message.")
                return
            parcel, is_announced = following or next(pulled, None), following is not None

    def close(self) -> None:
        """Takes leave if the relay is waiting for a command; closes in any case."""
        if self._is_idle:
            self._is_idle = False
            with suppress(OSError):
                self._wire.write([b"QUIT\r\n"])
                self._wire.reply(QUIT_SECONDS)
        self._server.close()

    def _introduce(self, parcel: Parcel, is_announced: bool) -> Outcome | None:
        """MAIL, RCPT and DATA. None: the relay awaits the body."""
        refusal, step = None, Step.SENDER
        self._is_idle = False
        try:
            if not is_announced:
                self._announce(parcel)
            for step, awaited in AWAITED.items():
                if not self.pipelining:
                    self._wire.write([parcel.command(step)])
                code, text = self._wire.reply()
                if refusal is None and code not in awaited:
                    refusal = self._refusal(parcel, step, code, text)
                # A recipient taken without a sender: it could also take the empty message below.
                if refusal and not _is_followed(code, (354,) if step is Step.DATA else ()):
                    return replace(refusal, is_lost=True)
                if refusal and not self.pipelining:
                    break
            if refusal and self.pipelining and code == 354:
                # It takes a message for nobody (RFC 2920 §3.1): it gets an empty one.
                self._wire.write([END])
                code, _ = self._wire.reply()
                if not _is_followed(code, (250,)):
                    return replace(refusal, is_lost=True)
        except OSError as error:
            return replace(refusal, is_lost=True) if refusal else self._silence(parcel, step, error)
        self._needs_reset = refusal is not None
        return refusal

    def _announce(self, parcel: Parcel) -> None:
        reset, self._needs_reset = self._needs_reset, False
        commands = b"RSET\r\n" if reset else b""
        if self.pipelining:
            commands += parcel.envelope
        if commands:
            self._wire.write([commands])
        if reset and self._wire.reply()[0] != 250:
            raise ConnectionAbortedError("RSET refusé")

    def _hand_over(self, parcel: Parcel, following: Parcel | None) -> Outcome:
        chunks = parcel.body
        if following:
            chunks.append(following.envelope)
        try:
            self._wire.write(chunks)
        except OSError as error:
            if refusal := self._last_words(parcel):
                return refusal
            step = Step.BODY if self._wire.left else Step.DATA
            return self._silence(parcel, step, error)
        try:
            code, text = self._wire.reply()
        except OSError as error:
            return self._silence(parcel, Step.BODY, error)
        return self._judge(parcel, Step.BODY, code, text)

    def _last_words(self, parcel: Parcel) -> Outcome | None:
        """Why the relay hung up before the end of the body (too large, say), if it told."""
        try:
            code, text = self._wire.reply(LAST_WORDS_SECONDS)
        except OSError:
            return None
        if code // 100 not in (4, 5):
            return None
        return replace(self._judge(parcel, Step.BODY, code, text), is_lost=True)

    def _refusal(self, parcel: Parcel, step: Step, code: int, text: bytes) -> Outcome:
        outcome = self._judge(parcel, step, code, text)
        # 421 speaks of the channel, not of this message: elsewhere it may be taken at once.
        return unheard(outcome.error) if code == CLOSING and self._judged else outcome

    def _judge(self, parcel: Parcel, step: Step, code: int, text: bytes) -> Outcome:
        words = text.decode("utf-8", "replace")
        return from_reply(step, code, words, tries=parcel.tries, max_tries=self._max_tries)

    def _silence(self, parcel: Parcel, step: Step, error: OSError) -> Outcome:
        reason = why_lost(error)
        if step is Step.SENDER and self._judged:
            # It closes after so many messages: this one has nothing to do with it.
            return unheard(reason)
        return from_silence(step, reason, tries=parcel.tries, max_tries=self._max_tries)


def _is_followed(code: int, awaited: tuple[int, ...]) -> bool:
    """The conversation goes on: a refusal that does not close the channel, or what was awaited.

    After anything else (a 2xx to DATA, noise) nobody knows which reply answers what.
    """
    return code in awaited or (code // 100 in (4, 5) and code != CLOSING)
