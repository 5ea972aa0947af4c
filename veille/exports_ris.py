"""A reference as a RIS record: lines `XX  - value`, CRLF, as Zotero, EndNote and PMB read it. Pure.

A name without a comma is a body's, so a body's own comma becomes a dash.
"""

from collections.abc import Iterator

from veille.choices import BY_SLUG
from veille.citation import full_title
from veille.dates import NBSP
from veille.exports_fields import (
    AUTHOR_ROLES,
    EDITOR_ROLES,
    by_role,
    document_url,
    genre,
    identifier,
    issn,
    issued,
    keywords,
    line,
    loose_date,
    mention,
    notes,
    number,
    page_count,
    page_range,
    publishers,
    volume,
    year,
)
from veille.records import Name, Reference

CRLF = "\r\n"
# Where the type has a place for who directed the work; elsewhere they are authors.
EDITOR_TAGS = {"BOOK": "A3", "SER": "A3", "JOUR": "A2"}
# Types of which SP is the number of pages.
COUNTED = {"BOOK", "SER", "THES", "RPRT"}
# Types of which SN is the ISSN.
SERIALS = {"JOUR", "MGZN", "SER"}
OTHER_SCHEMES = ("hal", "ark", "nor")
OTHER_ROLES = ("preface", "illustrator", "commissioner", "addressee", "partner")


def record(reference: Reference) -> str:
    """One record, from TY to ER and the blank line after it; no tag is empty."""
    kind = BY_SLUG[reference.record.notice_type].ris
    lines = [f"TY  - {kind}"]
    lines += [f"{tag}  - {value}" for tag, value in _tags(reference, kind) if value]
    return CRLF.join([*lines, "ER  - ", "", ""])


def _tags(reference: Reference, kind: str) -> Iterator[tuple[str, str]]:
    yield "TI", line(full_title(reference.record))
    yield from _people(reference, kind)
    yield from _source(reference, kind)
    yield "DO", identifier(reference, "doi")
    yield "LA", reference.record.language
    for word in keywords(reference):
        yield "KW", word.replace(";", ",")
    yield "AB", line(reference.abstract)
    yield "N1", mention(reference.record)
    if date := loose_date(reference):
        yield "N1", f"Date{NBSP}: {date}"
    shown = {value for tag, value in _numbers(reference, kind) if tag == "SN"}
    left = [scheme for scheme in ("isbn", "issn") if identifier(reference, scheme) not in shown]
    for note in notes(reference, roles=OTHER_ROLES, schemes=(*left, *OTHER_SCHEMES)):
        yield "N1", note
    yield "UR", document_url(reference)


def _people(reference: Reference, kind: str) -> Iterator[tuple[str, str]]:
    editors = EDITOR_TAGS.get(kind, "AU")
    for name in by_role(reference.record, (*AUTHOR_ROLES, *EDITOR_ROLES)):
        yield editors if name.role in EDITOR_ROLES else "AU", _name(name)


def _name(name: Name) -> str:
    if name.is_body or not name.family:
        return line(name.text).replace(", ", " – ").replace(",", "–")
    family, given = (line(part.replace(",", " ")) for part in (name.family, name.given))
    return f"{family}, {given}".rstrip()


def _source(reference: Reference, kind: str) -> Iterator[tuple[str, str]]:
    record = reference.record
    hosts = [line(text) for text in (record.periodical, record.series) if line(text)]
    yield from zip(("T2", "T3"), hosts, strict=False)
    yield "PY", year(reference)
    yield "DA", _date(reference)
    yield "VL", volume(record.volume)
    yield "IS", number(record.issue)
    first, last = page_range(record.pages)
    if not first and kind in COUNTED:
        first = page_count(record.extent)
    yield "SP", first
    yield "EP", last
    yield "PB", "; ".join(publishers(record))
    yield "ET", line(record.edition)
    yield "M3", genre(record)
    yield from _numbers(reference, kind)


def _numbers(reference: Reference, kind: str) -> list[tuple[str, str]]:
    """The document's numbers: a report has its own in SN, where a book has its ISBN."""
    serial = number(reference.record.series_number)
    official = line(reference.record.official_number)
    isbn, serials = identifier(reference, "isbn"), issn(reference)
    if kind == "RPRT":
        return [("SN", serial or official or isbn), ("M1", official if serial else "")]
    first, second = (serials, isbn) if kind in SERIALS else (isbn, serials)
    return [("M1", official or serial), ("SN", first or second)]


def _date(reference: Reference) -> str:
    """`YYYY/MM/DD/other`: « 2018/05// », « 2018///automne »."""
    when = issued(reference.edtf)
    if when is None:
        words = _words(line(reference.record.date), year(reference))
        return f"{year(reference)}///{words}" if year(reference) else ""
    if when.words:
        # The words of years are years: « 2017-2018 », « années 2010 ».
        told = "" if len(when.start) == 1 and when.end else year(reference)
        return f"{year(reference)}///{_words(when.words, told)}"
    numbers = [f"{when.start[0]:04d}", *(f"{part:02d}" for part in when.start[1:])]
    return "/".join([*numbers, "", ""][:3]) + "/"


def _words(words: str, known_year: str) -> str:
    """What the words add to the year, without the slash that parts the fields of a date."""
    return words.removesuffix(known_year).strip().replace("/", "-")
