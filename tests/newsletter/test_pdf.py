import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import typst

from home.cards import Picture
from newsletter import pdf
from newsletter.documents import IssueDocument, Partner, Rubric
from newsletter.pdf import PdfError, render_pdf
from tests.newsletter.pdf_reading import ReadPdf, site_files
from tests.newsletter.samples import SITE, large_document, line, small_document

pytestmark = pytest.mark.drawing


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    """The site's own files: the small document's logo and cover."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return site_files(settings.MEDIA_ROOT)


@pytest.fixture
def small(media: Path) -> ReadPdf:
    return ReadPdf(render_pdf(small_document()))


@pytest.fixture
def large(media: Path) -> ReadPdf:
    return ReadPdf(render_pdf(large_document()))


def with_lines(*lines, **changes: object) -> IssueDocument:
    rubric = Rubric("Rubrique", "rubrique", lines=lines)
    return replace(small_document(), rubrics=(rubric,), **changes)


def test_the_file_declares_the_accessible_standard_its_language_and_its_title(small: ReadPdf):
    assert "<pdfuaid:part>1</pdfuaid:part>" in small.metadata
    assert small.catalogue["/Lang"] == "fr-FR"
    assert small.catalogue["/MarkInfo"]["/Marked"]
    assert small.catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    facts = small.reader.metadata
    title = "En quelques clics – Hors-Série #2 – Innovation publique et territoires"
    assert facts.title == title
    assert facts.author == "Centre de ressources Territoires & Innovation publique"
    assert facts["/Keywords"] == "Le design de services publics"


def test_the_bookmarks_are_the_title_the_rubrics_and_the_lines(small: ReadPdf):
    document = small_document()
    rubric, (first, second) = document.rubrics[0], document.agenda
    assert [(level, title) for level, title, _ in small.outline()] == [
        (1, "Innovation publique et territoires"),
        (2, "Sommaire"),
        (2, "À la une · Article"),
        (3, document.featured.title),
        (2, rubric.title),
        (3, rubric.lines[0].title),
        (3, rubric.lines[1].title),
        (3, "À découvrir"),
        (4, rubric.discover[0].title),
        (2, "Agenda"),
        (3, first.title),
        (3, second.title),
        (2, "Colophon"),
    ]


def test_every_heading_is_a_tag_and_no_level_is_skipped(large: ReadPdf):
    levels = [int(t.name[1]) for t in large.tags() if t.name in {"H1", "H2", "H3", "H4"}]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(levels) == len(large.outline())


def test_a_foreign_title_says_its_language_and_a_french_one_says_nothing(small: ReadPdf):
    tags = small.tags()
    headings = [t for t in tags if t.name in {"H1", "H2", "H3", "H4"}]
    assert [t.title for t in headings if t.language != "fr-FR"] == [
        "Fostering Innovation in the Public Sector"
    ]
    assert {t.language for t in headings} == {"fr-FR", "en"}
    assert {t.language for t in tags if t.name in {"P", "Em"}} == {"fr-FR"}


def test_the_contents_lead_to_the_page_they_print(large: ReadPdf):
    rubrics = [*(r.title for r in large_document().rubrics), "Agenda", "Colophon"]
    pages = {title: page for level, title, page in large.outline() if level == 2}
    assert large.inner_links() == [pages[title] for title in rubrics]
    contents = large.pages[0]
    for title in rubrics:
        assert f"{title} " in large.pages[pages[title] - 1]
    printed = [word for word in contents.split("En partenariat")[0].split() if word.isdigit()]
    assert [int(word) for word in printed[-len(rubrics) :]] == [pages[t] for t in rubrics]
    assert len(set(pages.values())) > 5


def test_each_line_is_opened_by_its_title_and_by_its_printed_address(small: ReadPdf):
    document = small_document()
    for shown in document.lines:
        assert small.web_links().count(shown.url) >= 2
        assert shown.url.removeprefix("https://") in small.text.replace("/ ", "/")
    others = [
        document.web_url,
        document.archive_url,
        document.subscribe_url,
        document.contact_url,
        document.privacy_url,
        f"{SITE}/retours-d-experience/",
        "https://www.fnau.org/",
    ]
    assert set(small.web_links()) == {*others, *(shown.url for shown in document.lines)}
    # Two for each line, one for each other; a title or an address over two lines is still one.
    tags = [tag.name for tag in small.tags()].count("Link")
    assert tags == 2 * document.line_count + len(others) + 2 + len(small.inner_links())


def test_every_page_but_the_first_names_the_issue_and_all_are_numbered(large: ReadPdf):
    running = "En quelques clics · Hors-Série #2 · octobre 2018"
    pages = large.pages
    assert running not in pages[0]
    for number, page in enumerate(pages, start=1):
        assert f"page {number} / {len(pages)}" in page
        assert number == 1 or running in page


def test_a_logo_and_a_cover_of_ours_are_drawn_with_their_words(small: ReadPdf):
    assert [tag.alt for tag in small.tags() if tag.name == "Figure"] == ["FNAU"]
    assert len(small.reader.pages[0].images) == 2


@pytest.mark.parametrize(
    "url",
    [
        "https://ailleurs.example/media/images/fnau.max-400x112.png",
        f"{SITE}/media/images/absente.png",
        f"{SITE}/media/../../../etc/hostname",
        f"{SITE}/media/%2e%2e/%2e%2e/secret.png",
        f"{SITE}/media/%00.png",
        f"{SITE}/media/",
        "file:///etc/hostname",
        f"{SITE}/media/images/cassee.png",
        f"{SITE}/media/images/tronquee.png",
    ],
)
def test_a_picture_that_is_not_ours_or_can_not_be_read_is_left_out(media: Path, url: str):
    (media.parent.parent / "secret.png").write_bytes((media / "couverture.png").read_bytes())
    (media / "cassee.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing of a picture")
    (media / "tronquee.png").write_bytes((media / "fnau.max-400x112.png").read_bytes()[:60])
    partner = Partner("FNAU", logo=Picture(url, 200, 112, "FNAU"))
    read = ReadPdf(render_pdf(replace(small_document(), partners=(partner,), featured=None)))
    assert list(read.reader.pages[0].images) == []
    assert "FNAU" in read.pages[0]


SOURCE = '<script>alert(1)</script> & #read("/etc/passwd") $x^2$ \\ *a* _b_ `c` @ref <d> // /* ~ --'


@pytest.mark.parametrize(
    "source", [SOURCE, '#import "@preview/cetz:0.3.0"', "]}#panic()", '"\\u{0}']
)
def test_what_an_editor_types_is_printed_and_never_obeyed(source: str):
    document = with_lines(
        line(2, title=source, subtitle=source, summary=source, label=source),
        theme=source,
        colophon=source,
        introduction_html="",
    )
    read = ReadPdf(render_pdf(document))
    assert read.outline()[0][1] == source
    assert read.reader.metadata.title.endswith(source)
    assert read.text.replace(" ", "").count(source.replace(" ", "")) >= 5


@pytest.mark.parametrize(
    ("title", "printed"),
    [
        ("La ville 🏙 de demain", "La ville □ de demain"),
        ("Bravo 👍🏽 !", "Bravo □ !"),
        ("Cœur ♥\ufe0f", "Cœur ♥"),
        ("都市未来", "□□□□"),
        ("Sonnerie\x07 et\x00 nul", "Sonnerie et nul"),
        ("Renversé \u202eeésrever", "Renversé eésrever"),
        ("Privé \ue000 ou \ufffe", "Privé □ ou □"),
        ("e\u0301te\u0301", "été"),
        ("Demi \ud83d paire", "Demi  paire"),
        ("Ελλάδα, Київ, Łódź, Ðà Nẵng → 5 ≤ 6", "Ελλάδα, Київ, Łódź, Ðà Nẵng → 5 ≤ 6"),
        ("« Où ? »\u00a0: 1\u202f000", "« Où ? »\u00a0: 1\u202f000"),
    ],
)
def test_a_character_without_a_drawing_is_replaced_and_the_others_stay(title: str, printed: str):
    read = ReadPdf(render_pdf(with_lines(line(2, title=title))))
    assert (3, printed) in [(level, name) for level, name, _ in read.outline()]


def test_arabic_and_hebrew_titles_are_printed_in_their_language():
    arabic, hebrew = "مراجعة الابتكار", "חדשנות בערים"
    document = with_lines(
        line(2, title=arabic, language="ar"), line(3, title=hebrew, language="he-IL")
    )
    read = ReadPdf(render_pdf(document))
    assert {arabic, hebrew} <= {title for _, title, _ in read.outline()}
    assert {"ar", "he"} <= {tag.language for tag in read.tags()}


@pytest.mark.parametrize("title", ["Mot " * 249 + "Mots", "a" * 1000, "🏙" * 1000])
def test_a_title_of_a_thousand_characters_stays_within_the_page(title: str):
    document = with_lines(line(2, title=title, url=f"{SITE}/{'x' * 900}"))
    read = ReadPdf(render_pdf(document))
    (name,) = [t for level, t, _ in read.outline() if level == 3 and len(t) > 900]
    assert name.replace("\u200b", "") == title.replace("🏙", "□")
    for page in read.reader.pages:
        for annotation in page.get("/Annots", []):
            assert annotation.get_object()["/Rect"][2] < 595 - 40


def test_words_that_only_fall_between_others_are_replaced_at_the_last_resort(monkeypatch):
    monkeypatch.setattr(pdf, "unprintable", lambda clusters: set())
    read = ReadPdf(render_pdf(with_lines(line(2, title="La ville 🏙 et la Łódź"))))
    assert (3, "La ville □ et la Łódź") in [(level, name) for level, name, _ in read.outline()]


def test_a_refusal_of_the_composer_is_said_in_french(monkeypatch):
    def refuse(*args: object) -> bytes:
        raise typst.TypstError("no space left")

    monkeypatch.setattr(pdf, "_composed", refuse)
    with pytest.raises(PdfError, match=re.escape("n'a pas pu être composé")) as caught:
        render_pdf(small_document())
    assert caught.value.reason == "no space left"
