"""How an issue is named and dated: « Hors-Série #2 », « octobre 2018 ». Pure."""

import re
from collections.abc import Iterable
from datetime import date

MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
ISSUE_DATE = re.compile(r"^([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?$")
NBSP = "\u00a0"


class IssueDateError(ValueError):
    """Not a month (AAAA-MM) nor a day (AAAA-MM-JJ)."""


def parse_issue_date(text: str) -> tuple[date, bool]:
    """(first day, whether a day was given) of « 2018-10 » or « 2018-10-12 ».

    Raises:
        IssueDateError: another form, or a day that does not exist.
    """
    found = ISSUE_DATE.match(text)
    if not found:
        raise IssueDateError(f"« {text} » n'est pas une date AAAA-MM ou AAAA-MM-JJ.")
    year, month, day = found.groups()
    try:
        return date(int(year), int(month), int(day or 1)), day is not None
    except ValueError as error:
        raise IssueDateError(f"« {text} » n'existe pas dans le calendrier.") from error


def date_label(text: str) -> str:
    """« octobre 2018 », « 12 octobre 2018 », « 1er octobre 2018 »; empty for an empty date."""
    if not text:
        return ""
    day, has_day = parse_issue_date(text)
    month = f"{MONTHS[day.month - 1]} {day.year}"
    if not has_day:
        return month
    return f"{'1er' if day.day == 1 else day.day} {month}"


def watch_title(text: str) -> str:
    """The title of an issue that a machine has prepared, from its date: « Veille d'octobre
    2018 », « Veille du 12 octobre 2018 »."""
    label, (_, has_day) = date_label(text), parse_issue_date(text)
    if has_day:
        return f"Veille du {label}"
    return f"Veille d'{label}" if label[0] in "ao" else f"Veille de {label}"


def next_number(taken: Iterable[int | None]) -> int:
    """One more than the highest; a number that was skipped is not given again."""
    return max((number for number in taken if number), default=0) + 1


def number_label(kind: str, number: int | None) -> str:
    """« Hors-Série #2 » or « n° 12 »; without a number, the kind alone."""
    if kind == "special":
        return f"Hors-Série #{number}" if number else "Hors-Série"
    return f"n°{NBSP}{number}" if number else ""


def issue_slug(kind: str, number: int) -> str:
    return f"hors-serie-{number}" if kind == "special" else f"numero-{number}"
