"""When a bulletin's next issue is due. Pure."""

from calendar import monthrange
from datetime import date, timedelta

MONTHS = {"monthly": 1, "quarterly": 3}


def following(rhythm: str, day: date, turns: int = 1) -> date | None:
    """The day that comes `turns` turns of the rhythm after `day`; None without a rhythm.

    A month that is too short is clipped to its end: 31 January, then 28 February; two turns
    after 31 January is 31 March.
    """
    if rhythm == "weekly":
        return day + timedelta(days=7 * turns)
    if rhythm not in MONTHS:
        return None
    years, month = divmod(day.month - 1 + MONTHS[rhythm] * turns, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def turn_of(rhythm: str, due: date, today: date) -> tuple[date, date | None]:
    """(the latest due day that has come, the first one after `today`), for a `due` that has come.

    Turns that were missed are caught up by one. Without a rhythm nothing follows.
    """
    latest, turns = due, 1
    after = following(rhythm, due)
    while after is not None and after <= today:
        turns += 1
        latest, after = after, following(rhythm, due, turns)
    return latest, after
