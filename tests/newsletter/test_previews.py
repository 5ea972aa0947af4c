"""Previews of an issue: each form, the dark one forced, and errors told rather than raised."""

from dataclasses import dataclass, field

import pytest

from newsletter import previews
from newsletter.documents import IssueDocument
from newsletter.pdf import PdfError
from newsletter.previews import (
    DEFAULT_PREVIEW_SIZE,
    MAIL_POLICY,
    PREVIEW_MODES,
    PREVIEW_SIZES,
    preview_response,
)
from newsletter.rendering import MAX_BYTES, render
from tests.newsletter.samples import edition_document, large_document


@dataclass
class Draft:
    """An issue as the previews see one."""

    shown: IssueDocument = field(default_factory=edition_document)
    max_bytes: int = MAX_BYTES

    def document(self, *, edition: str = "") -> IssueDocument:
        return self.shown


def test_the_web_page_is_left_to_the_page():
    assert preview_response(Draft(), "") is None
    assert preview_response(Draft(), "autre") is None
    assert [mode for mode, _label in PREVIEW_MODES] == ["mail", "mail-sombre", "text", "pdf", ""]


def test_the_mail_is_shown_as_it_leaves_and_can_load_nothing_from_elsewhere():
    response = preview_response(Draft(), "mail")
    assert response.content.decode() == render(edition_document()).html
    assert response["Content-Security-Policy"] == MAIL_POLICY


def test_the_dark_mail_differs_only_by_being_dark_for_everybody():
    light = preview_response(Draft(), "mail").content.decode()
    response = preview_response(Draft(), "mail-sombre")
    dark = response.content.decode()
    assert "prefers-color-scheme" not in dark
    assert dark.count("@media all") == light.count("prefers-color-scheme") == 1
    assert ":root{color-scheme:dark;" in dark
    back = dark.replace("@media all", "@media (prefers-color-scheme:dark)")
    assert back.replace(":root{color-scheme:dark;", ":root{color-scheme:light dark;") == light
    assert response["Content-Security-Policy"] == MAIL_POLICY


def test_the_text_is_plain():
    response = preview_response(Draft(), "text")
    assert response.content.decode() == render(edition_document()).text
    assert response["Content-Type"] == "text/plain; charset=utf-8"


def test_the_pdf_is_the_documents_own(monkeypatch):
    seen = []
    monkeypatch.setattr(
        previews, "render_pdf", lambda document: (seen.append(document), b"%PDF")[1]
    )
    draft = Draft()
    response = preview_response(draft, "pdf")
    assert (response.content, response["Content-Type"]) == (b"%PDF", "application/pdf")
    assert seen == [draft.shown]


def test_a_preview_holds_the_weight_that_the_issue_wishes():
    draft = Draft(large_document(), max_bytes=75_000)
    html = preview_response(draft, "mail").content
    assert len(html) <= 75_000 < render(large_document()).html_bytes


@pytest.mark.parametrize("mode", ["mail", "mail-sombre", "text"])
def test_a_mail_that_can_not_be_made_is_told_in_french(mode):
    response = preview_response(Draft(large_document(), max_bytes=20_000), mode)
    assert response.status_code == 200
    assert response.content.decode().startswith("Aperçu impossible. Le courriel pèse")
    assert response["Content-Type"] == "text/plain; charset=utf-8"


def test_a_pdf_that_can_not_be_made_is_told_in_french(monkeypatch):
    def refuses(_document: IssueDocument) -> bytes:
        raise PdfError("police absente")

    monkeypatch.setattr(previews, "render_pdf", refuses)
    response = preview_response(Draft(), "pdf")
    words = response.content.decode()
    assert words.startswith("Aperçu impossible. Le PDF")
    assert "police absente" in words


def test_the_panel_offers_a_phone_a_mail_reader_and_a_screen():
    widths = {size["name"]: size["device_width"] for size in PREVIEW_SIZES}
    assert widths == {"phone": 375, "mail": 600, "screen": 1280}
    assert DEFAULT_PREVIEW_SIZE in widths
