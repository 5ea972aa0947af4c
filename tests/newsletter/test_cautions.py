"""What deserves a look before an issue leaves, and what does not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from home.cards import OutgoingLink, When
from newsletter.cautions import is_shouted, is_vague
from newsletter.facts import Part, Prose
from tests.newsletter.findings import (
    PLACES,
    TODAY,
    agenda,
    blocking,
    facts,
    held,
    message,
    rubric,
    warnings,
)

SYMPOSIUM = When(
    "20", "nov.", "2026", "20 novembre 2026", starts_on=TODAY, ends_on=TODAY, status="confirmed"
)


def link(health: str, days_ago: int | None = 0, url: str = "https://ailleurs.fr/a") -> OutgoingLink:
    checked = None if days_ago is None else TODAY - timedelta(days=days_ago)
    return OutgoingLink(url, health, checked)


@pytest.mark.parametrize(
    ("links", "codes"),
    [
        ([], []),
        ([link("alive")], []),
        ([link("", 5)], []),  # asked, and no verdict: sites that refuse machines
        ([link("alive", 90)], []),
        ([link("alive", 91)], ["unchecked-link"]),
        ([link("", None)], ["unchecked-link"]),
        ([link("dead", 200)], ["dead-link"]),
        ([link("moved")], ["moved-link"]),
        (
            [link("moved"), link("dead"), link("", None)],
            ["dead-link", "moved-link", "unchecked-link"],
        ),
    ],
)
def test_links_warn_by_what_the_last_check_said(links: list[OutgoingLink], codes: list[str]):
    given = facts(rubric(held(links=tuple(links))))
    assert [code for code, _ in warnings(given)] == codes
    assert blocking(given) == []


def test_the_dead_links_of_a_page_are_one_finding_that_names_three():
    dead = tuple(link("dead", url=f"https://ailleurs.fr/{n}") for n in range(5))
    given = facts(rubric(held(4, "Guide", links=dead)), agenda(held(4, "Guide", links=dead)))
    assert warnings(given) == [("dead-link", "/page/4/")]
    assert message(given) == (
        "«\u00a0Guide\u00a0»\u00a0: 5\u00a0liens morts (https://ailleurs.fr/0, "
        "https://ailleurs.fr/1, https://ailleurs.fr/2, et 2 de plus)."
    )


def test_unchecked_links_are_counted_once_for_the_whole_issue():
    lines = [held(n, f"Page {n}", links=(link("", None, f"https://a.fr/{n}"),)) for n in (1, 2, 3)]
    given = facts(rubric(*lines))
    assert warnings(given) == [("unchecked-link", PLACES.links)]
    assert message(given) == "3\u00a0liens n'ont jamais été vérifiés, ou pas depuis 90\u00a0jours."


def test_the_links_of_a_page_that_is_not_public_are_not_told():
    given = facts(rubric(held(state="withdrawn", links=(link("dead"),))))
    assert warnings(given) == []


@pytest.mark.parametrize(
    ("leaves_on", "status", "codes"),
    [
        (TODAY, "confirmed", []),
        (TODAY + timedelta(days=1), "confirmed", ["past-date"]),
        (TODAY, "cancelled", ["cancelled-date"]),
        (TODAY, "postponed", []),
        (TODAY + timedelta(days=1), "cancelled", ["past-date"]),
    ],
)
def test_a_date_is_judged_on_the_day_that_the_issue_leaves(
    leaves_on: date, status: str, codes: list[str]
):
    line = held(7, when=replace(SYMPOSIUM, status=status))
    given = facts(agenda(line), leaves_on=leaves_on)
    assert warnings(given) == [(code, "/composer/#item-7") for code in codes]


def test_an_empty_rubric_warns_and_a_free_block_does_not():
    given = facts(rubric(held()), rubric(title="Vide"), Part("free", "Un mot", "/x/"))
    assert warnings(given) == [("empty-rubric", "/composer/#part-1")]
    assert message(given).endswith("est vide\u00a0: elle ne paraîtra pas.")
    introduced = facts(rubric(held()), rubric(title="Vide", has_introduction=True))
    assert message(introduced).endswith("est vide\u00a0: elle n'a qu'un chapô.")


def test_a_page_twice_in_the_rubrics_warns_and_once_in_the_agenda_too_does_not():
    assert warnings(facts(rubric(held(1)), agenda(held(1)))) == []
    twice = facts(rubric(held(1)), rubric(held(1, where="/composer/#item-b"), title="Autre"))
    assert warnings(twice) == [("duplicate", "/composer/#item-b")]
    assert message(twice).endswith(
        "deux fois dans le numéro\u00a0: «\u00a0Rubrique\u00a0» et «\u00a0Autre\u00a0»."
    )


def test_two_pages_of_one_title_warn_whatever_the_case_and_blanks():
    given = facts(rubric(held(1, "Un guide"), held(2, "UN  guide"), held(3, "Un autre guide")))
    assert warnings(given) == [("same-title", "/composer/#item-2")]


def test_a_page_of_another_draft_warns():
    given = facts(rubric(held(1, other_draft="n°\u00a04")))
    assert warnings(given) == [("other-draft", "/composer/#item-1")]
    assert "n°\u00a04" in message(given)


@pytest.mark.parametrize(
    ("title", "shouted"),
    [
        ("RÉHABILITATION", True),
        ("LES TIERS-LIEUX EN 2018", True),
        ("FNAU", False),
        ("FNAU 2018 2019 2020", False),
        ("Le plan ACTION CŒUR DE VILLE expliqué", False),
        ("مدينة مستدامة", False),
        ("", False),
    ],
)
def test_capitals_are_told_by_their_share(title: str, shouted: bool):
    assert is_shouted(title) is shouted


def test_titles_in_capitals_warn_where_they_were_written():
    given = facts(
        rubric(held(1, "UNE GRANDE ÉTUDE"), title="À DÉCOUVRIR ICI"),
        agenda(held(1, "UNE GRANDE ÉTUDE")),
        title="INNOVATION PUBLIQUE",
        subject="LISEZ-NOUS VITE",
    )
    assert warnings(given) == [
        ("capitals", PLACES.title),
        ("capitals", PLACES.subject),
        ("capitals", "/composer/#part-1"),
        ("capitals", "/page/1/"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        *("ici", "Cliquez ici", "Lire la suite…", "En savoir plus »", "→ lien", "(ici)", ""),
        *("\u00a0", "https://exemple.fr/a?b=c", "www.exemple.fr", "Plus d’infos"),
    ],
)
def test_a_link_s_text_that_says_nothing_alone_is_vague(text: str):
    assert is_vague(text)


@pytest.mark.parametrize("text", ["Ici et là", "Le rapport d'activité", "L'agence du lien", "FNAU"])
def test_a_link_s_text_that_names_where_it_leads_is_not_vague(text: str):
    assert not is_vague(text)


def test_a_vague_link_warns_once_a_text_where_it_was_written():
    html = '<p><a href="/a">ici</a> et <a href="/b"><b>i</b>ci</a>, <a href="/c">le guide</a></p>'
    given = facts(prose=(Prose("Introduction", html, "/numero/#introduction"),))
    assert warnings(given) == [("vague-link", "/numero/#introduction")]
    assert message(given) == "Introduction\u00a0: le lien «\u00a0ici\u00a0» ne dit pas où il mène."


def test_a_cover_without_description_warns():
    assert warnings(facts(rubric(held(5, lacks_cover_alt=True)))) == [("cover-alt", "/page/5/")]


@pytest.mark.parametrize(
    ("age", "codes"),
    [(None, []), (timedelta(hours=24), []), (timedelta(hours=24, seconds=1), ["stale"])],
)
def test_a_version_older_than_a_day_when_it_leaves_warns(age: timedelta | None, codes: list[str]):
    given = facts(age_at_departure=age)
    assert warnings(given) == [(code, PLACES.issue) for code in codes]


def test_what_concerns_the_whole_issue_warns():
    given = facts(lost_rules=("Le design",), differs_from_live=True, has_reader=False)
    assert warnings(given) == [
        ("unpublished-changes", PLACES.issue),
        ("no-reader", PLACES.readers),
        ("lost-rule", PLACES.rules),
    ]
