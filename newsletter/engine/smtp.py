"""Django's door to the relays: confirmations, accounts, notices of a review."""

import smtplib
from contextlib import suppress

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from newsletter.engine.opening import Server, ServerOverTls
from newsletter.engine.relays import NoRelayError, Relay, relays
from newsletter.engine.signing import signer


class MailDoorError(NoRelayError, ConnectionError):
    """The same for Django's mail. A `ConnectionError`, for that is what Wagtail's notices of a
    review expect: a review must not fail because nobody could be told."""


class _Signing:
    """Signs what leaves, as the letter is (signing.py)."""

    def sendmail(self, sender: str, to: list[str], message: bytes, *args: object) -> object:
        sign = signer()
        signed = sign(message) + message if sign else message
        return super().sendmail(sender, to, signed, *args)  # type: ignore[misc]


class _Server(_Signing, Server):
    pass


class _ServerOverTls(_Signing, ServerOverTls):
    pass


class UrlEmailBackend(EmailBackend):
    """Django's mail through the same relays as the letter, in their order."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.timeout = settings.SMTP_TIMEOUT_SECONDS

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _ServerOverTls if self.use_ssl else _Server

    def open(self) -> bool | None:
        """Connects.

        Raises:
            MailDoorError: no relay, an unusable one, a key that can not sign, or the last relay
                refuses: mail is never dropped in silence, nor sent unsigned.
        """
        if self.connection:
            return False
        try:
            signer()
            *others, last = relays()
            for relay in others:
                with suppress(OSError):  # SMTPException is one
                    if self._open(relay):
                        return True
                self.close()
            return self._open(last)
        except (NoRelayError, smtplib.SMTPException) as error:
            self.close()  # Django leaves a half-opened one to the garbage collector
            raise MailDoorError(str(error)) from error

    def _open(self, relay: Relay) -> bool | None:
        self.host, self.port = relay.host, relay.port
        self.username, self.password = relay.user, relay.password
        self.use_tls, self.use_ssl = relay.tls == "starttls", relay.tls == "tls"
        opened: bool | None = super().open()
        if self.connection:
            # Before the first message: a relay that greets and then refuses is not an open one.
            self.connection.ehlo_or_helo_if_needed()
        return opened
