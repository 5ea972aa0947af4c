"""A reference as a BibTeX entry, UTF-8, for LaTeX and for reference managers. Pure.

Braces are counted by BibTeX whatever stands before them, so a brace of the text is written by its
name. `url` and `doi` are verbatim fields: they are not escaped, only kept balanced.
"""

import re
from collections.abc import Iterator

from veille.choices import BY_SLUG
from veille.citation import full_title
from veille.dates import NBSP
from veille.exports_fields import (
    AUTHOR_ROLES,
    EDITOR_ROLES,
    Issued,
    address,
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

ENTRY_TYPES = {
    "article-journal": "article",
    "article-magazine": "article",
    "book": "book",
    "periodical": "book",
    "report": "techreport",
    "thesis": "phdthesis",
}
# The field that says who publishes.
PUBLISHER_FIELDS = {
    "techreport": "institution",
    "phdthesis": "school",
    "misc": "howpublished",
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ESCAPES = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "#$%&_"},
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
        "\\": r"{\textbackslash}",
        "\u00a0": "~",
    }
)
OTHER_ROLES = ("preface", "illustrator", "commissioner", "addressee", "partner")
OTHER_SCHEMES = ("hal", "ark", "nor")


def entry(reference: Reference, key: str = "") -> str:
    """One entry, `key` (by default the reference's own) cleaned of what BibTeX refuses in keys."""
    kind = entry_type(reference)
    rows = [f"  {name} = {value}" for name, value in _fields(reference, kind) if value]
    return f"@{kind}{{{clean_key(key or reference.key)},\n" + ",\n".join(rows) + "\n}\n"


def entry_type(reference: Reference) -> str:
    """article, book, phdthesis, techreport or misc; an article that names no journal is misc."""
    kind = ENTRY_TYPES.get(BY_SLUG[reference.record.notice_type].csl, "misc")
    return "misc" if kind == "article" and not line(reference.record.periodical) else kind


def clean_key(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9:.+/_-]+", "-", key) or "notice"


def escaped(text: str) -> str:
    """`text` on one line with every sign that LaTeX reads as its own escaped."""
    return line(text).translate(ESCAPES)


def _fields(reference: Reference, kind: str) -> Iterator[tuple[str, str]]:
    record = reference.record
    yield "author", _names(by_role(record, AUTHOR_ROLES), et_al=record.et_al)
    yield "editor", _names(by_role(record, EDITOR_ROLES))
    yield "title", _braced(_braced(escaped(full_title(record))))
    yield from _source(reference, kind)
    yield from _date(issued(reference.edtf), year(reference))
    yield "edition", _text(record.edition)
    first, last = page_range(record.pages)
    yield "pages", _text(first) if not last else _braced(f"{escaped(first)}--{escaped(last)}")
    yield "pagetotal", _text(page_count(record.extent))
    yield "type", _text(genre(record))
    yield "language", _text(record.language)
    yield "doi", _braced(address(identifier(reference, "doi")))
    yield "isbn", _text(identifier(reference, "isbn"))
    yield "issn", _text(issn(reference))
    yield "url", _braced(document_url(reference))
    yield "keywords", _text(", ".join(word.replace(",", " –") for word in keywords(reference)))
    yield "abstract", _text(reference.abstract)
    yield "note", _text(mention(record))
    said = [f"Date{NBSP}: {loose_date(reference)}"] if loose_date(reference) else []
    said += notes(reference, roles=OTHER_ROLES, schemes=OTHER_SCHEMES)
    yield "annote", _text(". ".join(said))


def _source(reference: Reference, kind: str) -> Iterator[tuple[str, str]]:
    """Where it appeared. A report must have an institution: failing a publisher, who wrote it."""
    record = reference.record
    serial, issue = number(record.series_number), number(record.issue)
    official = line(record.official_number)
    bodies = publishers(record)
    if kind == "techreport" and not bodies:
        bodies = [line(n.text) for n in by_role(record, AUTHOR_ROLES) if n.is_body]
    if kind == "article":
        yield "journal", _text(record.periodical)
        yield "series", _text(record.series)
        yield "number", _text(issue or serial)
    else:
        yield "journal", _text(record.periodical if line(record.series) else "")
        yield "series", _text(line(record.series) or record.periodical)
        yield "number", _text(serial or official or issue)
    yield "volume", _text(volume(record.volume))
    yield PUBLISHER_FIELDS.get(kind, "publisher"), _text("; ".join(bodies))


def _names(names: list[Name], *, et_al: bool = False) -> str:
    written = [_name(name) for name in names]
    return _braced(" and ".join([*written, "others"] if et_al and written else written))


def _name(name: Name) -> str:
    if name.is_body or not name.family:
        return _braced(escaped(name.text))
    family, given = escaped(name.family), escaped(name.given)
    # Braced, a particle stays with its name and an « and » joins nobody.
    family = _braced(family) if re.search(r"[ ~,]", family) or not given else family
    given = _braced(given) if re.search(r",|\band\b", given) else given
    return f"{family}, {given}" if given else family


def _date(when: Issued | None, known_year: str) -> Iterator[tuple[str, str]]:
    """`month` is BibTeX's own word for a month, and French for a season or a range."""
    yield "year", _braced(known_year)
    if when is None or (len(when.start) == 1 and not when.season):
        return
    if when.words:
        yield "month", _text(when.words.removesuffix(known_year))
    elif len(when.start) > 1:
        yield "month", MONTHS[when.start[1] - 1]
        yield "day", _braced(str(when.start[2])) if len(when.start) > 2 else ""


def _text(text: str) -> str:
    return _braced(escaped(text))


def _braced(text: str) -> str:
    return f"{{{text}}}" if text else ""
