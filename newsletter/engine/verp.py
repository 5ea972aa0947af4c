"""The return address of one delivery: a bounce names the row it speaks of. Pure.

`rebonds@exemple.fr` becomes `rebonds+3f-1c9e…@exemple.fr` (VERP on a sub-address, RFC 5233):
the delivery's number in base 36, then 80 bits of a keyed hash (BLAKE2, RFC 7693), so that nobody
who was not written to can end a stranger's subscription with a made-up return. All in lower case:
relays may fold the case of a local part. Holds no address.
"""

import hashlib
import hmac
import re
from functools import lru_cache

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
TOKEN = re.compile(r"\+([0-9a-z]{1,13}-[0-9a-f]{20})(?:@|$)")
MAC_BYTES = 10
MAX_READ = 400  # characters: no address is longer


def bounce_sender(address: str, key: int, secret: str) -> str:
    """The envelope sender of delivery `key` (≥ 0); "" when `address` is: use the letter's own."""
    if not address:
        return ""
    local, _, domain = address.rpartition("@")
    return f"{local}+{_token(key, secret)}@{domain}"


def read_bounce_token(text: str, secret: str) -> int | None:
    """The delivery that a return address, or its local part, names; None when forged or absent."""
    found = TOKEN.search(text[:MAX_READ].strip().lower())
    if not found:
        return None
    given = found[1]
    key = int(given.partition("-")[0], 36)
    return key if hmac.compare_digest(given, _token(key, secret)) else None


def _token(key: int, secret: str) -> str:
    digits, rest = "", key
    while rest >= 36:
        rest, digit = divmod(rest, 36)
        digits = DIGITS[digit] + digits
    digits = DIGITS[rest] + digits
    mac = hashlib.blake2s(
        digits.encode(), key=_mac_key(secret), digest_size=MAC_BYTES, person=b"verp"
    )
    return f"{digits}-{mac.hexdigest()}"


@lru_cache(maxsize=4)
def _mac_key(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
