"""A connection up to the point where messages can be given: TLS, EHLO, AUTH.

The library's client says these few commands; its replies are read with our bounds (wire.py).
"""

import smtplib
import socket
import ssl
from typing import Any

from newsletter.engine.outcomes import Outcome, Step, Verdict, from_reply, from_silence
from newsletter.engine.relays import Relay, host_literal
from newsletter.engine.wire import Wire
from newsletter.errors import LetterError


class RelayClosedError(LetterError):
    """The relay did not open its door; `outcome` says how."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(f"Le serveur d'envoi ne répond pas\u00a0: {outcome.error}")


class _Guarded:
    """Small writes leave at once (Nagle against delayed ACK costs 40 ms a message over TLS), and
    replies are bounded."""

    sock: socket.socket | None
    timeout: float
    _wire: Wire | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        opened: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened

    @property
    def wire(self) -> Wire:
        """A new one after STARTTLS: what came in the clear is forgotten (RFC 3207 §4.2)."""
        if self.sock is None:
            raise ConnectionResetError("fermée par le serveur")
        if self._wire is None or self._wire.sock is not self.sock:
            self._wire = Wire(self.sock, self.timeout)
        return self._wire

    def getreply(self) -> tuple[int, bytes]:
        try:
            return self.wire.reply()
        except OSError as error:
            self.close()  # type: ignore[attr-defined]
            raise smtplib.SMTPServerDisconnected(why_lost(error)) from error


class Server(_Guarded, smtplib.SMTP):
    """In the clear, or upgraded by STARTTLS."""


class ServerOverTls(_Guarded, smtplib.SMTP_SSL):
    """TLS from the first byte."""


AnyServer = Server | ServerOverTls


def open_server(relay: Relay, timeout: float, name: str) -> AnyServer:
    """A relay that has let us in. Raises RelayClosedError."""
    server: AnyServer = _unopened(relay, timeout, host_literal(name))
    try:
        _enter(server, relay)
    except (OSError, UnicodeError, smtplib.SMTPException) as error:
        server.close()
        raise RelayClosedError(_why_closed(relay, error)) from error
    except BaseException:
        server.close()
        raise
    return server


def _unopened(relay: Relay, timeout: float, name: str) -> AnyServer:
    if relay.tls == "tls":
        return ServerOverTls(
            local_hostname=name, timeout=timeout, context=ssl.create_default_context()
        )
    return Server(local_hostname=name, timeout=timeout)


def _enter(server: Any, relay: Relay) -> None:
    server._host = relay.host  # the name that the certificate must bear
    code, text = server.connect(relay.host, relay.port)
    if code != 220:
        raise smtplib.SMTPConnectError(code, text)
    server.ehlo_or_helo_if_needed()
    if relay.tls == "starttls":
        server.starttls(context=ssl.create_default_context())
        server.ehlo_or_helo_if_needed()
    if relay.user:
        server.login(relay.user, relay.password)


def _why_closed(relay: Relay, error: Exception) -> Outcome:
    limits = {"tries": 0, "max_tries": 1}
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        words = text if isinstance(text, str) else text.decode("utf-8", "replace")
        return from_reply(Step.CONNECT, error.smtp_code, words, **limits)
    if isinstance(error, ssl.SSLCertVerificationError):
        words = f"Le certificat de {relay.host} n'est pas valable\u00a0: {error.verify_message}."
        return Outcome(Verdict.PAUSE, error=words, is_lost=True)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        what = "de connexion par mot de passe" if "AUTH" in str(error) else "STARTTLS"
        words = f"{relay.host} ne propose pas {what}."
        return Outcome(Verdict.PAUSE, error=words, is_lost=True)
    if isinstance(error, UnicodeError):
        words = "L'adresse ou les identifiants du serveur ne peuvent pas être transmis."
        return Outcome(Verdict.PAUSE, error=words, is_lost=True)
    return from_silence(Step.CONNECT, why_lost(error), **limits)


def why_lost(error: Exception) -> str:
    """The reason in French where it is a common one."""
    match error:
        case TimeoutError():
            return "délai dépassé"
        case ConnectionRefusedError():
            return "connexion refusée"
        case socket.gaierror():
            return "nom de serveur introuvable"
        case ConnectionError() if error.errno:
            return "fermée par le serveur"
    return str(error) or type(error).__name__
