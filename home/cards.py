"""What an entry says of itself elsewhere: lists, search, feeds and issues draw cards.

Values only. A citation is a sequence of runs so that a periodical can be italic on the web
and plain in a text mail without storing markup.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

Tint = Literal["notice", "case", "agenda", "discover", "report"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a citation; `style` is "" or "italic"."""

    text: str
    style: str = ""


Citation = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A topic or a keyword, as named by `slug` and shown as `name`."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An image ready to draw: path or address, size in pixels, text alternative."""

    url: str
    width: int
    height: int
    alt: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """A dated entry's moment: the date block (day, month, year), its words and its status.

    `day` is empty for a month-only date. `starts_on` and `ends_on` are inclusive bounds.
    """

    day: str
    month: str
    year: str
    text: str
    starts_on: date
    ends_on: date
    status: str = "confirmed"
    status_label: str = ""
    is_deadline: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One entry in a list. `summary` is plain text; `sort_date` is the thing's own date."""

    page_id: int
    collection: str
    label: str
    tint: Tint
    title: str
    url: str
    subtitle: str = ""
    language: str = "fr"
    citation: Citation = ()
    summary: str = ""
    summary_is_written: bool = False
    topics: tuple[Term, ...] = ()
    tags: tuple[Term, ...] = ()
    published: date | None = None
    sort_date: date | None = None
    when: When | None = None
    cover: Picture | None = None

    @property
    def terms(self) -> frozenset[str]:
        """Slugs of topics and keywords together: what an assembly selects by."""
        return frozenset(term.slug for term in self.topics + self.tags)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of an entry under one facet of the search (`name` is a URL parameter)."""

    name: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class SearchText:
    """An entry's words by weight, strongest first; plain text."""

    title: str
    names: str = ""
    subjects: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingLink:
    """An address outside the site. `health` is "alive", "moved", "dead" or "" (no verdict);
    `checked_on` is None as long as nobody has asked it.
    """

    url: str
    health: str = ""
    checked_on: date | None = None


def citation_text(citation: Citation) -> str:
    """The citation without styles."""
    return "".join(run.text for run in citation)


def quoted(text: str) -> str:
    """`text` between guillemets; its own become the quotation marks of a second level."""
    inner = re.sub(r"«[ \u00a0\u202f]*(.*?)[ \u00a0\u202f]*»", r"“\1”", text)
    return f"«\u00a0{inner}\u00a0»"


def shorten(text: str, limit: int) -> str:
    """`text` on one line, cut between words to at most `limit` characters, ellipsis included."""
    text = re.sub(r"[ \t\r\n]+", " ", text).strip()
    if len(text) <= limit:
        return text
    head = text[:limit].rpartition(" ")[0] or text[: limit - 1]
    return head.rstrip(" \u00a0\u202f,;:.–-(«") + "…"
