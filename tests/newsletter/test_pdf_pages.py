import io
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import typst
from django.core.management import call_command

from home.cards import Picture
from newsletter import glyphs, pdf
from newsletter.documents import IssueDocument, Partner, Rubric
from newsletter.glyphs import SAFE, rare, unprintable
from newsletter.pdf import render_pdf
from tests.newsletter.pdf_reading import ReadPdf, site_files
from tests.newsletter.samples import SITE, large_document, line, small_document, when
from tests.newsletter.sending import issue

pytestmark = pytest.mark.drawing


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return site_files(settings.MEDIA_ROOT)


def bare_document() -> IssueDocument:
    """What an issue is before anybody wrote anything."""
    words = ("bulletin_title", "tagline", "number_label", "date_label", "theme", "centre_name")
    urls = ("web_url", "archive_url", "subscribe_url", "contact_url", "privacy_url")
    empty = dict.fromkeys((*words, *urls, "introduction_html", "colophon"), "")
    return replace(small_document(), featured=None, rubrics=(), agenda=(), partners=(), **empty)


def test_an_issue_without_a_word_is_still_a_page():
    read = ReadPdf(render_pdf(bare_document()))
    assert len(read.pages) == 1
    assert read.reader.metadata.title == "Lettre"
    assert [title for _, title, _ in read.outline()] == ["Lettre", "Colophon"]


def test_a_date_is_never_split_between_two_pages():
    dates = tuple(
        line(
            n, title=f"Journée {n}", url=f"{SITE}/agenda/{n}/fin", when=when("12", "nov.", "le 12")
        )
        for n in range(100, 140)
    )
    read = ReadPdf(render_pdf(replace(small_document(), agenda=dates)))
    pages = {title: page for level, title, page in read.outline() if level == 3}
    for shown in dates:
        assert f"agenda/{shown.page_id}/fin" in read.pages[pages[shown.title] - 1]
    assert len({pages[shown.title] for shown in dates}) > 3


def test_a_cancelled_date_is_struck_and_says_so_and_a_confirmed_one_is_neither():
    document = small_document()
    read = ReadPdf(render_pdf(document))
    assert "Annulé · décembre 2018" in read.text
    assert read.text.count("Annulé") == 1
    assert [tag.struck for tag in read.tags()].count(True) == 1
    confirmed = ReadPdf(render_pdf(replace(document, agenda=document.agenda[:1])))
    assert "Annulé" not in confirmed.text
    assert [tag.struck for tag in confirmed.tags()].count(True) == 0


def test_a_deadline_is_called_one():
    date = when("3", "déc.", "jusqu’au 3 décembre 2018", is_deadline=True)
    read = ReadPdf(render_pdf(replace(small_document(), agenda=(line(5, when=date),))))
    assert "Date limite · jusqu’au 3 décembre 2018" in read.text
    assert "3 déc. 2018" in read.text


def test_a_free_block_shows_its_picture_its_words_and_its_addresses():
    html = (
        '<p>Chères <b>lectrices</b>,</p><ul><li>voir <a href="/contact/">la page</a></li>'
        '<li>puis <a href="javascript:alert(1)">ceci</a></li></ul>'
    )
    picture = Picture(f"{SITE}/media/images/couverture.png", 320, 452, "L’équipe")
    block = Rubric("Le mot de l’équipe", "mot", prose_html=html, picture=picture)
    read = ReadPdf(render_pdf(replace(small_document(), rubrics=(block,), partners=())))
    assert (2, "Le mot de l’équipe") in [(level, title) for level, title, _ in read.outline()]
    assert "L’équipe" in [tag.alt for tag in read.tags() if tag.name == "Figure"]
    assert [tag.name for tag in read.tags()].count("LI") == 2
    assert "voir la page (lettre.centre-exemple.fr/contact/)" in read.text
    assert "puis ceci" in read.text
    assert not [url for url in read.web_links() if url.startswith("javascript")]


def test_a_partner_s_edition_bears_its_name_and_the_other_none():
    edition = Partner("Agence du Nord", "avec le réseau", "https://nord.example/")
    read = ReadPdf(render_pdf(replace(small_document(), edition=edition)))
    assert "Édition Agence du Nord · avec le réseau nord.example" in read.pages[0]
    assert "https://nord.example/" in read.web_links()
    assert "Édition" not in ReadPdf(render_pdf(small_document())).text


def test_the_colophon_ends_the_issue_with_who_speaks_and_where():
    document = replace(small_document(), colophon="Directrice : H. V.\r\n\r\nISSN 1234-5678")
    words = ReadPdf(render_pdf(document)).text.split("Colophon")[-1]
    for expected in (document.centre_name, "Directrice : H. V.", "ISSN 1234-5678"):
        assert expected in words
    assert "Lire ce numéro en ligne lettre.centre-exemple.fr/bulletins/" in words


def test_the_contents_have_a_page_of_their_own_only_in_a_long_issue():
    first = {title: page for _, title, page in ReadPdf(render_pdf(small_document())).outline()}
    assert first["Le design de services publics"] == 1
    pages = {title: page for _, title, page in ReadPdf(render_pdf(large_document())).outline()}
    assert pages["Concevoir autrement les politiques publiques"] == 2


def test_the_same_issue_gives_the_same_bytes():
    first = render_pdf(large_document())
    assert render_pdf(small_document()) != first
    assert render_pdf(large_document()) == first


@pytest.fixture
def proxied(monkeypatch) -> Iterator[list[bytes]]:
    """What was asked of the network by a program that obeys the proxy's settings."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while heard != [b""]:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    heard.append(caller.recv(200))

        threading.Thread(target=listen, daemon=True).start()
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            address = f"http://127.0.0.1:{server.getsockname()[1]}"
            monkeypatch.setenv(name, address)
            monkeypatch.setenv(name.lower(), address)
        yield heard
        server.shutdown(socket.SHUT_RDWR)


def test_nothing_is_asked_of_the_network(proxied: list[bytes], tmp_path: Path):
    source = '#import "@preview/cetz:0.3.0": *'
    picture = Picture("https://images.example/logo.png", 200, 112, "Logo")
    document = replace(
        small_document(), theme=source, partners=(Partner("Ailleurs", logo=picture),)
    )
    assert source in ReadPdf(render_pdf(document)).text
    assert proxied == []
    # The ear works: the same words as source would have asked.
    with pytest.raises(typst.TypstError):
        typst.compile(source.encode(), package_path=tmp_path, package_cache_path=tmp_path)
    assert proxied[0].startswith(b"CONNECT packages.typst.org:443")


@pytest.mark.parametrize("path", ["/../secret.txt", "../secret.txt", "/etc/hostname"])
def test_the_template_reads_nothing_outside_its_folder(tmp_path: Path, path: str):
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    root = tmp_path / "root"
    root.mkdir()
    (root / "issue.typ").write_text(f'#read("{path}")', "utf-8")
    with pytest.raises(typst.TypstError, match=r"escape the project root|not found"):
        pdf._composed(root, {})


def test_what_is_held_for_safe_has_a_drawing():
    safe = {chr(code) for code in range(32, 0x3000) if SAFE.fullmatch(chr(code))}
    assert len(safe) > 300
    assert unprintable(safe) == set()
    assert rare(safe) == set()


def test_a_refusal_that_is_not_understood_refuses_every_rare_character(monkeypatch):
    monkeypatch.setattr(glyphs, "_known", {})
    monkeypatch.setattr(glyphs, "REFUSED", glyphs.re.compile("words that (no) composer says"))
    assert unprintable({"Ł", "🏙"}) == {"Ł", "🏙"}
    assert unprintable({"Ł"}) == {"Ł"}


def test_a_rare_character_is_asked_once_a_process(monkeypatch):
    monkeypatch.setattr(glyphs, "_known", {})
    assert unprintable({"→", "市"}) == {"市"}
    monkeypatch.setattr(glyphs, "_refused", lambda clusters: pytest.fail("asked again"))
    assert unprintable({"→", "市"}) == {"市"}


@pytest.mark.django_db
def test_the_command_writes_the_pdf_to_a_file_or_to_the_output(tmp_path: Path, monkeypatch):
    page = issue()
    target = tmp_path / "numero.pdf"
    call_command("render_issue", str(page.pk), "--format", "pdf", "--output", str(target))
    content = target.read_bytes()
    assert ReadPdf(content).outline()[0][1] == page.title
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw))
    call_command("render_issue", str(page.pk), "--format", "pdf")
    assert raw.getvalue() == content
