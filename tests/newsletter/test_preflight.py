"""What blocks an issue, and what must pass in silence."""

import pytest

from newsletter.documents import UNSUBSCRIBE_MARK
from newsletter.facts import Finding, Part
from newsletter.markup import read_markup
from newsletter.preflight import check
from newsletter.rendering import render
from tests.newsletter.findings import (
    HTML,
    PLACES,
    blocking,
    facts,
    held,
    rubric,
    warnings,
)
from tests.newsletter.samples import large_document, small_document


def test_an_issue_with_nothing_to_say_is_ready():
    report = check(facts())
    assert report.ok
    assert (report.blocking, report.warnings) == ((), ())


def test_a_report_as_json_has_the_keys_of_the_contract():
    report = check(facts(reply_to="", has_reader=False))
    assert report.as_json() == {
        "blocking": [
            {
                "code": "no-reply-to",
                "message": "Le bulletin n'a pas d'adresse de réponse.",
                "where": "/bulletin/#expedition",
            }
        ],
        "warnings": [
            {
                "code": "no-reader",
                "message": "Le bulletin n'a aucun abonné confirmé\u00a0: "
                "il n'y a personne à qui écrire.",
                "where": "/abonnes/",
            }
        ],
    }
    assert not report.ok


@pytest.mark.parametrize("document", [small_document(), large_document()])
def test_the_mail_that_the_templates_make_passes(document):
    rendered = render(document)
    assert check(facts(html=rendered.html, text=rendered.text)).blocking == ()


@pytest.mark.parametrize(
    ("fields", "code", "where"),
    [
        ({"title": " "}, "no-subject", PLACES.title),
        ({"sender_email": ""}, "no-sender", PLACES.sender),
        ({"sender_email": "veille@crpv-é.example"}, "no-sender", PLACES.sender),
        ({"reply_to": ""}, "no-reply-to", PLACES.sender),
        ({"reply_to": "réponse@exemple.fr"}, "no-reply-to", PLACES.sender),
        ({"html": HTML.replace(UNSUBSCRIBE_MARK, "#")}, "no-unsubscribe", PLACES.issue),
        ({"text": " \n"}, "no-text", PLACES.issue),
        ({"text": "Bonjour."}, "no-text", PLACES.issue),
        ({"html": HTML + "<h1>Encore</h1>"}, "two-h1", PLACES.issue),
        ({"html": HTML.replace("h1", "h2")}, "two-h1", PLACES.issue),
        ({"html": HTML + '<img src="b.png">'}, "no-alt", PLACES.issue),
        ({"undescribed": (("Appel", "/composer/#part-2"),)}, "no-alt", "/composer/#part-2"),
    ],
)
def test_what_readers_would_suffer_blocks(fields: dict, code: str, where: str):
    assert blocking(facts(**fields)) == [(code, where)]
    assert warnings(facts(**fields)) == []


def test_a_subject_stands_in_for_a_missing_title():
    assert blocking(facts(title="", subject="La lettre de novembre")) == []


def test_an_issue_without_page_or_free_block_is_empty():
    assert blocking(facts(rubric(), rubric(title="Autre"))) == [("empty", PLACES.contents)]
    assert blocking(facts(Part("free", "Un mot", "/composer/#part-1"))) == []


def test_a_mail_that_can_not_be_made_is_the_only_thing_said_of_it():
    fault = Finding("overweight", "Le courriel pèse trop.", "/composer/")
    assert check(facts(html="", text="", fault=fault)).blocking == (fault,)


def test_each_line_that_may_not_be_shown_is_named_with_its_rubric():
    given = facts(
        rubric(
            held(1, "Rapport retiré", state="withdrawn"),
            held(2, "", state="deleted"),
            held(3, "Titre récrit", state="deleted"),
        )
    )
    assert [finding.message for finding in check(given).blocking] == [
        "«\u00a0Rubrique\u00a0»\u00a0: la page «\u00a0Rapport retiré\u00a0» n'est plus publique. "
        "Republiez-la ou retirez-la.",
        "«\u00a0Rubrique\u00a0»\u00a0: une ligne renvoie à une page supprimée. Retirez-la.",
        "«\u00a0Rubrique\u00a0»\u00a0: une ligne renvoie à une page supprimée "
        "(«\u00a0Titre récrit\u00a0»). Retirez-la.",
    ]
    assert blocking(given) == [
        ("withdrawn", "/composer/#item-1"),
        ("deleted", "/composer/#item-2"),
        ("deleted", "/composer/#item-3"),
    ]


def test_markup_is_read_even_where_it_is_broken():
    found = read_markup('<a>un <b>mot</a><a href="x">deux<a>trois <img alt="logo"><img src="y">')
    assert found.links == ("un mot", "deux", "trois logo")
    assert found.unnamed_images == ("y",)
    assert read_markup("").top_titles == 0
