"""How fast a mailing goes and when it will be over, in numbers and in words. Pure."""

from newsletter.figures.wording import number

MINUTE, HOUR, DAY = 60, 3600, 86400


def eta_seconds(left: int, per_minute: int) -> int | None:
    """Seconds until `left` messages have gone at this pace; None when nothing moves."""
    if left <= 0:
        return 0
    return round(left * MINUTE / per_minute) if per_minute > 0 else None


def eta_words(seconds: int | None) -> str:
    """« encore 12 minutes environ »; "" when it is not known or over."""
    if not seconds:
        return ""
    if seconds < MINUTE:
        return "encore moins d'une minute"
    if seconds < HOUR:
        minutes = round(seconds / MINUTE)
        return f"encore {minutes} minute{'s' if minutes > 1 else ''} environ"
    if seconds < 2 * DAY:
        # To five minutes: nobody can tell better an hour ahead.
        hours, minutes = divmod(round(seconds / (5 * MINUTE)) * 5, 60)
        return f"encore {hours}\u00a0h{f' {minutes:02}' if minutes else ''} environ"
    return f"encore {round(seconds / DAY)} jours environ"


def pace_words(per_minute: int) -> str:
    """« 1 200 messages par minute »; "" when nothing left in the last minute."""
    if per_minute <= 0:
        return ""
    return f"{number(per_minute)} message{'s' if per_minute > 1 else ''} par minute"


def poll_milliseconds(total: int) -> int:
    """How long a screen waits before it asks again: counting a large mailing costs more."""
    if total <= 20_000:
        return 1000
    return 2000 if total <= 200_000 else 5000
