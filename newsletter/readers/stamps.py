"""When a form was given, signed and carried by the form itself: no cookie, no script.

A program fills a form at once, or sends again one that it kept for weeks. A person who is quick or
late is not refused: the form comes back as they filled it.
"""

import time
from enum import StrEnum

from django.conf import settings
from django.core.signing import BadSignature, Signer

SALT = "newsletter.sign-up"


class Age(StrEnum):
    FAIR = "fair"
    EARLY = "early"
    STALE = "stale"


def stamp(at: float | None = None) -> str:
    """The mark of a form given `at` (seconds since 1970; now by default)."""
    return Signer(salt=SALT).sign(str(int(time.time() if at is None else at)))


def age(value: str, now: float | None = None) -> Age:
    """How old the form marked `value` is; one that is unsigned or forged is STALE.

    One from the future is FAIR: the clock was put back, and nobody else can sign.
    """
    try:
        given = int(Signer(salt=SALT).unsign(value))
    except (BadSignature, ValueError):
        return Age.STALE
    seconds = (time.time() if now is None else now) - given
    if 0 <= seconds < settings.SIGNUP_MIN_SECONDS:
        return Age.EARLY
    return Age.STALE if seconds > settings.SIGNUP_MAX_HOURS * 3600 else Age.FAIR
