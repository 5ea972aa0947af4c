"""The windows that digests speak of, and when each leaves. Pure.

A window is fixed (a week from Monday, a calendar month), never « since the last one »: a digest
that was late or missed changes nothing in what the next one holds.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from newsletter.numbering import MONTHS, NBSP

WEEKLY, MONTHLY = "weekly", "monthly"
FREQUENCIES = (WEEKLY, MONTHLY)


@dataclass(frozen=True, slots=True)
class Window:
    """The days from `start` (included) to `end` (excluded)."""

    frequency: str
    start: date
    end: date

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def next(self) -> "Window":
        return window_of(self.frequency, self.end)

    @property
    def previous(self) -> "Window":
        return window_of(self.frequency, self.start - timedelta(days=1))

    @property
    def days_label(self) -> str:
        """« du 9 au 15 novembre 2026 », « du 28 décembre 2026 au 3 janvier 2027 »."""
        first, last = self.start, self.last_day
        begin = f"du{NBSP}{_day(first)}"
        if first.month != last.month:
            begin += f"{NBSP}{MONTHS[first.month - 1]}"
        if first.year != last.year:
            begin += f" {first.year}"
        return f"{begin} au {_day(last)}{NBSP}{MONTHS[last.month - 1]} {last.year}"

    @property
    def label(self) -> str:
        """« Résumé de la semaine du 9 au 15 novembre 2026 », « Résumé d'octobre 2026 »."""
        if self.frequency == WEEKLY:
            return f"Résumé de la semaine {self.days_label}"
        month = MONTHS[self.start.month - 1]
        of = "d'" if month[0] in "ao" else "de "
        return f"Résumé {of}{month} {self.start.year}"

    def bounds(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """Midnight to midnight in `zone`; the second is excluded."""
        midnight = time()
        return (
            datetime.combine(self.start, midnight, zone),
            datetime.combine(self.end, midnight, zone),
        )

    def leaves_at(self, hour: int, zone: tzinfo) -> datetime:
        """The first day after the window, at `hour` o'clock in `zone`."""
        return datetime.combine(self.end, time(hour), zone)


def window_of(frequency: str, day: date) -> Window:
    """The window that holds `day`.

    Raises:
        ValueError: no such frequency.
    """
    if frequency == WEEKLY:
        start = day - timedelta(days=day.weekday())
        return Window(WEEKLY, start, start + timedelta(days=7))
    if frequency == MONTHLY:
        start = day.replace(day=1)
        return Window(MONTHLY, start, (start + timedelta(days=31)).replace(day=1))
    raise ValueError(f"no window of frequency {frequency!r}")


def coming(frequency: str, now: datetime, hour: int, zone: tzinfo) -> Window:
    """The window that leaves next; `now` is aware."""
    window = window_of(frequency, now.astimezone(zone).date())
    return window.previous if window.previous.leaves_at(hour, zone) > now else window


def due(frequency: str, now: datetime, hour: int, zone: tzinfo) -> Window:
    """The last window whose hour has come; `now` is aware."""
    return coming(frequency, now, hour, zone).previous


def _day(day: date) -> str:
    return "1er" if day.day == 1 else str(day.day)
