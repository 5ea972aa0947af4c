"""The issue's own part of its web page: what is frozen, and what the page is made of before."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from newsletter.documents import IssueDocument

# Between the head (title, date, edition) and the lines: the page puts corrections and files
# there. No text of an issue can hold it: `<` is always written as a reference.
MARK = mark_safe("<!--lignes-->")


def web_html(document: IssueDocument) -> str:
    """The head, the mark, the lines. It reads no request and no clock: what is drawn from a
    document today is what would be drawn from it in ten years."""
    context = {"document": document, "mark": MARK}
    html = render_to_string("newsletter/issue_body.html", context)
    return "\n".join(filter(None, (line.strip() for line in html.split("\n"))))


def parts(html: str) -> tuple[SafeString, SafeString]:
    """(head, lines) of what `web_html` made."""
    head, _, body = html.partition(MARK)
    return mark_safe(head), mark_safe(body)
