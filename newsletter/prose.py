"""An editor's rich text, made fit for a mailbox: well-formed, absolute, plain where asked.

Mail readers run no script and forgive little: only a few tags are kept, each one closed.
"""

import re
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

from newsletter.documents import absolute

WIDTH = 72
# No-break spaces are not among them.
BLANKS = re.compile(r"[ \t\r\v\f]+")
MARKERS = ("– ", "► ")
BLOCKS = {"p", "ul", "ol", "li", "blockquote"}
INLINE = {"a", "b", "strong", "i", "em", "sup", "sub"}
RENAMED = {"h1": "p", "h2": "p", "h3": "p", "h4": "p", "h5": "p", "h6": "p", "div": "p"}
SILENT = {"script", "style", "template", "title", "noscript", "iframe", "object"}
SCHEMES = {"http", "https", "mailto"}


def safe_prose(html: str, site_url: str) -> str:
    """`html` with only paragraphs, lists, emphasis and absolute links, and every tag closed."""
    cleaner = _Cleaner(site_url)
    cleaner.feed(html)
    cleaner.close()
    return cleaner.html()


def prose_text(html: str, site_url: str) -> str:
    """`html` as unwrapped paragraphs, a blank line between two; under each, its addresses."""
    text = re.sub(r"[ \t\r\n]+", " ", safe_prose(html, site_url))
    text = re.sub(r'<a href="([^"]*)">(.*?)</a>', r"\2<address \1>", text)
    text = re.sub(r"<li>", "\n– ", text)
    text = re.sub(r"<br />", "\n", text)
    text = re.sub(r"</?(?:p|ul|ol|blockquote)>", "\n\n", text)
    paragraphs = [_with_addresses(paragraph) for paragraph in re.split(r"\n\s*\n", text)]
    return "\n\n".join(filter(None, paragraphs))


def wrapped(text: str, indent: str = "") -> str:
    """`text` in lines of at most 72 characters. No-break spaces hold, addresses stay whole."""
    return "\n".join(_filled(line, indent) for line in text.split("\n"))


def _filled(line: str, indent: str) -> str:
    """One line as rows; `textwrap` would do it in several times the time."""
    rest = BLANKS.sub(" ", line).strip(" ")
    if not rest:
        return ""
    rows, margin = [], indent
    hanging = indent + ("  " if rest.startswith(MARKERS) else "")
    while (room := WIDTH - len(margin)) < len(rest):
        cut = rest.rfind(" ", 0, room + 1)
        if cut == -1:  # A word longer than a row stays whole.
            cut = rest.find(" ", room)
        if cut == -1:
            break
        rows.append(margin + rest[:cut])
        rest, margin = rest[cut + 1 :], hanging
    return "\n".join([*rows, margin + rest])


class _Cleaner(HTMLParser):
    def __init__(self, site_url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.site_url = site_url
        self.pieces: list[str] = []
        self.open: list[str] = []
        self.silence = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = RENAMED.get(tag, tag)
        if tag in SILENT:
            self.silence += 1
        elif tag == "br":
            self.pieces.append("<br />")
        elif tag == "a":
            if "a" not in self.open and (href := self._address(dict(attrs).get("href") or "")):
                self._open("a", f' href="{escape(href)}"')
        elif tag in BLOCKS | INLINE:
            if tag == "p":
                self._close("p")
            self._open(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        tag = RENAMED.get(tag, tag)
        if tag in SILENT:
            self.silence = max(0, self.silence - 1)
        else:
            self._close(tag)

    def handle_data(self, data: str) -> None:
        if not self.silence:
            self.pieces.append(escape(data, quote=False))

    def html(self) -> str:
        while self.open:
            self.pieces.append(f"</{self.open.pop()}>")
        return re.sub(r"<(p|li|a|b|i|em|strong|ul|ol)>\s*</\1>", "", "".join(self.pieces)).strip()

    def _open(self, tag: str, attributes: str = "") -> None:
        self.open.append(tag)
        self.pieces.append(f"<{tag}{attributes}>")

    def _close(self, tag: str) -> None:
        if tag not in self.open:
            return
        while (last := self.open.pop()) != tag:
            self.pieces.append(f"</{last}>")
        self.pieces.append(f"</{tag}>")

    def _address(self, href: str) -> str:
        """An absolute http(s) or mailto address, or "" for anything else."""
        try:
            url = absolute(href.strip(), self.site_url)
            return url if urlsplit(url).scheme in SCHEMES else ""
        except ValueError:
            return ""


def _with_addresses(paragraph: str) -> str:
    addresses = re.findall(r"<address ([^>]*)>", paragraph)
    words = _plain(re.sub(r"<address [^>]*>", "", paragraph))
    lines = [line.strip(" ") for line in words.split("\n") if line.strip(" ")]
    seen = [_plain(address.removeprefix("mailto:")) for address in dict.fromkeys(addresses)]
    return "\n".join([*lines, *(address for address in seen if address not in lines)])


def _plain(html: str) -> str:
    """Text of what `safe_prose` wrote: three entities, quotes in addresses, no other markup."""
    text = re.sub(r"</?[a-z]+>", "", html)
    for reference, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'")):
        text = text.replace(reference, character)
    return text.replace("&amp;", "&")
