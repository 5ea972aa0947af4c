"""Words typed in a plain field of the composer, as the rich text of a free block, and back.

A blank line separates two paragraphs. A block whose rich text says more than paragraphs (a link,
a list) is edited in the page's own form: `as_plain` gives None for it.
"""

import re

from django.utils.html import escape
from django.utils.text import normalize_newlines

PARAGRAPHS = re.compile(r"(?:<p[^>]*>(?:[^<]|<br ?/?>)*</p>)*")


def rich(text: str) -> str:
    """Escaped paragraphs; "" for blank words."""
    blocks = re.split(r"\n\s*\n", normalize_newlines(text).strip())
    return "".join(
        f"<p>{escape(block.strip()).replace(chr(10), '<br/>')}</p>" for block in blocks if block
    )


def as_plain(html: str) -> str | None:
    """The words of `html`, or None where a plain field would lose something of it."""
    html = html.strip()
    if not PARAGRAPHS.fullmatch(html):
        return None
    text = re.sub(r"<br ?/?>", "\n", re.sub(r"</p>\s*<p[^>]*>", "\n\n", html))
    text = re.sub(r"</?p[^>]*>", "", text)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'")):
        text = text.replace(entity, sign)
    return text.replace("&amp;", "&")
