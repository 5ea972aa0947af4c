"""The files of an issue: its PDF and its bibliography, for whom and in what state."""

import pytest
from django.core.cache import cache
from django.test import Client
from wagtail.models import PageViewRestriction

from home.models import HomePage
from newsletter import archive
from newsletter.documents import IssueDocument
from newsletter.pdf import PdfError
from tests.newsletter.keeping import FILES, FORMS, LETTER, URL, edition, hors_serie, sent, tree
from veille.models import Notice

KINDS = {
    "pdf": "application/pdf",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "csl.json": "application/vnd.citationstyles.csl+json; charset=utf-8",
}


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("is_sent", [False, True], ids=["on-sale", "sent"])
def test_a_file_says_what_it_is_and_is_not_sent_twice(
    home: HomePage, client: Client, form: str, is_sent: bool
) -> None:
    made = hors_serie(home)
    if is_sent:
        sent(made)
    url = f"{URL.rstrip('/')}.{form}"
    answer = client.get(url)
    way = "inline" if form == "pdf" else "attachment"
    name = f"en-quelques-clics-hors-serie-2.{form}"
    assert answer.status_code == 200
    assert answer["Content-Type"] == KINDS[form]
    assert answer["Content-Disposition"] == f'{way}; filename="{name}"'
    assert answer["Content-Length"] == str(len(answer.content)) != "0"
    head = client.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Length"] == answer["Content-Length"]
    again = client.get(url, headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert ("Last-Modified" in answer) is is_sent
    if is_sent:
        dated = {"if-modified-since": answer["Last-Modified"]}
        assert client.get(url, headers=dated).status_code == 304
    assert client.post(url).status_code == 405


@pytest.mark.parametrize("url", [URL, *FILES, f"{URL}edition/fnau/", f"{URL}edition/fnau.pdf"])
def test_a_draft_has_no_page_and_no_file(home: HomePage, client: Client, url: str) -> None:
    made = hors_serie(home, editions=[edition("fnau", "FNAU")])
    assert client.get(url).status_code == 200
    made.unpublish()
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("url", [URL, *FILES, f"{URL}edition/fnau/", f"{URL}edition/fnau.pdf"])
@pytest.mark.parametrize("on", ["issue", "bulletin"])
def test_what_is_kept_behind_a_login_gives_no_byte(
    home: HomePage, client: Client, admin_client: Client, url: str, on: str
) -> None:
    made = hors_serie(home, editions=[edition("fnau", "FNAU")])
    sent(made)
    page = made if on == "issue" else made.bulletin
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    answer = client.get(url)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/_util/login/")
    assert b"soluble" not in answer.content
    allowed = admin_client.get(url)
    assert allowed.status_code == 200
    assert "no-store" in allowed["Cache-Control"]


@pytest.mark.parametrize("url", FILES)
def test_what_is_kept_behind_a_password_asks_for_it(
    home: HomePage, client: Client, url: str
) -> None:
    made = hors_serie(home)
    values = {"restriction_type": "password", "password": "sesame"}
    PageViewRestriction.objects.create(page=made, **values)
    answer = client.get(url)
    assert answer["Content-Type"].startswith("text/html")
    assert b'type="password"' in answer.content
    assert b"soluble" not in answer.content.replace(b"hors-serie", b"")


@pytest.mark.parametrize(
    "url",
    [
        f"{LETTER}inconnu.pdf",
        f"{LETTER}hors-serie-2.docx",
        f"{LETTER}hors-serie-2.pdf/",
        "/bulletins/inconnu/atom.xml",
        "/notices/soluble/atom.xml",
        "/notices/soluble/x.pdf",
        f"{LETTER}%E2%98%83.pdf",
        f"{LETTER}hors-serie-2.csl",
    ],
)
def test_a_file_that_is_not_is_not_found(home: HomePage, client: Client, url: str) -> None:
    hors_serie(home)
    assert client.get(url).status_code == 404


def test_the_pdf_of_an_unsent_issue_is_made_once_a_version(
    home: HomePage, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, drawn = hors_serie(home), []

    def render(document: object) -> bytes:
        drawn.append(document.theme)
        return b"%PDF-" + document.theme.encode()

    monkeypatch.setattr(archive, "render_pdf", render)
    for _ in range(3):
        assert client.get(FILES[0]).content == b"%PDF-Innovation publique"
    assert drawn == ["Innovation publique"]
    made.title = "Autre titre"
    made.save_revision().publish()
    assert client.get(FILES[0]).content == b"%PDF-Autre titre"


def test_the_pdf_of_an_unsent_issue_forgets_at_once_what_was_withdrawn(
    home: HomePage, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    hors_serie(home)

    def render(document: IssueDocument) -> bytes:
        return "\n".join(line.title for line in document.lines).encode()

    monkeypatch.setattr(archive, "render_pdf", render)
    assert client.get(FILES[0]).content.decode().split("\n")[-1] == "Les tiers-lieux"
    Notice.objects.get(slug="tiers-lieux").unpublish()
    assert client.get(FILES[0]).content.decode() == "Le design est-il soluble ?"


def test_a_pdf_that_can_not_be_made_is_not_found(
    home: HomePage, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(document: object) -> bytes:
        raise PdfError("panne")

    hors_serie(home)
    monkeypatch.setattr(archive, "render_pdf", broken)
    assert client.get(FILES[0]).status_code == 404


def test_an_issue_without_a_document_offers_no_bibliography(home: HomePage, client: Client) -> None:
    hors_serie(home, rubrics=[])
    assert tree(client, URL).select(".issue-files__formats") == []
    assert [client.get(url).status_code for url in FILES] == [200, 404, 404, 404]


def test_the_notices_keep_their_own_files(home: HomePage, client: Client) -> None:
    hors_serie(home)
    assert client.get("/notices/soluble.ris").status_code == 200
