"""The documents that an issue carries, as files for reference managers."""

import json
from collections.abc import Iterable

from home.models import entry_models
from newsletter.documents import IssueDocument

# Name of the format, which is also how its file ends: media type.
MEDIA_TYPES = {
    "ris": "application/x-research-info-systems",
    "bib": "application/x-bibtex",
    "csl.json": "application/vnd.citationstyles.csl+json",
}
LABELS = {"ris": "RIS", "bib": "BibTeX", "csl.json": "CSL-JSON"}


def bibliography(document: IssueDocument) -> dict[str, str]:
    """{format: file} of the pages of `document` that are records, in reading order, each once;
    {} where none is. A constant number of queries a type of page."""
    order = list(dict.fromkeys(line.page_id for line in document.lines))
    records: dict[int, dict[str, str]] = {}
    for model in entry_models():
        if missing := set(order) - records.keys():
            for page in model.objects.filter(pk__in=missing).for_export():
                records[page.pk] = {name: page.export(name) for name in MEDIA_TYPES}
    found = {name: _records(records, order, name) for name in MEDIA_TYPES}
    if not any(found.values()):
        return {}
    return {
        "ris": "".join(found["ris"]),
        "bib": "\n\n".join(entry.strip("\n") for entry in found["bib"]) + "\n",
        "csl.json": _array(found["csl.json"]),
    }


def _records(records: dict[int, dict[str, str]], order: Iterable[int], name: str) -> list[str]:
    return [record for pk in order if pk in records and (record := records[pk][name])]


def _array(items: Iterable[str]) -> str:
    return json.dumps([json.loads(item) for item in items], ensure_ascii=False, indent=1) + "\n"
