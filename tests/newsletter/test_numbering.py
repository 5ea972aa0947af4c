import pytest

from newsletter.numbering import IssueDateError, date_label, issue_slug, number_label


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
