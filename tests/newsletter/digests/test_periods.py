from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from newsletter.periods import Window, coming, due, window_of

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize("day", [date(2026, 11, 9), date(2026, 11, 12), date(2026, 11, 15)])
def test_a_week_goes_from_monday_to_monday(day):
    assert window_of("weekly", day) == Window("weekly", date(2026, 11, 9), date(2026, 11, 16))


@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        (date(2026, 12, 31), date(2026, 12, 1), date(2027, 1, 1)),
        (date(2028, 2, 29), date(2028, 2, 1), date(2028, 3, 1)),
    ],
)
def test_a_month_is_a_calendar_month(day, start, end):
    assert window_of("monthly", day) == Window("monthly", start, end)


def test_another_frequency_has_no_window():
    with pytest.raises(ValueError, match="issue"):
        window_of("issue", date(2026, 11, 9))


def test_windows_follow_one_another_without_a_hole():
    for frequency in ("weekly", "monthly"):
        window = window_of(frequency, date(2024, 1, 1))
        for _ in range(150):
            assert window.next.start == window.end
            assert window.next.previous == window
            window = window.next


@pytest.mark.parametrize(
    ("frequency", "day", "label"),
    [
        ("weekly", date(2026, 11, 9), "Résumé de la semaine du 9 au 15 novembre 2026"),
        ("weekly", date(2026, 6, 1), "Résumé de la semaine du 1er au 7 juin 2026"),
        ("weekly", date(2026, 11, 30), "Résumé de la semaine du 30 novembre au 6 décembre 2026"),
        (
            "weekly",
            date(2026, 12, 28),
            "Résumé de la semaine du 28 décembre 2026 au 3 janvier 2027",
        ),
        ("monthly", date(2026, 10, 3), "Résumé d'octobre 2026"),
        ("monthly", date(2026, 4, 3), "Résumé d'avril 2026"),
        ("monthly", date(2026, 11, 3), "Résumé de novembre 2026"),
    ],
)
def test_a_window_is_named_in_french(frequency, day, label):
    assert window_of(frequency, day).label.replace("\u00a0", " ") == label


def test_a_day_is_not_torn_from_its_month():
    week = window_of("weekly", date(2026, 11, 9))
    assert week.days_label == "du\u00a09 au 15\u00a0novembre 2026"


@pytest.mark.parametrize(
    ("now", "start"),
    [
        (datetime(2026, 11, 16, 6, 59, tzinfo=PARIS), date(2026, 11, 2)),
        (datetime(2026, 11, 16, 7, 0, tzinfo=PARIS), date(2026, 11, 9)),
        (datetime(2026, 11, 22, 23, 59, tzinfo=PARIS), date(2026, 11, 9)),
        # 6:30 in Paris, 5:30 in UTC: the hour is the readers' one.
        (datetime(2026, 11, 16, 5, 30, tzinfo=UTC), date(2026, 11, 2)),
        (datetime(2026, 11, 16, 6, 0, tzinfo=UTC), date(2026, 11, 9)),
    ],
)
def test_what_is_due_is_the_last_window_whose_hour_has_come(now, start):
    assert due("weekly", now, 7, PARIS).start == start
    assert coming("weekly", now, 7, PARIS) == due("weekly", now, 7, PARIS).next


def test_a_month_is_due_on_the_first():
    first = datetime(2026, 12, 1, 7, tzinfo=PARIS)
    assert due("monthly", first, 7, PARIS).start == date(2026, 11, 1)
    assert coming("monthly", first, 7, PARIS).start == date(2026, 12, 1)


def test_a_week_in_which_the_clock_changes_lasts_an_hour_less_or_more():
    def hours(day: date) -> float:
        begin, end = window_of("weekly", day).bounds(PARIS)
        return (end.astimezone(UTC) - begin.astimezone(UTC)).total_seconds() / 3600

    assert hours(date(2026, 3, 29)) == 167
    assert hours(date(2026, 10, 25)) == 169
    assert window_of("weekly", date(2026, 3, 29)).leaves_at(7, PARIS).astimezone(UTC).hour == 5
