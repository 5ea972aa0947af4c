"""Rendering an issue: its weight, its subject, its text part, and hostile or missing words."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html as lxml_html

from newsletter.documents import UNSUBSCRIBE_MARK, IssueDocument, Partner, Rubric
from newsletter.rendering import (
    render,
    subject_of,
    text_of,
)
from tests.newsletter.samples import (
    FREE_BLOCK,
    HOSTILE,
    edition_document,
    large_document,
    line,
    small_document,
)

GOLDEN = Path(__file__).parent / "golden"


def tree(html: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(html)


def text_content(element: lxml_html.HtmlElement) -> str:
    return " ".join(element.text_content().split(" "))


def without_lines(document: IssueDocument) -> IssueDocument:
    return replace(document, featured=None, rubrics=(), agenda=(), partners=())


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

    assert preheader(preheader="À lire").rstrip("\u00a0\u034f") == "À lire"
    assert preheader().startswith("Ce numéro réunit des publications et des dates.")
    assert preheader(introduction_html="").startswith("Innovation sociale et territoires")


def test_blanks_keep_the_banner_out_of_the_inbox_after_a_short_preheader():
    def blanks(preheader: str) -> int:
        html = render(replace(small_document(), preheader=preheader)).html
        return tree(html).body[0].text_content().count("\u00a0\u034f")

    assert blanks("À lire") == 94
    assert blanks("x" * 100) == 0


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


def test_the_text_part_tells_the_edition_the_pdf_and_the_free_block():
    document = edition_document()
    text = text_of(document)
    assert text.startswith("► EN QUELQUES CLICS, AVEC L’AGENCE D’URBANISME\n")
    assert "Édition réalisée avec l’agence, qui en a choisi l’ouverture.\n" in text
    assert text.split("\n").count(document.pdf_url) == 2
    assert text.split("\n").count(document.web_url) == 2
    assert "\n– Un mot de l’équipe\n– Le design de services publics (3)\n" in text
    block = text[text.index("UN MOT DE L’ÉQUIPE\n") :]
    assert "[Image\u00a0: La salle de lecture, vide]\nLe centre déménage" in block
    assert "\n\n– Le plan d’accès est en ligne.\n– La salle de lecture" in block
    assert "joignables au même" in block


def test_a_picture_without_words_is_not_told_in_the_text_part():
    block = replace(FREE_BLOCK, picture=replace(FREE_BLOCK.picture, alt=""))
    assert "[Image" not in text_of(replace(small_document(), rubrics=(block,)))


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
