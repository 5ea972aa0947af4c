"""A reference as a CSL-JSON item (schema 1.0.2, `csl-data.json`). Pure.

What the schema has no field for goes to `annote`, which styles do not print. `custom` holds the
house's own words (`topics`, slugs; `type`, slug), so that a notice can come back as it left.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from veille.choices import BY_SLUG
from veille.citation import full_title
from veille.exports_fields import (
    AUTHOR_ROLES,
    EDITOR_ROLES,
    Issued,
    by_role,
    document_url,
    genre,
    identifier,
    issn,
    issued,
    keywords,
    line,
    mention,
    notes,
    number,
    page_count,
    page_range,
    paragraphs,
    publishers,
    volume,
)
from veille.records import Name, Reference

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json]"
NAMES = {
    "author": AUTHOR_ROLES,
    "editor": EDITOR_ROLES,
    "illustrator": ("illustrator",),
    "recipient": ("addressee",),
    "contributor": ("preface", "commissioner", "partner"),
}


def item(reference: Reference) -> dict[str, Json]:
    """One item; a field with nothing to say is left out."""
    record = reference.record
    kind = BY_SLUG[record.notice_type]
    fields: dict[str, Json] = {"id": reference.key, "type": kind.csl, "genre": genre(record)}
    fields |= {"title": line(full_title(record)), "language": record.language}
    fields |= {
        variable: [_name(name) for name in by_role(record, roles)]
        for variable, roles in NAMES.items()
    }
    fields |= {
        "issued": _date(issued(reference.edtf), line(record.date)),
        "container-title": line(record.periodical),
        "volume": volume(record.volume),
        "issue": number(record.issue),
        "page": "-".join(part for part in page_range(record.pages) if part),
        "collection-title": line(record.series),
        "collection-number": number(record.series_number),
        "publisher": "; ".join(publishers(record)),
        "edition": line(record.edition),
        "number": line(record.official_number),
        "number-of-pages": page_count(record.extent),
        "dimensions": line(record.duration),
        "medium": "En ligne" if record.is_online else "",
        "DOI": identifier(reference, "doi"),
        "ISBN": identifier(reference, "isbn"),
        "ISSN": issn(reference),
        "URL": document_url(reference),
        "abstract": paragraphs(reference.abstract),
        "keyword": "; ".join(keywords(reference)),
        "note": mention(record),
        "annote": "\n".join(notes(reference, schemes=("hal", "ark", "nor"))),
        "custom": {"type": kind.slug, "topics": [term.slug for term in reference.topics]},
    }
    return {name: value for name, value in fields.items() if value}


def _name(name: Name) -> Json:
    if name.is_body or not name.family:
        return {"literal": line(name.text)}
    given = line(name.given)
    return {"family": line(name.family), "given": given} if given else {"family": line(name.family)}


def _date(when: Issued | None, words: str) -> Json:
    if when is None:
        return {"literal": words} if words else {}
    points = [when.start, when.end] if when.end else [when.start]
    found: dict[str, Json] = {"date-parts": [list(point) for point in points]}
    found |= {"season": when.season} if when.season else {}
    found |= {"circa": True} if when.is_circa else {}
    return found
