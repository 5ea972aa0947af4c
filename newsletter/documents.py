"""An issue as plain values: what the web page, the mail, the text part and the PDF are drawn from.

Words used here: a *line* is one entry as this issue shows it; a *rubric* is a titled series
of lines with its « À découvrir » box; the *document* is the whole issue, in reading order.
Every address in a document is absolute: it must mean the same thing in a mailbox.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from home.cards import Card, Citation, Picture, Tint, When, shorten

# Replaced, whole, by the reader's own address when a message is built (`.invalid`: RFC 2606).
UNSUBSCRIBE_MARK = "https://desabonnement.invalid/lecteur"
PREFERENCES_MARK = "https://preferences.invalid/lecteur"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in an issue. `summary` is plain text on one line.

    `summary_is_written` tells a sentence that a person wrote for the bulletin, which is never
    cut, from the start of an abstract, which may be.
    """

    page_id: int
    title: str
    subtitle: str = ""
    language: str = "fr"
    url: str = ""
    label: str = ""
    tint: Tint = "notice"
    citation: Citation = ()
    summary: str = ""
    summary_is_written: bool = False
    when: When | None = None
    cover: Picture | None = None
    is_discover: bool = False

    @classmethod
    def from_card(
        cls,
        card: Card,
        site_url: str,
        title_override: str = "",
        summary_override: str = "",
        *,
        is_discover: bool = False,
    ) -> "Line":
        """The line that `card` makes, with the words an editor put in place of its own."""
        title, summary = one_line(title_override), one_line(summary_override)
        return cls(
            page_id=card.page_id,
            title=title or one_line(card.title),
            url=absolute(card.url, site_url),
            subtitle=one_line(card.subtitle),
            language=card.language,
            label=card.label,
            tint=card.tint,
            citation=card.citation,
            summary=summary or one_line(card.summary),
            summary_is_written=bool(summary) or card.summary_is_written,
            when=card.when,
            cover=absolute_picture(card.cover, site_url),
            is_discover=is_discover,
        )

    @property
    def direction(self) -> str:
        """ "rtl" where the title's first letter is written from right to left, else "ltr"."""
        for character in self.title:
            match unicodedata.bidirectional(character):
                case "R" | "AL":
                    return "rtl"
                case "L":
                    return "ltr"
        return "ltr"


@dataclass(frozen=True, slots=True)
class Rubric:
    """A titled series of lines. `anchor` is unique in the issue; `introduction` is plain text.

    A free block (a word of the team, an announcement) is a rubric without lines: its words are
    the rich text `prose_html`, with `picture` above them where there is one.

    `more` says what is left out for want of room (« et 12 autres »), `more_url` where it is.
    """

    title: str
    anchor: str
    introduction: str = ""
    lines: tuple[Line, ...] = ()
    discover: tuple[Line, ...] = ()
    discover_title: str = "À découvrir"
    prose_html: str = ""
    picture: Picture | None = None
    more: str = ""
    more_url: str = ""

    @property
    def count(self) -> int:
        return len(self.lines) + len(self.discover)


@dataclass(frozen=True, slots=True)
class Partner:
    """Who makes this issue with the centre. `mention` says how, where there is something to say."""

    name: str
    mention: str = ""
    url: str = ""
    logo: Picture | None = None


@dataclass(frozen=True, slots=True)
class IssueDocument:
    """A whole issue. `introduction_html` is rich text; all else is plain text or values.

    An empty `subject` leaves the rendering to make it from the title, number and theme.
    `edition` is the partner whose edition this is: its name stands beside the bulletin's in the
    banner, its words and address are those of that edition; None for the bulletin's own.
    `pdf_url` is "" where no PDF can be had. `campaign` tags the mail's links to the centre's pages
    (`newsletter.figures.campaigns`); "" tags nothing.
    """

    bulletin_title: str
    tagline: str
    number_label: str
    date_label: str
    theme: str
    preheader: str
    introduction_html: str
    partners: tuple[Partner, ...]
    featured: Line | None
    rubrics: tuple[Rubric, ...]
    agenda: tuple[Line, ...]
    web_url: str
    archive_url: str
    centre_name: str
    colophon: str
    subscribe_url: str
    contact_url: str
    privacy_url: str
    site_url: str
    language: str = "fr"
    subject: str = ""
    pdf_url: str = ""
    edition: Partner | None = None
    campaign: str = ""

    @property
    def agenda_anchor(self) -> str:
        """ "agenda", or another name where a rubric bears that one."""
        taken = {rubric.anchor for rubric in self.rubrics}
        return next(
            name for name in ("agenda", "les-dates", "dates-du-numero") if name not in taken
        )

    @property
    def lines(self) -> Iterator[Line]:
        """Every line in reading order: featured, rubrics each with its box, agenda."""
        if self.featured:
            yield self.featured
        for rubric in self.rubrics:
            yield from rubric.lines
            yield from rubric.discover
        yield from self.agenda

    @property
    def line_count(self) -> int:
        return sum(1 for _ in self.lines)

    @property
    def is_empty(self) -> bool:
        return self.line_count == 0

    @property
    def pictures(self) -> Iterator[Picture]:
        """Every picture: logos, covers, those of free blocks. One may come twice."""
        partners = (*self.partners, *([self.edition] if self.edition else []))
        found = [partner.logo for partner in partners]
        found += [line.cover for line in self.lines]
        found += [rubric.picture for rubric in self.rubrics]
        return (picture for picture in found if picture)


@dataclass(frozen=True, slots=True)
class RenderedIssue:
    """An issue ready to freeze. UNSUBSCRIBE_MARK stands where each reader's own link goes.

    `summary_limit` is the length, in characters, to which extracts were cut to hold the weight.
    """

    subject: str
    html: str
    text: str
    mjml: str
    summary_limit: int = 0

    @property
    def html_bytes(self) -> int:
        return len(self.html.encode())


def one_line(text: str) -> str:
    """`text` without line breaks or doubled spaces; no-break spaces are kept."""
    return re.sub(r"[ \t\r\n\v\f\x85\u2028\u2029]+", " ", text).strip(" ")


def absolute(url: str, site_url: str) -> str:
    """`url` with the site's scheme and host where it has none; "" stays ""."""
    return urljoin(f"{site_url.rstrip('/')}/", url) if url else ""


def absolute_picture(picture: Picture | None, site_url: str) -> Picture | None:
    return replace(picture, url=absolute(picture.url, site_url)) if picture else None


def with_summaries(document: IssueDocument, limit: int) -> IssueDocument:
    """`document` with summaries of at most `limit` characters, cut between words.

    What a person wrote for the bulletin is left whole. A limit of 0 leaves the others out.
    """

    def fit(line: Line) -> Line:
        if line.summary_is_written or len(line.summary) <= limit:
            return line
        return replace(line, summary=shorten(line.summary, limit) if limit > 0 else "")

    return _with_lines(document, fit)


def with_pictures(document: IssueDocument, urls: Mapping[str, str]) -> IssueDocument:
    """`document` with pictures at other addresses, {old: new}; the others stay."""

    def moved(picture: Picture | None) -> Picture | None:
        return replace(picture, url=urls.get(picture.url, picture.url)) if picture else None

    def partner(value: Partner) -> Partner:
        return replace(value, logo=moved(value.logo))

    changed = _with_lines(document, lambda line: replace(line, cover=moved(line.cover)))
    return replace(
        changed,
        partners=tuple(map(partner, document.partners)),
        edition=partner(document.edition) if document.edition else None,
        rubrics=tuple(replace(r, picture=moved(r.picture)) for r in changed.rubrics),
    )


def _with_lines(document: IssueDocument, change: Callable[[Line], Line]) -> IssueDocument:
    return replace(
        document,
        featured=change(document.featured) if document.featured else None,
        rubrics=tuple(
            replace(
                rubric,
                lines=tuple(map(change, rubric.lines)),
                discover=tuple(map(change, rubric.discover)),
            )
            for rubric in document.rubrics
        ),
        agenda=tuple(map(change, document.agenda)),
    )
