"""The house's template tags."""

from datetime import date

import pytest
from django.core.paginator import Paginator

from home.cards import When
from home.templatetags.house import countdown_on, current_mark, page_numbers, paragraphs

TODAY = date(2018, 11, 20)


def when(first: date, last: date, *, status: str = "confirmed", deadline: bool = False) -> When:
    return When("1", "janv.", "2018", "…", first, last, status, "", is_deadline=deadline)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (when(date(2018, 11, 27), date(2018, 11, 28)), "J-7"),
        (when(date(2018, 11, 20), date(2018, 11, 20)), "aujourd’hui"),
        (when(date(2018, 11, 19), date(2018, 11, 25)), "en cours"),
        (when(date(2018, 11, 1), date(2018, 11, 19)), ""),
        (when(date(2018, 12, 21), date(2018, 12, 21)), ""),
        (when(date(2018, 12, 20), date(2018, 12, 20)), "J-30"),
        (when(date(2018, 10, 1), date(2018, 11, 23), deadline=True), "J-3"),
        (when(date(2018, 11, 20), date(2018, 11, 20), deadline=True), "dernier jour"),
        (when(date(2018, 11, 27), date(2018, 11, 27), status="cancelled"), ""),
        (when(date(2018, 11, 27), date(2018, 11, 27), status="postponed"), ""),
    ],
)
def test_a_date_says_how_near_it_is(moment: When, words: str) -> None:
    assert countdown_on(moment, TODAY) == words


@pytest.mark.parametrize(
    ("path", "url", "mark"),
    [
        ("/notices/", "/notices/", "page"),
        ("/notices/policy-labs/", "/notices/", "true"),
        ("/agenda/", "/notices/", ""),
        ("/agenda/", "/", ""),
        ("/agenda/", "", ""),
    ],
)
def test_the_menu_marks_the_page_and_its_shelf(path: str, url: str, mark: str) -> None:
    assert current_mark(path, url) == mark


def test_blank_lines_part_paragraphs() -> None:
    assert paragraphs("Un.\r\n\r\nDeux\nsuite.\n\n\n\nTrois.") == ["Un.", "Deux\nsuite.", "Trois."]
    assert paragraphs("  ") == []


def test_many_pages_are_elided() -> None:
    numbers = list(page_numbers(Paginator(range(200), 10).page(10)))
    assert numbers == [1, "…", 9, 10, 11, "…", 20]
