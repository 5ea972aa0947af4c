import pytest

from newsletter.numbering import (
    IssueDateError,
    date_label,
    issue_slug,
    next_number,
    number_label,
    watch_title,
)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2018-10", "octobre 2018"),
        ("2018-10-12", "12 octobre 2018"),
        ("2018-10-01", "1er octobre 2018"),
        ("", ""),
    ],
)
def test_a_date_is_written_in_french(text: str, label: str) -> None:
    assert date_label(text) == label


@pytest.mark.parametrize("text", ["2018", "10/2018", "2018-00", "2018-02-30", "2018-10-1"])
def test_another_form_of_date_is_refused(text: str) -> None:
    with pytest.raises(IssueDateError):
        date_label(text)


def test_issues_are_named_by_kind_and_number() -> None:
    assert number_label("special", 2) == "Hors-Série #2"
    assert number_label("special", None) == "Hors-Série"
    assert number_label("regular", 12) == "n°\u00a012"
    assert number_label("regular", None) == ""
    assert (issue_slug("special", 2), issue_slug("regular", 12)) == ("hors-serie-2", "numero-12")


@pytest.mark.parametrize(
    ("taken", "number"), [([], 1), ([None], 1), ([3, None, 12, 5], 13), ([1], 2)]
)
def test_the_next_number_follows_the_highest_and_fills_no_hole(
    taken: list[int | None], number: int
) -> None:
    assert next_number(taken) == number


@pytest.mark.parametrize(
    ("dated", "title"),
    [
        ("2026-12", "Veille de décembre 2026"),
        ("2026-10", "Veille d'octobre 2026"),
        ("2026-04", "Veille d'avril 2026"),
        ("2026-08", "Veille d'août 2026"),
        ("2026-12-07", "Veille du 7 décembre 2026"),
        ("2026-12-01", "Veille du 1er décembre 2026"),
    ],
)
def test_a_prepared_issue_is_titled_in_french(dated: str, title: str) -> None:
    assert watch_title(dated) == title
