"""The relay: its address, one conversation with it, and Django's door to it.

`SMTP_URL` is `smtp://user:pass@host:port?tls=starttls|tls|none` (default none).
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from newsletter.engine.outcomes import Outcome, Step, from_reply, from_silence
from newsletter.errors import LetterError

TLS_PORTS = {"none": 25, "starttls": 587, "tls": 465}
LEADING_DOT = re.compile(rb"(?m)^\.")  # RFC 5321 §4.5.2
LOST = (OSError, smtplib.SMTPServerDisconnected)  # a stalled server is a TimeoutError


class NoRelayError(LetterError):
    """There is nowhere to send: SMTP_URL is empty or can not be read."""


class MailDoorError(NoRelayError, ConnectionError):
    """The same for Django's mail. A `ConnectionError`, for that is what Wagtail's notices of a
    review expect: a review must not fail because nobody could be told."""


class RelayClosedError(LetterError):
    """The relay did not open its door; `outcome` says how."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(f"Le serveur d'envoi ne répond pas\u00a0: {outcome.error}")


@dataclass(frozen=True, slots=True)
class Relay:
    """Where to send, read from a URL."""

    host: str
    port: int
    user: str
    password: str
    tls: str


def parse_relay(url: str) -> Relay:
    """The relay that `url` names.

    Raises:
        NoRelayError: empty, another scheme, no host, a bad port or an unknown `tls`.
    """
    if not url:
        raise NoRelayError("Aucun serveur d'envoi\u00a0: renseignez SMTP_URL.")
    parts = urlsplit(url)
    tls = parse_qs(parts.query).get("tls", ["none"])[0]
    try:
        port = parts.port
    except ValueError as error:
        raise NoRelayError("SMTP_URL\u00a0: le port n'est pas un nombre.") from error
    if parts.scheme != "smtp" or not parts.hostname or tls not in TLS_PORTS:
        raise NoRelayError(
            "SMTP_URL doit s'écrire smtp://utilisateur:secret@hôte:port?tls=starttls|tls|none."
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Relay(parts.hostname, port or TLS_PORTS[tls], user, password, tls)


def host_literal(host: str) -> str:
    """The name to say in EHLO: a bare IP goes in brackets (RFC 5321 §4.1.3)."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return f"[{address}]" if address.version == 4 else f"[IPv6:{address}]"


class _PromptSocket:
    """Small writes leave at once: Nagle against delayed ACK costs 40 ms a message over TLS."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        opened: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened


class _Smtp(_PromptSocket, smtplib.SMTP):
    """In the clear, or upgraded by STARTTLS."""


class _SmtpOverTls(_PromptSocket, smtplib.SMTP_SSL):
    """TLS from the first byte."""


class Conversation:
    """One open connection. Each step has its time limit; after an outcome with `is_lost`, stop."""

    def __init__(self, server: smtplib.SMTP, max_tries: int) -> None:
        self._server = server
        self._max_tries = max_tries

    def send(self, sender: str, recipient: str, message: bytes, tries: int) -> Outcome:
        """Speaks of one message and says what became of it; never raises for the relay's sake.

        `tries` counts this try. `message` has CRLF line ends and is not dot-stuffed.
        """
        limits = {"tries": tries, "max_tries": self._max_tries}
        step = Step.SENDER
        try:
            code, text = self._server.mail(sender)
            if code == 250:
                step = Step.RECIPIENT
                code, text = self._server.rcpt(recipient)
            if step is Step.RECIPIENT and code in (250, 251):
                step = Step.DATA
                code, text = self._server.docmd("data")
            if step is Step.DATA and code == 354:
                step = Step.BODY
                code, text = self._body(message)
        except LOST as error:
            return from_silence(step, str(error) or type(error).__name__, **limits)
        outcome = from_reply(step, code, _decoded(text), **limits)
        return outcome if step is Step.BODY or outcome.is_lost else self._reset(outcome)

    def _body(self, message: bytes) -> tuple[int, bytes]:
        stuffed = LEADING_DOT.sub(b"..", message)
        self._server.send(stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n"))
        return self._server.getreply()

    def _reset(self, outcome: Outcome) -> Outcome:
        """Clears the transaction that was refused; the refusal stands whatever comes of it."""
        try:
            self._server.rset()
        except LOST:
            return replace(outcome, is_lost=True)
        return outcome


@contextmanager
def conversation(url: str, *, timeout: float, max_tries: int, name: str) -> Iterator[Conversation]:
    """An open, greeted and authenticated connection for the length of the block.

    Args:
        timeout: seconds allowed to each step. name: what we call ourselves (EHLO).

    Raises:
        NoRelayError: the URL is unusable. RelayClosedError: refused, silent, or not let in.
    """
    relay = parse_relay(url)
    server: smtplib.SMTP | None = None
    try:
        server = _open(relay, timeout, host_literal(name))
    except smtplib.SMTPResponseException as error:
        text = _decoded(error.smtp_error)
        refusal = from_reply(Step.CONNECT, error.smtp_code, text, tries=0, max_tries=max_tries)
        raise RelayClosedError(refusal) from error
    except (OSError, smtplib.SMTPException) as error:
        reason = str(error) or type(error).__name__
        silence = from_silence(Step.CONNECT, reason, tries=0, max_tries=max_tries)
        raise RelayClosedError(silence) from error
    try:
        yield Conversation(server, max_tries)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()


def _open(relay: Relay, timeout: float, name: str) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if relay.tls == "tls":
        server: smtplib.SMTP = _SmtpOverTls(
            relay.host, relay.port, name, timeout=timeout, context=context
        )
    else:
        server = _Smtp(relay.host, relay.port, name, timeout=timeout)
    try:
        server.ehlo_or_helo_if_needed()
        if relay.tls == "starttls":
            server.starttls(context=context)
        if relay.user:
            server.login(relay.user, relay.password)
    except BaseException:
        server.close()
        raise
    return server


def _decoded(text: bytes | str) -> str:
    return text if isinstance(text, str) else text.decode("utf-8", "replace")


class UrlEmailBackend(EmailBackend):
    """Django's mail (confirmations, accounts) through the same relay as the letter."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.timeout = settings.SMTP_TIMEOUT_SECONDS

    def open(self) -> bool | None:
        """Connects.

        Raises:
            MailDoorError: SMTP_URL is empty or unusable, or the relay refuses: mail is never
                dropped in silence.
        """
        try:
            return self._open(parse_relay(settings.SMTP_URL))
        except (NoRelayError, smtplib.SMTPException) as error:
            self.close()  # Django leaves a half-opened one to the garbage collector
            raise MailDoorError(str(error)) from error

    def _open(self, relay: Relay) -> bool | None:
        self.host, self.port = relay.host, relay.port
        self.username, self.password = relay.user, relay.password
        self.use_tls, self.use_ssl = relay.tls == "starttls", relay.tls == "tls"
        return super().open()
