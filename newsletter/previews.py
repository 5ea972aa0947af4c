"""What the editor sees beside the form: the web page, the mail, its text."""

from typing import TYPE_CHECKING

from django.http import HttpResponse

from newsletter.errors import LetterError
from newsletter.rendering import render

if TYPE_CHECKING:
    from newsletter.models import Issue

PREVIEW_MODES = [("mail", "Courriel"), ("text", "Courriel en texte"), ("", "Page web")]
PLAIN = "text/plain; charset=utf-8"
# The mail carries its style sheet inside itself; its preview may use it, and nothing else.
MAIL_POLICY = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'"


def preview_response(issue: "Issue", mode: str) -> HttpResponse | None:
    """The preview of one mode, or None for the web page; an error is told, never raised."""
    if mode not in {"mail", "text"}:
        return None
    try:
        rendered = render(issue.document())
    except LetterError as error:
        return HttpResponse(f"Aperçu impossible. {error}", content_type=PLAIN)
    if mode == "text":
        return HttpResponse(rendered.text, content_type=PLAIN)
    response = HttpResponse(rendered.html)
    response["Content-Security-Policy"] = MAIL_POLICY
    return response
