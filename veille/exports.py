"""Notices as files for reference managers: RIS, BibTeX and CSL-JSON. Pure.

The three are named as their files end: "ris", "bib", "csl.json".
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from veille import exports_bibtex, exports_csl, exports_ris
from veille.records import Reference


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format: its name (how a file ends), its label and its media type, always UTF-8."""

    name: str
    label: str
    media_type: str

    @property
    def content_type(self) -> str:
        return f"{self.media_type}; charset=utf-8"


FORMATS = {
    form.name: form
    for form in (
        ExportFormat("ris", "RIS", "application/x-research-info-systems"),
        ExportFormat("bib", "BibTeX", "application/x-bibtex"),
        ExportFormat("csl.json", "CSL-JSON", "application/vnd.citationstyles.csl+json"),
    )
}


def ris(references: Iterable[Reference]) -> str:
    """A RIS file: each record ends with its ER and a blank line."""
    return "".join(exports_ris.record(reference) for reference in references)


def bibtex(references: Iterable[Reference]) -> str:
    """A BibTeX file, a blank line between entries; a key met twice takes a number."""
    entries, taken = [], set()
    for reference in references:
        wanted = key = exports_bibtex.clean_key(reference.key)
        count = 1
        while key.casefold() in taken:
            count += 1
            key = f"{wanted}-{count}"
        taken.add(key.casefold())
        entries.append(exports_bibtex.entry(reference, key))
    return "\n".join(entries)


def csl_json(references: Iterable[Reference]) -> str:
    """A CSL-JSON file: an array of items."""
    items = [exports_csl.item(reference) for reference in references]
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def csl_item(reference: Reference) -> str:
    """One CSL-JSON item: an object, to be put in an array."""
    return json.dumps(exports_csl.item(reference), ensure_ascii=False)


FILES: dict[str, Callable[[Iterable[Reference]], str]] = {
    "ris": ris,
    "bib": bibtex,
    "csl.json": csl_json,
}
RECORDS: dict[str, Callable[[Reference], str]] = {
    "ris": exports_ris.record,
    "bib": exports_bibtex.entry,
    "csl.json": csl_item,
}
