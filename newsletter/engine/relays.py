"""The relays: their addresses, read from the settings, in the order in which they are tried.

A relay is `smtp://user:pass@host:port?tls=starttls|tls|none&rate=N` (default: none, and the rate
of `LETTER_RATE`).
"""

import math
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings

from newsletter.errors import LetterError

TLS_PORTS = {"none": 25, "starttls": 587, "tls": 465}


class NoRelayError(LetterError):
    """There is nowhere to send: SMTP_URL is empty or can not be read."""


@dataclass(frozen=True, slots=True)
class Relay:
    """Where to send, read from a URL. `rate`: messages a second, 0 without limit."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: str = "none"
    rate: float = 0.0


def relays() -> tuple[Relay, ...]:
    """The relays of the settings, at least one: `SMTP_URL`, then those that stand in for it.

    Raises:
        NoRelayError: none, or one of them can not be read.
    """
    found = [parse_relay(settings.SMTP_URL)]
    found += [parse_relay(url, "SMTP_FALLBACK_URLS") for url in settings.SMTP_FALLBACK_URLS if url]
    return tuple(one if one.rate else replace(one, rate=settings.LETTER_RATE) for one in found)


def parse_relay(url: str, setting: str = "SMTP_URL") -> Relay:
    """The relay that `url` names; `setting` is named in the error.

    Raises:
        NoRelayError: empty, another scheme, no host, a bad port, rate or `tls`.
    """
    if not url:
        raise NoRelayError(f"Aucun serveur d'envoi\u00a0: renseignez {setting}.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NoRelayError(f"{setting}\u00a0: l'hôte ou le port est illisible.") from error
    query = parse_qs(parts.query)
    tls = query.get("tls", ["none"])[0]
    if parts.scheme != "smtp" or not parts.hostname or tls not in TLS_PORTS:
        raise NoRelayError(
            f"{setting} doit s'écrire smtp://utilisateur:secret@hôte:port?tls=starttls|tls|none."
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    rate = _rate(query.get("rate", ["0"])[0], setting)
    return Relay(parts.hostname, port or TLS_PORTS[tls], user, password, tls, rate)


def host_literal(host: str) -> str:
    """The name to say in EHLO: a bare IP goes in brackets (RFC 5321 §4.1.3)."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return f"[{address}]" if address.version == 4 else f"[IPv6:{address}]"


def _rate(text: str, setting: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not (math.isfinite(rate) and rate >= 0):
        raise NoRelayError(f"{setting}\u00a0: rate doit être un nombre de messages par seconde.")
    return rate
