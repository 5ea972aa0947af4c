"""Dates in French: those of documents, as EDTF strings, and those of the agenda. Pure.

EDTF is ISO 8601-2:2019, level 1 and the quarters and half-years of level 2, as parsed by the
`edtf` library: a season is « 2018-21 » (spring) to « 2018-24 » (winter, its December only), a
quarter « 2016-33 » to « 2016-36 », a half-year « 2016-40 » or « 2016-41 ».
"""

import re
from calendar import monthrange
from datetime import date, time
from functools import lru_cache

from edtf import parse_edtf
from edtf.parser.edtf_exceptions import EDTFParseException

NBSP = "\u00a0"
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
SHORT_MONTHS = (
    *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
    *("juil.", "août", "sept.", "oct.", "nov.", "déc."),
)
PARTS_OF_YEAR = {
    **{21: "printemps", 22: "été", 23: "automne", 24: "hiver"},
    **{33: "1er trimestre", 34: "2e trimestre", 35: "3e trimestre", 36: "4e trimestre"},
    **{40: "1er semestre", 41: "2e semestre"},
}
DIGIT = "[0-9]"  # a `\d` would take the digits of every script
POINT = rf"({DIGIT}{{3}}[0-9X]|{DIGIT}{{4}}(?:-{DIGIT}{{2}}){{1,2}})[?~%]?"
SHAPE = re.compile(rf"{POINT}(?:/{POINT})?")


class BadDateError(ValueError):
    """A text that is not a date of ours; the message is French, for the person who typed it."""


@lru_cache(maxsize=4096)
def bounds(edtf: str) -> tuple[date, date]:
    """First and last day that an EDTF date covers.

    Raises:
        BadDateError: another shape, a day that does not exist, an interval read backwards.
    """
    if not SHAPE.fullmatch(edtf):
        raise _not_a_date(edtf)
    try:
        parsed = parse_edtf(edtf)
        first = date(*parsed.lower_strict()[:3])
        last = date(*parsed.upper_strict()[:3])
    except (EDTFParseException, ValueError) as error:
        raise _not_a_date(edtf) from error
    if first > last:
        raise BadDateError(f"«{NBSP}{edtf}{NBSP}» finit avant de commencer.")
    return first, last


def _not_a_date(edtf: str) -> BadDateError:
    return BadDateError(
        f"«{NBSP}{edtf}{NBSP}» n'est pas une date reconnue. Écrivez par exemple 2018, 2018-05, "
        "2018-05-12, 2018-23 (automne) ou 2017-05/2017-06."
    )


@lru_cache(maxsize=4096)
def printed(edtf: str) -> str:
    """The date in French: « mai 2018 », « automne 2018 », « mai-juin 2017 », or "" of nothing.

    Raises:
        BadDateError: see `bounds`.
    """
    if not edtf:
        return ""
    bounds(edtf)
    start, _, end = re.sub(r"[?~%]", "", edtf).partition("/")
    return _interval(start, end) if end and end != start else _point(start)


def printed_or_nothing(edtf: str) -> str:
    """As `printed`, but "" of a date half-typed: what a draft shows."""
    try:
        return printed(edtf)
    except BadDateError:
        return ""


def _point(edtf: str) -> str:
    if edtf.endswith("X"):
        return f"années {edtf[:3]}0"
    year, *rest = (int(part) for part in edtf.split("-"))
    if not rest:
        return str(year)
    if len(rest) == 2:
        return full_date(date(year, *rest))
    return f"{PARTS_OF_YEAR.get(rest[0]) or MONTHS[rest[0] - 1]} {year}"


def _interval(start: str, end: str) -> str:
    """A shared year or month is said once, as on a title page: « 13-14 décembre 2016 »."""
    head, _, tail = _point(start).rpartition(" ")
    last_head, _, last_tail = _point(end).rpartition(" ")
    if not head or not last_head:
        return f"{_point(start)}-{_point(end)}"
    if tail != last_tail:
        return f"{_point(start)} – {_point(end)}"
    day, _, month = head.rpartition(" ")
    last_month = last_head.rpartition(" ")[2]
    if day.isdecimal() or day == "1er":
        return f"{day if month == last_month else head}-{last_head} {tail}"
    return f"{head}-{last_head} {tail}"


def day_name(day: date) -> str:
    """« 1er », « 2 »."""
    return "1er" if day.day == 1 else str(day.day)


def full_date(day: date) -> str:
    return f"{day_name(day)} {MONTHS[day.month - 1]} {day.year}"


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the month of `day`."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def moment(
    starts_on: date,
    ends_on: date | None = None,
    start_time: time | None = None,
    end_time: time | None = None,
    *,
    month_only: bool = False,
    is_deadline: bool = False,
) -> str:
    """An agenda entry's moment: « 23 novembre 2018, de 9 h 15 à 12 h 45 », « jusqu'au 7 … »."""
    if month_only:
        return _months(starts_on, ends_on or starts_on)
    if is_deadline:
        limit = end_time or start_time
        at = f" à {hour(limit)}" if limit else ""
        return f"jusqu'au {full_date(ends_on or starts_on)}{at}"
    return f"{_days(starts_on, ends_on or starts_on)}{_hours(start_time, end_time)}"


def _months(start: date, end: date) -> str:
    last = f"{MONTHS[end.month - 1]} {end.year}"
    if (start.year, start.month) == (end.year, end.month):
        return last
    first = MONTHS[start.month - 1] + ("" if start.year == end.year else f" {start.year}")
    return f"de {first} à {last}" if first[0] not in "ao" else f"d'{first} à {last}"


def _days(start: date, end: date) -> str:
    """« 5 et 6 novembre 2018 », « du 19 au 25 novembre 2018 »."""
    if start == end:
        return full_date(start)
    if (end - start).days == 1 and start.month == end.month:
        return f"{day_name(start)} et {full_date(end)}"
    first = full_date(start)
    if start.year == end.year:
        first = first.removesuffix(f" {start.year}")
        if start.month == end.month:
            first = day_name(start)
    return f"du {first} au {full_date(end)}"


def _hours(start: time | None, end: time | None) -> str:
    if start is None:
        return ""
    return f", de {hour(start)} à {hour(end)}" if end else f", à {hour(start)}"


def hour(moment: time) -> str:
    """« 9 h 15 », « 14 h », with no-break spaces."""
    minutes = f"{NBSP}{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour}{NBSP}h{minutes}"
