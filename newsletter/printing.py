"""An issue as the data that the PDF's template draws: plain values, ready for JSON.

Every text is a value, never source: what an editor typed can not become an instruction.
Rich text becomes a tree, where a node is a string or `{"tag", "children"}` (`href` for `a`).
"""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from home.cards import Picture, shorten
from newsletter.documents import IssueDocument, Line, Partner, Rubric, one_line, with_summaries
from newsletter.prose import SCHEMES, safe_prose

Node = str | dict[str, Any]
# File name, under the template's folder, of each picture that can be drawn, by its address.
Files = Mapping[str, str]

SUMMARY_CHARACTERS = 480
RUNNING_CHARACTERS = 64
# A row of at most so many characters stands on one page; a longer one would leave a hole.
WHOLE_CHARACTERS, WHOLE_DATE_CHARACTERS = 900, 2200
MAX_URL = 2000
# An issue of at most so many lines has no page of its own for its contents.
SHORT_LINES = 12
PAGE_WIDTH = 162.0
DOTS_PER_MM = 96 / 25.4


def print_data(document: IssueDocument, files: Files) -> dict[str, Any]:
    """What the template draws. `files` holds the pictures; one that it lacks is left out."""
    document = with_summaries(document, SUMMARY_CHARACTERS)
    title = one_line(document.theme or document.number_label or document.bulletin_title) or "Lettre"
    edition = [document.bulletin_title, document.number_label, document.date_label]
    site = document.site_url
    return {
        "language": _language(document.language) or "fr",
        "meta": {
            "title": " – ".join(dict.fromkeys(filter(None, [*map(one_line, edition[:2]), title]))),
            "author": one_line(document.centre_name),
            "keywords": list(dict.fromkeys(one_line(r.title) for r in document.rubrics)),
        },
        "running": " · ".join(filter(None, map(one_line, edition))),
        "bulletin": one_line(document.bulletin_title),
        "tagline": one_line(document.tagline),
        "number": one_line(document.number_label),
        "date": one_line(document.date_label),
        "title": title,
        "long": document.line_count > SHORT_LINES,
        "edition": _partner(document.edition, files) if document.edition else None,
        "introduction": prose_tree(document.introduction_html, site),
        "partners": [_partner(partner, files) for partner in document.partners],
        "featured": _line(document.featured, document, files) if document.featured else None,
        "rubrics": [_rubric(rubric, document, files) for rubric in document.rubrics],
        "agenda": [_line(line, document, files) for line in document.agenda],
        "centre": one_line(document.centre_name),
        "colophon": [one_line(words) for words in document.colophon.splitlines() if words.strip()],
        "addresses": _addresses(document),
    }


def pictures(document: IssueDocument) -> list[Picture]:
    """The pictures that the PDF shows, in reading order, each address once."""
    partners = [*([document.edition] if document.edition else []), *document.partners]
    found = [partner.logo for partner in partners]
    found += [document.featured.cover] if document.featured else []
    for rubric in document.rubrics:
        found += [rubric.picture]
    return list({picture.url: picture for picture in found if picture}.values())


def prose_tree(html: str, site_url: str) -> list[Node]:
    """Rich text as nodes; blanks between two blocks are left out."""
    planter = _Planter()
    planter.feed(safe_prose(html, site_url))
    planter.close()
    return planter.root


def shown_address(url: str) -> str:
    """An address as it is read on paper, without the scheme that every browser adds."""
    return re.sub(r"^(https://|mailto:)", "", url)


def _rubric(rubric: Rubric, document: IssueDocument, files: Files) -> dict[str, Any]:
    return {
        "title": one_line(rubric.title) or "Rubrique",
        "running": shorten(rubric.title, RUNNING_CHARACTERS),
        "count": rubric.count,
        "introduction": one_line(rubric.introduction),
        "prose": prose_tree(rubric.prose_html, document.site_url),
        "picture": _picture(rubric.picture, files),
        "lines": [_line(line, document, files) for line in rubric.lines],
        "discover": [_line(line, document, files) for line in rubric.discover],
        "discover_title": one_line(rubric.discover_title) or "À découvrir",
    }


def _line(line: Line, document: IssueDocument, files: Files) -> dict[str, Any]:
    length = len(line.title) + len(line.subtitle) + len(line.summary)
    length += sum(len(run.text) for run in line.citation)
    language = _language(line.language)
    return {
        "title": one_line(line.title) or "Sans titre",
        "subtitle": one_line(line.subtitle),
        # Only where it differs: a mark that says nothing would still be read out.
        "language": language if language != _language(document.language) else "",
        "rtl": line.direction == "rtl",
        "link": _link(line.url),
        "label": one_line(line.label),
        "tint": line.tint,
        "citation": [{"text": run.text, "italic": run.style == "italic"} for run in line.citation],
        "summary": one_line(line.summary),
        "when": _when(line),
        "cover": _picture(line.cover, files),
        "whole": length <= (WHOLE_DATE_CHARACTERS if line.when else WHOLE_CHARACTERS),
    }


def _when(line: Line) -> dict[str, Any] | None:
    when = line.when
    if when is None:
        return None
    return {
        "day": when.day,
        "month": when.month,
        "year": when.year,
        "text": one_line(when.text),
        "status": one_line(when.status_label) if when.status != "confirmed" else "",
        "cancelled": when.status == "cancelled",
        "deadline": when.is_deadline,
    }


def _partner(partner: Partner, files: Files) -> dict[str, Any]:
    return {
        "name": one_line(partner.name),
        "mention": one_line(partner.mention),
        "link": _link(partner.url),
        "logo": _picture(partner.logo, files, partner.name),
    }


def _picture(picture: Picture | None, files: Files, name: str = "") -> dict[str, Any] | None:
    """`width` is in millimetres at the size of a screen, at most the page's."""
    if picture is None or picture.url not in files:
        return None
    return {
        "file": files[picture.url],
        "alt": one_line(picture.alt or name),
        "width": round(min(max(picture.width, 1) / DOTS_PER_MM, PAGE_WIDTH), 2),
    }


def _addresses(document: IssueDocument) -> list[dict[str, Any]]:
    named = (
        ("Lire ce numéro en ligne", document.web_url),
        ("Tous les numéros", document.archive_url),
        ("S’abonner", document.subscribe_url),
        ("Nous écrire", document.contact_url),
        ("Données personnelles", document.privacy_url),
    )
    return [{"name": name, "link": link} for name, url in named if (link := _link(url))]


def _link(url: str) -> dict[str, str] | None:
    """The address that is opened and the one that is read; None for what is not a web one."""
    try:
        fits = urlsplit(url).scheme in SCHEMES and len(url) <= MAX_URL
    except ValueError:
        return None
    clean = re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff]", "", url)
    return {"href": clean, "shown": shown_address(clean)} if fits else None


def _language(tag: str) -> str:
    """The primary subtag ("en" of "en-GB"), or "" for what is no language."""
    primary = re.split(r"[-_]", tag.strip().lower())[0]
    return primary if re.fullmatch(r"[a-z]{2,3}", primary) else ""


class _Planter(HTMLParser):
    """Builds the tree of what `safe_prose` wrote, where every tag is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: list[Node] = []
        self.open: list[list[Node]] = [self.root]
        self.tags = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node: dict[str, Any] = {"tag": tag, "children": []}
        if tag == "a":
            node["link"] = _link(dict(attrs).get("href") or "")
        self.open[-1].append(node)
        if tag != "br":
            self.open.append(node["children"])
            self.tags.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].append({"tag": tag, "children": []})

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) > 1:
            self.open.pop()
            self.tags.pop()

    def handle_data(self, data: str) -> None:
        words = re.sub(r"[ \t\r\n]+", " ", data)
        if words != " " or self.tags[-1] not in {"", "ul", "ol", "blockquote"}:
            self.open[-1].append(words)
