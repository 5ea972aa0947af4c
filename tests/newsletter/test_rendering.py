"""Rendering an issue: its weight, its subject, its text part, and hostile or missing words."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html as lxml_html

from newsletter.documents import UNSUBSCRIBE_MARK, IssueDocument, Partner, Rubric, with_summaries
from newsletter.mjml import compile_mjml
from newsletter.rendering import (
    LIMITS,
    MAX_BYTES,
    OverweightError,
    mjml_of,
    render,
    subject_of,
    text_of,
)
from tests.newsletter.samples import ABSTRACTS, large_document, line, small_document

GOLDEN = Path(__file__).parent / "golden"
HOSTILE = [
    "<script>alert(1)</script>",
    "</mj-text></mj-column><mj-foo>",
    "]]> <!-- -- --> <![CDATA[",
    "« l'apostrophe » & \"guillemets\" 'simples' &nbsp; &amp;lt;",
    "{{ d.site_url }} {% now 'Y' %} {# x #}",
    "Quel avenir\u00a0? n°\u202f2\u00a0: a\u200bb e\u0301",
    "\\u{a0} \\n C:\\temp",
    "🏙️ 👩🏽‍🔧 villes ❤️",
    "المدينة والابتكار العام",
    "mot " * 250,
    "x" * 1000,
]


def tree(html: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(html)


def text_content(element: lxml_html.HtmlElement) -> str:
    return " ".join(element.text_content().split(" "))


def without_lines(document: IssueDocument) -> IssueDocument:
    return replace(document, featured=None, rubrics=(), agenda=(), partners=())


# Weight ---------------------------------------------------------------------------------


def test_the_seventy_seven_lines_weigh_less_than_the_limit_with_whole_extracts():
    document = large_document()
    rendered = render(document)
    assert rendered.html_bytes <= 100_000 == MAX_BYTES
    assert rendered.mjml == mjml_of(with_summaries(document, 300), rendered.subject)
    assert sum(len(each.summary) >= 250 for each in document.lines) == 77


def test_a_heavier_issue_gets_the_longest_extracts_that_fit_and_its_text_keeps_its_own():
    document = large_document()
    whole, next_limit = (
        len(compile_mjml(mjml_of(with_summaries(document, limit), subject_of(document))).encode())
        for limit in LIMITS[:2]
    )
    rendered = render(document, max_bytes=whole - 1)
    assert rendered.html_bytes == next_limit
    assert rendered.text == render(document).text


def test_an_issue_of_exactly_the_limit_leaves():
    weight = render(small_document()).html_bytes
    assert render(small_document(), max_bytes=weight).html_bytes == weight


def test_an_issue_too_heavy_without_extracts_is_refused_with_its_weight_in_french():
    with pytest.raises(OverweightError) as caught:
        render(large_document(), max_bytes=40_000)
    assert caught.value.max_bytes == 40_000
    bare = compile_mjml(mjml_of(with_summaries(large_document(), 0), subject_of(large_document())))
    assert caught.value.html_bytes == len(bare.encode())
    assert "la limite est de 40\u202f000" in str(caught.value)
    assert re.search(r"Le courriel pèse 5\d\u202f\d{3}\u00a0octets", str(caught.value))


def test_what_a_person_wrote_is_refused_rather_than_cut():
    written = tuple(
        line(rank, summary=ABSTRACTS[0] * 5, summary_is_written=True) for rank in range(77)
    )
    document = replace(small_document(), rubrics=(Rubric("R", "r", lines=written),))
    with pytest.raises(OverweightError):
        render(document)


# Subject and marks ----------------------------------------------------------------------


def test_the_subject_names_the_letter_its_number_and_its_theme():
    rendered = render(small_document())
    assert rendered.subject == (
        "En quelques clics – Hors-Série #2 – Innovation publique et territoires"
    )
    assert tree(rendered.html).find(".//title").text == rendered.subject


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({"subject": " Mon objet "}, "Mon objet"),
        ({"subject": "a\r\nBcc: b\u2028c\x00"}, "a Bcc: b c"),
        ({"number_label": ""}, "En quelques clics – octobre 2018 – Innovation"),
        ({"number_label": "", "date_label": "", "theme": ""}, "En quelques clics"),
        ({"bulletin_title": "", "number_label": "", "date_label": "", "theme": " "}, "Lettre"),
    ],
)
def test_a_subject_is_one_line_and_never_empty(changes, subject):
    document = replace(small_document(), **({"theme": "Innovation"} | changes))
    assert subject_of(document) == subject
    assert render(document).subject == subject


def test_a_long_subject_is_cut_between_words():
    subject = subject_of(replace(small_document(), theme="mot " * 250))
    assert len(subject) <= 200
    assert subject.endswith("mot…")


def test_the_unsubscribe_mark_stands_at_the_top_and_at_the_bottom():
    rendered = render(small_document())
    assert rendered.html.count(f'href="{UNSUBSCRIBE_MARK}"') == 2
    assert rendered.html.index(UNSUBSCRIBE_MARK) < rendered.html.index("<h1")
    assert rendered.html.rindex(UNSUBSCRIBE_MARK) > rendered.html.rindex("</h3>")
    assert rendered.text.split("\n").count(UNSUBSCRIBE_MARK) == 2


def test_an_inbox_shows_the_editors_words_else_how_the_issue_begins():
    def preheader(**changes: object) -> str:
        body = tree(render(replace(small_document(), **changes)).html).body
        return body[0].text_content()

    assert preheader(preheader="À lire") == "À lire"
    assert preheader().startswith("Ce numéro réunit des publications et des dates.")
    assert preheader(introduction_html="").startswith("Innovation sociale et territoires")


# Bad input ------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_shown_as_written_everywhere(text):
    document = small_document()
    hostile = line(8, title=text, subtitle=text, summary=text, label=text)
    document = replace(
        document,
        theme=text,
        tagline=text,
        preheader=text,
        colophon=text,
        featured=replace(
            document.featured, title=text, cover=replace(document.featured.cover, alt=text)
        ),
        rubrics=(Rubric(text, "r", text, (hostile,), (hostile,), text),),
        agenda=(replace(hostile, when=document.agenda[0].when),),
        partners=(Partner(text, text), replace(document.partners[0], name=text)),
    )
    rendered = render(document)
    root = tree(rendered.html)
    assert root.find(".//h1").text_content() == text
    assert [h.find("a").text_content() for h in root.iter("h3") if h.find("a") is not None] == [
        text
    ] * 3
    assert root.xpath("//img/@alt")[-1] == text
    assert root.xpath("//script") == []
    assert "mj-foo" not in rendered.html.replace("&lt;mj-foo&gt;", "")
    assert text.upper().split()[0] in rendered.text.upper()
    assert "&#" not in rendered.text


def test_control_characters_disappear():
    rendered = render(replace(small_document(), theme="A\x00B\x08C\ud800D"))
    assert tree(rendered.html).find(".//h1").text == "ABCD"
    assert "ABCD" in rendered.text


def test_a_hostile_introduction_is_made_harmless():
    document = replace(
        small_document(),
        introduction_html='<p>A<script>x()</script><b>B<img src="https://tiers.exemple/p.gif"></p>C',
    )
    html = render(document).html
    assert "tiers.exemple" not in html
    assert "<p>A<b>B</b></p>C" in html


def test_an_empty_issue_still_makes_a_mail():
    document = replace(
        without_lines(small_document()),
        theme="",
        tagline="",
        introduction_html="",
        colophon="",
        number_label="",
        date_label="",
    )
    rendered = render(document)
    root = tree(rendered.html)
    assert root.find(".//h1").text == "En quelques clics"
    assert root.xpath("//li | //h2") == []
    assert rendered.html.count(UNSUBSCRIBE_MARK) == 2
    assert "Sommaire" not in rendered.text


def test_a_line_without_an_address_or_a_summary_is_only_a_title():
    document = replace(
        small_document(), featured=line(1, url="", summary="", label="", citation=(), cover=None)
    )
    rendered = render(document)
    heading = tree(rendered.html).find(".//h3")
    assert heading.find("a") is None
    assert heading.getnext() is None
    assert "None" not in rendered.text


# Text part ------------------------------------------------------------------------------


def test_the_text_part_has_every_address_on_its_own_line():
    document = large_document()
    lines = [each.strip() for each in text_of(document).split("\n")]
    for each in document.lines:
        assert each.url in lines
    for url in (
        document.web_url,
        document.archive_url,
        document.subscribe_url,
        document.contact_url,
        document.privacy_url,
    ):
        assert url in lines
    assert "https://www.fnau.org/" in text_of(small_document()).split("\n  ")[1]


def test_the_text_part_fits_seventy_two_columns_but_for_addresses():
    text = text_of(large_document())
    long = [row for row in text.split("\n") if len(row) > 72]
    assert all(row.strip().startswith("https://") for row in long)
    assert "\n\n\n" not in text
    assert not any(row != row.rstrip() for row in text.split("\n"))
    assert text.endswith("\n")
    assert "<" not in text


# Golden files ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["html", "text"])
def test_the_small_issue_is_drawn_as_agreed(kind):
    """Run once with GOLDEN=write after a change that you have looked at."""
    rendered = render(small_document())
    drawn = {"html": rendered.html.replace("><", ">\n<"), "text": rendered.text}[kind]
    path = GOLDEN / {"html": "issue.html", "text": "issue.txt"}[kind]
    if os.environ.get("GOLDEN") == "write":
        path.write_text(drawn, encoding="utf-8")
    assert drawn == path.read_text(encoding="utf-8")
