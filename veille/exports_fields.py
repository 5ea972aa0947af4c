"""What every exchange format needs of a reference: clean text, its date, its address. Pure."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from veille.choices import BY_SLUG, IDENTIFIER_SCHEMES, ROLES
from veille.dates import NBSP, BadDateError, bounds, printed
from veille.records import Name, NoticeRecord, Reference

# Kinds of link that lead to the document itself, the best first.
DOCUMENT_LINKS = ("full-text", "presentation", "publisher", "synthesis", "contents", "annex")
EDITOR_ROLES = ("director", "coordinator")
AUTHOR_ROLES = ("author", "speaker")
ROLE_LABELS = dict(ROLES)
SCHEME_LABELS = dict(IDENTIFIER_SCHEMES)
SEASONS = range(21, 25)
RANGE = re.compile(r"([^\s–—-]+)\s*[–—-]\s*([^\s–—-]+)")
# Control characters, and the separators that some readers take for a line break.
BLANKS = re.compile(r"[ \x00-\x1f\x7f-\x9f\u2028\u2029]+")
HALVES = re.compile(r"[\ud800-\udfff]")
YEAR = re.compile(r"(?<![0-9])(?:1[5-9]|20)[0-9]{2}(?![0-9])")

Parts = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Issued:
    """A date as formats take it: `start` is (year), (year, month) or (year, month, day).

    `end` is () unless the date is a range; `season` is 1 (spring) to 4 (winter), else 0;
    `words` is the date in French where parts do not say it (a season, a quarter, a range).
    """

    start: Parts
    end: Parts = ()
    season: int = 0
    is_circa: bool = False
    words: str = ""


def issued(edtf: str) -> Issued | None:
    """An EDTF date taken apart; None of no date, or of one half-typed."""
    try:
        words = printed(edtf)
    except BadDateError:
        return None
    if not words:
        return None
    is_circa = any(mark in edtf for mark in "?~%")
    first, _, last = re.sub(r"[?~%]", "", edtf).partition("/")
    start, end, season = _point(first)
    if last and last != first:
        _, last_end, _ = _point(last)
        return Issued(start, last_end or _point(last)[0], 0, is_circa, words)
    return Issued(start, end, season, is_circa, words if end or season else "")


def _point(edtf: str) -> tuple[Parts, Parts, int]:
    """(start, end, season) of a date without its marks of doubt."""
    if edtf.endswith("X"):
        return (int(f"{edtf[:3]}0"),), (int(f"{edtf[:3]}9"),), 0
    parts = tuple(int(part) for part in edtf.split("-"))
    if len(parts) != 2 or parts[1] <= 12:
        return parts, (), 0
    if parts[1] in SEASONS:
        return parts[:1], (), parts[1] - 20
    low, high = bounds(edtf)
    return (low.year, low.month), (high.year, high.month), 0


def year(reference: Reference) -> str:
    """The year of publication, from the date or the one year that the printed date names."""
    if when := issued(reference.edtf):
        return f"{when.start[0]:04d}"
    named = set(YEAR.findall(reference.record.date))
    return named.pop() if len(named) == 1 else ""


def loose_date(reference: Reference) -> str:
    """The printed date where no year can be read in it: « s. d. »."""
    return "" if year(reference) else line(reference.record.date)


def line(text: str) -> str:
    """`text` on one line: no line break, no control character, no half of a character."""
    return BLANKS.sub(" ", HALVES.sub("", text)).strip()


def paragraphs(text: str) -> str:
    """`text` with its line breaks, cleaned of all other control characters."""
    return "\n".join(line(part) for part in re.split(r"\r\n|[\r\n\u2028\u2029]", text)).strip()


def address(url: str) -> str:
    """A URL that no format can mistake for its own signs."""
    return re.sub(
        r'[{}\\^"<>\s]',
        lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()),
        line(url),
    )


def document_url(reference: Reference) -> str:
    """Where to read the document: its best link, alive or archived, else the notice's page."""
    order = {kind: rank for rank, kind in enumerate(DOCUMENT_LINKS)}
    links = sorted(
        (link for link in reference.links if link.url and link.kind in order),
        key=lambda link: (link.is_dead and not link.archived_url, order[link.kind]),
    )
    if not links:
        return address(reference.page_url)
    best = links[0]
    return address(best.archived_url if best.is_dead and best.archived_url else best.url)


def identifier(reference: Reference, scheme: str) -> str:
    """The first identifier of a scheme; a DOI without its resolver."""
    found = next((line(v) for s, v in reference.identifiers if s == scheme), "")
    if scheme == "doi":
        return re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", found, flags=re.IGNORECASE)
    return found


def issn(reference: Reference) -> str:
    return identifier(reference, "issn") or line(reference.issn)


def number(text: str) -> str:
    """An issue or a series number without its « n° »: styles print their own."""
    return re.sub(r"^n(?:°s?|os?\.?)\s*(?=[\d#])", "", line(text), flags=re.IGNORECASE)


def volume(text: str) -> str:
    return re.sub(r"^vol(?:ume)?\.?\s*(?=\S)", "", line(text), flags=re.IGNORECASE)


def page_range(pages: str) -> tuple[str, str]:
    """(first, last) page, last "" where there is one; what is not a range is all in `first`."""
    text = re.sub(r"^pp?\.?\s*(?=\d)", "", line(pages), flags=re.IGNORECASE)
    found = RANGE.fullmatch(text)
    return (found[1], found[2]) if found else (text, "")


def page_count(extent: str) -> str:
    """« 254 » of « 254 p. », « 116 + 48 » of « 116 p. + 48 p. »; "" of what counts no page."""
    text = line(extent.replace(NBSP, " ").replace("\u202f", " "))
    counted = re.sub(r"(?<=\d)\s*(?:pages?|p)\b\.?", "", text)
    return counted.strip() if counted != text and counted[:1].isdigit() else ""


def genre(record: NoticeRecord) -> str:
    return BY_SLUG[record.notice_type].genre


def mention(record: NoticeRecord) -> str:
    """The line printed under the title, unless it only says the genre again."""
    text = line(record.mention)
    return "" if text.casefold() == genre(record).casefold() else text


def by_role(record: NoticeRecord, roles: Collection[str]) -> list[Name]:
    return [name for name in record.names if name.role in roles and line(name.text)]


def publishers(record: NoticeRecord) -> list[str]:
    """Where it was written, for a thesis, then who publishes it; each once, in order."""
    hosts = [name.text for name in record.names if name.role == "university"]
    bodies = [line(text) for text in (*hosts, *(name.text for name in record.publishers))]
    return list(dict.fromkeys(body for body in bodies if body))


def keywords(reference: Reference) -> list[str]:
    """Topics, then tags, each name once whatever its capitals."""
    names = (line(term.name) for term in (*reference.topics, *reference.tags))
    return list({name.casefold(): name for name in names if name}.values())


def notes(
    reference: Reference, *, roles: Iterable[str] = (), schemes: Iterable[str] = ()
) -> list[str]:
    """What the format has no field for, a sentence each; `roles` and `schemes` are those left."""
    record = reference.record
    said = ["Collectif"] if record.is_collective else []
    said += ["Avec d'autres auteurs (et al.)"] if record.et_al else []
    for role in roles:
        if names := by_role(record, [role]):
            who = ", ".join(line(name.text) for name in names)
            said.append(f"{ROLE_LABELS[role]}{NBSP}: {who}")
    said += [line(text) for text in reference.other_dates]
    said += [line(record.extent)] if record.extent and not page_count(record.extent) else []
    said += [f"Durée{NBSP}: {line(record.duration)}"] if record.duration else []
    for scheme in schemes:
        values = [line(value) for known, value in reference.identifiers if known == scheme]
        said += [f"{SCHEME_LABELS[scheme]}{NBSP}: {value}" for value in values]
    said += [f"Notice{NBSP}: {address(reference.page_url)}"] if reference.page_url else []
    return [text for text in said if text]
