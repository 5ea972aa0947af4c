"""DKIM (RFC 6376) by the project, where the relay does not sign: `DKIM_KEY_FILE`, an RSA key in
PEM, with `DKIM_SELECTOR` and `DKIM_DOMAIN`.

The signature covers both headers of the one-click unsubscription (RFC 8058 §4), and From twice,
so that no second one can be added. Arithmetic in Python: 7 ms of CPU a message for a key of
2,048 bits (6 of them the key's, the rest 120 KB read and hashed), 140 messages a second and
process. Above some tens of thousands of readers, leave it to the relay.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import dkim
from django.conf import settings
from dkim.crypto import UnparsableKeyError, parse_pem_private_key

from newsletter.engine.relays import NoRelayError, relays

MIN_BITS = 1024  # RFC 8301 §3.2; 2,048 is advised
SIGNED = [
    name.encode()
    for name in (
        *("from", "from", "to", "subject", "date", "message-id", "reply-to"),
        *("mime-version", "content-type", "list-id", "list-unsubscribe"),
        *("list-unsubscribe-post", "auto-submitted"),
    )
]


class SigningError(NoRelayError):
    """A key is asked for and can not be used: nothing leaves unsigned."""


def signer() -> Callable[[bytes], bytes] | None:
    """What signs a whole message (CRLF, dots not stuffed); None where the relay does it.

    It returns the DKIM-Signature line to put before the message. The key is read once.

    Raises:
        SigningError: the key, the selector or the domain is missing or unusable.
    """
    path = settings.DKIM_KEY_FILE
    if not path:
        return None
    return _signer(path, settings.DKIM_SELECTOR, settings.DKIM_DOMAIN)


@lru_cache(maxsize=4)
def _signer(path: str, selector: str, domain: str) -> Callable[[bytes], bytes]:
    if not (selector and domain and f"{selector}{domain}".isascii()):
        raise SigningError(
            "DKIM_KEY_FILE est renseigné\u00a0: il faut aussi DKIM_SELECTOR et DKIM_DOMAIN."
        )
    key = _read(path)
    names = selector.encode(), domain.encode()

    def sign(message: bytes) -> bytes:
        line: bytes = dkim.sign(message, *names, key, include_headers=SIGNED)
        return line

    return sign


def _read(path: str) -> bytes:
    """The key, once it is known to sign. Errors never quote what the file holds."""
    try:
        key = Path(path).read_bytes()
    except OSError as error:
        words = f"DKIM_KEY_FILE\u00a0: la clé {path} ne peut pas être lue ({error.strerror})."
        raise SigningError(words) from error
    try:
        bits = parse_pem_private_key(key)["modulus"].bit_length()
    except (UnparsableKeyError, AttributeError, LookupError, TypeError, ValueError) as error:
        words = f"DKIM_KEY_FILE\u00a0: {path} n'est pas une clé RSA au format PEM."
        raise SigningError(words) from error
    if bits < MIN_BITS:
        raise SigningError(
            f"DKIM_KEY_FILE\u00a0: une clé de {bits} bits est trop courte (au moins {MIN_BITS})."
        )
    return key


def check_ways_out() -> None:
    """Raises NoRelayError where a letter could not leave: no relay, or a key that can not sign."""
    relays()
    signer()
