"""What is known of an issue about to leave, as values, and what was found of it. Pure."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Literal

from home.cards import OutgoingLink, When

State = Literal["public", "withdrawn", "deleted"]
Kind = Literal["featured", "rubric", "free", "agenda"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. `code` is for programs and never changes; `message` is French; `where`
    is the address in the admin of the place to mend, with its anchor."""

    code: str
    message: str
    where: str


@dataclass(frozen=True, slots=True)
class Report:
    blocking: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.blocking

    def as_json(self) -> dict[str, list[dict[str, str]]]:
        return {
            "blocking": [asdict(finding) for finding in self.blocking],
            "warnings": [asdict(finding) for finding in self.warnings],
        }


@dataclass(frozen=True, slots=True)
class Held:
    """A line of the issue. `title` is the one that it shows and `title_where` the place where
    that was written; `where` is the line itself, `page_where` its page's form.

    `page_id` is None for a page that is known no more; `other_draft` names another open draft
    that holds the page; `lacks_cover_alt`: its cover is shown and nothing describes it.
    """

    title: str
    where: str
    page_id: int | None = None
    page_where: str = ""
    title_where: str = ""
    state: State = "public"
    links: tuple[OutgoingLink, ...] = ()
    when: When | None = None
    other_draft: str = ""
    lacks_cover_alt: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the issue, in reading order."""

    kind: Kind
    title: str
    where: str
    lines: tuple[Held, ...] = ()
    has_introduction: bool = False


@dataclass(frozen=True, slots=True)
class Prose:
    """Rich text that somebody wrote for this issue; `place` names it in a sentence."""

    place: str
    html: str
    where: str


@dataclass(frozen=True, slots=True)
class Places:
    """Addresses in the admin of what is mended outside the lines."""

    issue: str
    title: str
    subject: str
    contents: str
    sender: str
    rules: str
    readers: str
    links: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a report is made of.

    `undescribed` are the free blocks (title, where) whose image is neither described nor marked
    decorative. `fault` is why the mail can not be made, then `html` and `text` are "".
    `leaves_on` is the planned day, else today; `age_at_departure` the age of the version judged
    at the planned moment, None where none is planned.
    """

    places: Places
    title: str
    subject: str
    sender_email: str
    reply_to: str
    today: date
    leaves_on: date
    parts: tuple[Part, ...] = ()
    prose: tuple[Prose, ...] = ()
    undescribed: tuple[tuple[str, str], ...] = ()
    html: str = ""
    text: str = ""
    fault: Finding | None = None
    has_reader: bool = True
    age_at_departure: timedelta | None = None
    lost_rules: tuple[str, ...] = ()
    differs_from_live: bool = False

    @property
    def lines(self) -> Iterator[tuple[Part, Held]]:
        for part in self.parts:
            for line in part.lines:
                yield part, line

    @property
    def public_pages(self) -> tuple[Held, ...]:
        """Each page that the issue shows, once, where it stands first."""
        found: dict[int, Held] = {}
        for _, line in self.lines:
            if line.page_id is not None and line.state == "public":
                found.setdefault(line.page_id, line)
        return tuple(found.values())

    @property
    def links(self) -> tuple[OutgoingLink, ...]:
        return tuple(link for page in self.public_pages for link in page.links)

    @property
    def links_checked_on(self) -> date | None:
        """The day of the last check of any of its links."""
        return max((link.checked_on for link in self.links if link.checked_on), default=None)
