"""Mail addresses as values: one spelling, a keyed hash, a mask. Pure."""

import hmac
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

MAX_LENGTH = 254  # RFC 5321 §4.5.3.1.3, less the two angle brackets
UNSENDABLE = set('"\\[]')


class AddressError(ValueError):
    """Not an address that a letter can be sent to; the text says why, in French."""


def normalise(address: str) -> str:
    """`address` in the one spelling that is stored: lower case, the domain in ASCII (IDNA).

    Raises:
        AddressError: empty, too long, malformed, or a local part that is not ASCII, which
            most relays refuse (RFC 6531 is an extension).
    """
    text = unicodedata.normalize("NFC", address).strip().lower()
    local, _, domain = text.rpartition("@")
    try:
        text = f"{local}@{domain.encode('idna').decode('ascii')}"
        validate_email(text)
    except (UnicodeError, ValidationError) as error:
        raise AddressError("Cette adresse n'est pas valide.") from error
    # Quoted words and address literals are legal (RFC 5321 §4.1.2, 4.1.3): nobody is reached so,
    # and no header of ours holds them.
    if len(text) > MAX_LENGTH or not text.isascii() or set(text) & UNSENDABLE:
        raise AddressError("Cette adresse n'est pas valide.")
    return text


def fingerprint(address: str, key: str) -> str:
    """The keyed hash of an address as it is stored. One that an older version took and that
    `normalise` refuses now is hashed as it stands: it can still be erased."""
    try:
        address = normalise(address)
    except AddressError:
        address = address.strip().lower()
    return keyed_hash(address, key)


def each_line(text: str) -> list[str]:
    """The addresses of `text`, one a line, normalised, each once, in order; empty lines are
    nothing.

    Raises:
        AddressError: names the first line that is not an address.
    """
    found: dict[str, None] = {}
    for rank, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found[normalise(line)] = None
        except AddressError as error:
            raise AddressError(
                f"Ligne {rank}\u00a0: «\u00a0{line.strip()}\u00a0» n'est pas une adresse valide."
            ) from error
    return list(found)


def keyed_hash(address: str, key: str) -> str:
    """HMAC-SHA256 of a normalised address, 64 hexadecimal characters.

    A plain hash of an address can be reversed by trying addresses; a keyed one can not
    without the key.
    """
    return hmac.digest(key.encode(), address.encode(), "sha256").hex()


def masked(address: str) -> str:
    """« c•••@exemple.fr »: enough for its owner to recognise it, too little for others."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"
