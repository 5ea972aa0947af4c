"""Facets: the values found among the results, each facet counted with the others applied."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from search.models import SearchEntry, SearchFacet
from search.query import FACETS, Query

LABELS = {
    "type": "Type",
    "theme": "Thème",
    "annee": "Année",
    "territoire": "Territoire",
    "editeur": "Éditeur",
    "langue": "Langue",
    "acces": "Accès",
}
SHOWN_VALUES = 12
NEWEST_FIRST = frozenset({"annee"})


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """One value; `query` is the question with it chosen, or given up when it is `selected`."""

    value: str
    label: str
    count: int
    selected: bool
    query: Query

    @property
    def url(self) -> str:
        return f"?{self.query.query_string()}"


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its first values; `hidden` tells how many more there are."""

    name: str
    label: str
    values: tuple[FacetChoice, ...]
    hidden: int = 0


def narrowed(rows: QuerySet[SearchEntry], query: Query, but: str = "") -> QuerySet[SearchEntry]:
    """`rows` that agree with every facet chosen, `but` one."""
    for name, values in query.facets:
        if name != but:
            rows = rows.in_facet(name, values)
    return rows


def facets_of(rows: QuerySet[SearchEntry], query: Query) -> list[Facet]:
    """Every facet with values, in the order of FACETS; a query, and one a facet in use."""
    chosen = [name for name, _ in query.facets]
    counted = _counts(narrowed(rows, query), [name for name in FACETS if name not in chosen])
    for name in chosen:
        counted |= _counts(narrowed(rows, query, but=name), [name])
    labels = _labels_of_chosen(query, counted)
    facets = (_facet(name, counted.get(name, {}), labels, query) for name in FACETS)
    return [facet for facet in facets if facet.values]


Counts = dict[str, dict[str, tuple[str, int]]]


def _counts(rows: QuerySet[SearchEntry], names: Iterable[str]) -> Counts:
    """{facet: {value: (label, entries)}}.

    Names are sorted out here: in the query they would lead SQLite to read whole facets.
    """
    counted: Counts = {}
    wanted = set(names)
    found = (
        SearchFacet.objects.filter(entry__in=rows.order_by().values("pk"))
        .values_list("name", "value")
        .annotate(label=Max("label"), entries=Count("entry"))
    )
    for name, value, label, entries in found:
        if name in wanted:
            counted.setdefault(name, {})[value] = (label, entries)
    return counted


def _labels_of_chosen(query: Query, counted: Counts) -> dict[tuple[str, str], str]:
    """Labels of chosen values that no result carries any more."""
    lost = [
        (name, value)
        for name, values in query.facets
        for value in values
        if value not in counted.get(name, {})
    ]
    if not lost:
        return {}
    known = SearchFacet.objects.filter(
        name__in={name for name, _ in lost}, value__in={value for _, value in lost}
    )
    return {(n, v): label for n, v, label in known.values_list("name", "value", "label").distinct()}


def _facet(
    name: str, counts: dict[str, tuple[str, int]], labels: dict[tuple[str, str], str], query: Query
) -> Facet:
    chosen = query.values(name)
    lost = {value: (labels.get((name, value), value), 0) for value in chosen if value not in counts}
    choices = [
        FacetChoice(
            value=value,
            label=label,
            count=count,
            selected=value in chosen,
            query=query.without(name, value) if value in chosen else query.with_(name, value),
        )
        for value, (label, count) in (counts | lost).items()
    ]
    choices.sort(key=_by_year if name in NEWEST_FIRST else _by_count)
    shown = [c for i, c in enumerate(choices) if i < SHOWN_VALUES or c.selected]
    return Facet(name, LABELS[name], tuple(shown), len(choices) - len(shown))


def _by_count(choice: FacetChoice) -> tuple[int, str, str]:
    return -choice.count, choice.label.casefold(), choice.value


def _by_year(choice: FacetChoice) -> tuple[int, str]:
    is_year = choice.value.isascii() and choice.value.isdigit()
    return -int(choice.value) if is_year else 0, choice.value
