from datetime import date

import pytest

from newsletter.rhythm import following, turn_of


@pytest.mark.parametrize(
    ("rhythm", "day", "turns", "next_day"),
    [
        ("weekly", date(2026, 12, 28), 1, date(2027, 1, 4)),
        ("weekly", date(2026, 12, 28), 3, date(2027, 1, 18)),
        ("monthly", date(2026, 11, 15), 1, date(2026, 12, 15)),
        ("monthly", date(2026, 12, 15), 1, date(2027, 1, 15)),
        ("monthly", date(2027, 1, 31), 1, date(2027, 2, 28)),
        ("monthly", date(2028, 1, 31), 1, date(2028, 2, 29)),
        ("monthly", date(2027, 1, 31), 2, date(2027, 3, 31)),
        ("monthly", date(2026, 11, 30), 13, date(2027, 12, 30)),
        ("quarterly", date(2026, 11, 30), 1, date(2027, 2, 28)),
        ("quarterly", date(2026, 10, 1), 1, date(2027, 1, 1)),
        ("free", date(2026, 11, 30), 1, None),
    ],
)
def test_each_rhythm_has_its_next_day(
    rhythm: str, day: date, turns: int, next_day: date | None
) -> None:
    assert following(rhythm, day, turns) == next_day


@pytest.mark.parametrize(
    ("rhythm", "due", "today", "turn"),
    [
        ("monthly", date(2026, 12, 1), date(2026, 12, 1), (date(2026, 12, 1), date(2027, 1, 1))),
        ("weekly", date(2026, 12, 7), date(2026, 12, 13), (date(2026, 12, 7), date(2026, 12, 14))),
        ("weekly", date(2026, 12, 7), date(2026, 12, 14), (date(2026, 12, 14), date(2026, 12, 21))),
        ("weekly", date(2026, 9, 7), date(2026, 12, 20), (date(2026, 12, 14), date(2026, 12, 21))),
        ("monthly", date(2027, 1, 31), date(2027, 3, 1), (date(2027, 2, 28), date(2027, 3, 31))),
        ("free", date(2026, 9, 7), date(2026, 12, 20), (date(2026, 9, 7), None)),
    ],
)
def test_missed_turns_are_caught_up_by_one_and_the_next_is_after_today(
    rhythm: str, due: date, today: date, turn: tuple[date, date | None]
) -> None:
    assert turn_of(rhythm, due, today) == turn
