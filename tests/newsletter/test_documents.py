from dataclasses import replace

import pytest

from home.cards import Card, Picture
from newsletter.documents import (
    UNSUBSCRIBE_MARK,
    Line,
    RenderedIssue,
    Rubric,
    absolute,
    with_summaries,
)
from tests.newsletter.samples import SITE, large_document, line, small_document

CARD = Card(
    page_id=7,
    collection="notice",
    label="Rapport",
    tint="notice",
    title="Un titre",
    url="/notices/un-titre/",
    language="en",
    summary="Le début d'un résumé.",
    cover=Picture("/media/c.png", 100, 150, "Couverture"),
)


def test_a_line_says_what_its_card_says_with_absolute_addresses():
    made = Line.from_card(CARD, SITE + "/")
    assert made.url == f"{SITE}/notices/un-titre/"
    assert made.cover == Picture(f"{SITE}/media/c.png", 100, 150, "Couverture")
    assert (made.page_id, made.title, made.label, made.language) == (7, "Un titre", "Rapport", "en")
    assert (made.summary, made.summary_is_written) == ("Le début d'un résumé.", False)


def test_an_editors_words_replace_the_cards_and_count_as_written():
    made = Line.from_card(CARD, SITE, "Autre titre", "Autre\n résumé", is_discover=True)
    assert (made.title, made.summary) == ("Autre titre", "Autre résumé")
    assert made.summary_is_written
    assert made.is_discover


def test_blank_overrides_change_nothing():
    assert Line.from_card(CARD, SITE, " \n", "\t ") == Line.from_card(CARD, SITE)


def test_line_breaks_become_spaces_and_no_break_spaces_stay():
    made = Line.from_card(replace(CARD, title="Quel\u00a0\r\n avenir\u202f?\u2028"), SITE)
    assert made.title == "Quel\u00a0 avenir\u202f?"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/a/", f"{SITE}/a/"),
        ("https://autre.exemple.fr/a", "https://autre.exemple.fr/a"),
        ("", ""),
    ],
)
def test_an_address_gets_the_sites_host_only_where_it_has_none(url, expected):
    assert absolute(url, SITE) == expected


def test_lines_come_in_reading_order():
    document = small_document()
    assert [each.page_id for each in document.lines] == [1, 2, 3, 4, 5, 6]
    assert document.line_count == 6
    assert not document.is_empty


def test_the_hors_serie_has_seventy_seven_lines():
    document = large_document()
    assert document.line_count == 77
    assert [(len(r.lines), len(r.discover)) for r in document.rubrics] == [
        (7, 2),
        (5, 3),
        (15, 1),
        (12, 0),
        (10, 5),
        (7, 4),
    ]


def test_an_issue_without_lines_is_empty():
    document = replace(small_document(), featured=None, rubrics=(), agenda=())
    assert document.is_empty


def test_extracts_are_cut_between_words_and_end_with_an_ellipsis():
    fitted = with_summaries(small_document(), 60)
    whole = {each.page_id: each for each in small_document().lines}
    for each in fitted.lines:
        if not each.summary_is_written:
            assert len(each.summary) <= 60
            assert each.summary.endswith("…")
            head = each.summary[:-1]
            assert whole[each.page_id].summary.startswith(head)
            assert not whole[each.page_id].summary[len(head)].isalnum()


def test_a_written_summary_is_never_cut():
    document = replace(
        small_document(), featured=line(1, summary="x" * 500, summary_is_written=True)
    )
    assert with_summaries(document, 0).featured.summary == "x" * 500


def test_a_limit_of_zero_leaves_extracts_out():
    kept = [each.summary for each in with_summaries(small_document(), 0).lines if each.summary]
    assert kept == ["Un mot écrit."]


def test_a_limit_that_all_fit_changes_nothing():
    assert with_summaries(large_document(), 300) == large_document()


@pytest.mark.parametrize(
    ("title", "direction"),
    [
        ("« Titre »", "ltr"),
        ("2018 : المدينة", "rtl"),
        ("ירושלים", "rtl"),
        ("", "ltr"),
        ("123", "ltr"),
    ],
)
def test_a_titles_first_letter_gives_its_direction(title, direction):
    assert line(1, title=title).direction == direction


def test_the_agendas_anchor_is_not_one_that_a_rubric_bears():
    document = small_document()
    assert document.agenda_anchor == "agenda"
    taken = replace(document, rubrics=(Rubric("Agenda", "agenda"),))
    assert taken.agenda_anchor == "les-dates"


def test_weight_is_counted_in_bytes_not_in_characters():
    assert RenderedIssue(subject="", html="é…", text="", mjml="").html_bytes == 5


def test_the_mark_survives_escaping_in_an_address():
    assert UNSUBSCRIBE_MARK.startswith("https://")
    assert not set(UNSUBSCRIBE_MARK) & set("&<>\"' %=?#")
