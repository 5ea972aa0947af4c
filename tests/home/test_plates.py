"""A document without a cover wears a plate: always the same, always light."""

from dataclasses import replace
from datetime import date

import pytest
from django.template.loader import render_to_string

from home.cards import Card, Run
from home.plates import MAX_LINES, pattern, plate, plate_foot, plate_lines

CARD = Card(
    page_id=1,
    collection="notice",
    label="Rapport",
    tint="notice",
    title="Policy Labs for public innovation",
    url="/notices/policy-labs/",
    citation=(Run("Dupont Emmanuel. "), Run("Nesta, octobre 2016. En ligne")),
    sort_date=date(2016, 10, 1),
)


def test_the_same_title_always_draws_the_same_plate() -> None:
    assert plate(CARD) == plate(replace(CARD, page_id=2, url="/ailleurs/"))
    assert pattern("Le bruit des idées") != pattern("Le bruit des idees")


def test_a_pattern_has_exactly_one_mark_and_it_points_right() -> None:
    for seed in ("a", "b", "Tiers-lieux", ""):
        mark = pattern(seed)[2]
        assert mark.count("M") == 1
        assert mark.endswith("m0 0v40l40-20z")


def test_a_title_is_cut_to_five_short_lines_between_words() -> None:
    lines = plate_lines("L’innovation publique " * 20)
    assert len(lines) == MAX_LINES
    assert max(map(len, lines)) <= 17
    assert lines[-1].endswith("…")


def test_a_long_word_is_squeezed_never_cut() -> None:
    drawn = plate(replace(CARD, title="Le design est-il soluble dans l’administration\u00a0?"))
    assert [(text, squeezed) for _, text, squeezed in drawn.lines] == [
        ("Le design est-il", False),
        ("soluble dans", False),
        ("l’administration\u00a0?", True),
    ]


def test_a_no_break_space_never_opens_a_line() -> None:
    lines = plate_lines("Smart city\u00a0: «\u00a0fiction\u00a0» et innovation")
    assert not any(line.startswith((":", "\u00a0", "»")) for line in lines)


@pytest.mark.parametrize(
    ("citation", "foot"),
    [
        ("Dupont Emmanuel. Nesta, octobre 2016", "Nesta · 2016"),
        ("Coblence Emmanuel, Vivant Elsa. Gallimard, 2016", "Coblence Emmanuel · 2016"),
        ("", "2016"),
        ("2016, En ligne", "2016"),
        ("Office des publications de l’Union européenne, 2016", "2016"),
    ],
)
def test_the_foot_says_who_and_when_in_few_words(citation: str, foot: str) -> None:
    assert plate_foot(replace(CARD, citation=(Run(citation),))) == foot


def test_a_periodical_is_preferred_to_an_author() -> None:
    citation = (Run("Besson Raphaël. "), Run("Urbanisme", "italic"), Run(", n° 407"))
    assert plate_foot(replace(CARD, citation=citation)) == "Urbanisme · 2016"


def test_the_drawing_is_under_three_kilobytes_and_hidden_from_readers() -> None:
    long = replace(CARD, title="Démarches participatives " * 9)
    drawn = render_to_string("components/cover.html", {"card": long})
    assert len(drawn.encode()) < 3000
    assert 'aria-hidden="true"' in drawn
    assert "style=" not in drawn


def test_a_title_can_not_break_out_of_its_drawing() -> None:
    drawn = render_to_string("components/cover.html", {"card": replace(CARD, title="<b>&</b>")})
    assert "<b>" not in drawn
    assert "&lt;b&gt;&amp;" in drawn
