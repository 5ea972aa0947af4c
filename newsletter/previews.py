"""What the editor sees beside the form: the mail (light, dark, text), the PDF, the web page."""

from typing import TYPE_CHECKING

from django.http import HttpResponse

from newsletter.errors import LetterError
from newsletter.pdf import render_pdf
from newsletter.rendering import render

if TYPE_CHECKING:
    from newsletter.models import Issue

PREVIEW_MODES = [
    ("mail", "Courriel"),
    ("mail-sombre", "Courriel, mode sombre"),
    ("text", "Courriel en texte"),
    ("pdf", "PDF"),
    ("", "Page web"),
]
PREVIEW_SIZES = [
    {"name": "phone", "icon": "mobile-alt", "device_width": 375, "label": "Téléphone"},
    {"name": "mail", "icon": "mail", "device_width": 600, "label": "Messagerie"},
    {"name": "screen", "icon": "desktop", "device_width": 1280, "label": "Écran"},
]
DEFAULT_PREVIEW_SIZE = "mail"
PLAIN = "text/plain; charset=utf-8"
# The mail carries its style sheet inside itself; its preview may use it, and nothing else.
MAIL_POLICY = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'"
DARK_QUERY = "@media (prefers-color-scheme:dark)"


def preview_response(issue: "Issue", mode: str, edition: str = "") -> HttpResponse | None:
    """The preview of one mode, or None for the web page; an error is told, never raised.
    `edition` is the key of a partner's edition."""
    if mode not in {"mail", "mail-sombre", "text", "pdf"}:
        return None
    try:
        return _drawn(issue, mode, edition)
    except LetterError as error:
        return HttpResponse(f"Aperçu impossible. {error}", content_type=PLAIN)


def in_dark(html: str) -> str:
    """The mail as a reader in dark mode has it, whatever the mode of who looks at it here."""
    return html.replace(DARK_QUERY, "@media all").replace(
        ":root{color-scheme:light dark", ":root{color-scheme:dark", 1
    )


def _drawn(issue: "Issue", mode: str, edition: str) -> HttpResponse:
    document = issue.document(edition=edition)
    if mode == "pdf":
        return HttpResponse(render_pdf(document), content_type="application/pdf")
    rendered = render(document, max_bytes=issue.max_bytes)
    if mode == "text":
        return HttpResponse(rendered.text, content_type=PLAIN)
    html = in_dark(rendered.html) if mode == "mail-sombre" else rendered.html
    response = HttpResponse(html)
    response["Content-Security-Policy"] = MAIL_POLICY
    return response
