"""A page's rows in the index, made and not yet saved."""

from dataclasses import dataclass

from home.cards import FacetValue
from search.analysis import fold, surfaces, token_line
from search.models import SearchEntry, SearchFacet
from search.registry import Searchable

# Facets whose labels are worth typing: « rapport numérique 2018 » names a type and a year.
SPOKEN_FACETS = ("type", "annee", "editeur")


@dataclass(slots=True)
class Rows:
    """`shown` gives, for each token, a word as a reader writes it."""

    entry: SearchEntry
    facets: list[SearchFacet]
    shown: dict[str, str]


def rows_of(page: Searchable) -> Rows:
    text, card, values = page.search_text(), page.card(), page.facet_values()
    spoken = [value.label for value in values if value.name in SPOKEN_FACETS]
    subjects = "\n".join([text.subjects, *spoken])
    lines = [part.replace("\x00", " ") for part in (text.title, text.names, subjects, text.body)]
    fields = [token_line(line) for line in lines]
    entry = SearchEntry(
        page_id=page.pk,
        collection=page.collection,
        title=fields[0],
        names=fields[1],
        subjects=fields[2],
        body=fields[3],
        title_length=min(len(fields[0].split()), 1000),
        title_key=title_key(card.title),
        sort_date=card.sort_date,
        text=lines[3],
    )
    return Rows(entry, _facets(entry, values), surfaces("\n".join(lines)))


def _facets(entry: SearchEntry, values: list[FacetValue]) -> list[SearchFacet]:
    unique = {(v.name, v.value[:120]): v.label[:200] for v in values if v.value}
    return [
        SearchFacet(entry=entry, name=name, value=value, label=label)
        for (name, value), label in unique.items()
    ]


def title_key(title: str) -> str:
    """Orders alike in every collation: letters and digits only, « 0 » between words."""
    return "0".join(filter(None, map(fold, title.split())))[:120]
