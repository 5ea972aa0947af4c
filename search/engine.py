"""The only door to a database's search: a `Query` in, `Results` out, alike on both.

What is tried, in this order: every word; every word once the unknown ones are corrected; the
entries that hold most of the words. `Results.mode` says which.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Literal

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.safestring import SafeString

from home.cards import Card
from search.clauses import holds_all, holds_any
from search.facets import Facet, facets_of, narrowed
from search.highlight import Passage, passage
from search.lexicon import Lexicon
from search.models import SearchEntry
from search.query import Query, Unit
from search.ranking import ordered
from search.registry import cards_of

PER_PAGE = 20
MOST = 1000
Weights = Mapping[Unit, int]
Mode = Literal["everything", "all", "corrected", "most", "none"]


@dataclass(frozen=True, slots=True)
class Hit:
    """One result."""

    card: Card
    passage: Passage

    @property
    def snippet(self) -> SafeString:
        return self.passage.html


@dataclass(frozen=True, slots=True)
class Results:
    """The answer. `suggestion` is the corrected text, None when nothing had to be corrected;
    with the mode "corrected", the results are those of the suggestion."""

    query: Query
    mode: Mode
    total: int
    hits: tuple[Hit, ...]
    facets: list[Facet]
    page_obj: Page
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How a question was understood: the rows that answer it, before facets."""

    mode: Mode
    rows: QuerySet[SearchEntry]
    units: tuple[Unit, ...] = ()


def run(query: Query, *, per_page: int = PER_PAGE) -> Results:
    """Never raises for what a person typed; a page past the end is the last one."""
    lexicon = Lexicon.of(query.units)
    reading = read(query, lexicon)
    units = reading.units
    rows = ordered(narrowed(reading.rows, query), units, lexicon.weights(units), query.sort)
    paginator = Paginator(rows.defer("title", "names", "subjects", "body"), per_page)
    page_obj = paginator.get_page(query.page)
    return Results(
        query=query,
        mode=reading.mode,
        total=paginator.count,
        hits=_hits(list(page_obj.object_list), units),
        facets=facets_of(reading.rows, query) if reading.mode != "none" else [],
        page_obj=page_obj,
        suggestion=lexicon.corrected_text(query),
    )


def read(query: Query, lexicon: Lexicon) -> Reading:
    """How `query` is understood; facets are not applied yet."""
    rows = SearchEntry.objects.listed()
    if query.is_empty:
        return Reading("none", SearchEntry.objects.none())
    if query.excluded:
        rows = rows.without(holds_any(query.excluded))
    if not query.units:
        return Reading("everything", rows)
    units = lexicon.known(query.units)
    needed = [unit for unit in units if not unit.is_optional]
    if lexicon.knows(needed) and (found := rows.holding(holds_all(needed))).exists():
        return Reading("all", found, units)
    if corrected := lexicon.corrected(query.units):
        needed = [unit for unit in corrected if not unit.is_optional]
        if (found := rows.holding(holds_all(needed))).exists():
            return Reading("corrected", found, corrected)
        units = corrected
    return _most(rows, units, lexicon.weights(units))


def _most(rows: QuerySet[SearchEntry], units: Sequence[Unit], weights: Weights) -> Reading:
    """The rows that hold as many of the units as any row does, MOST of them at the utmost.

    Counted from each unit's own list, which both databases read from their index: asking every
    row about every unit takes PostgreSQL seconds for 24 units over 10,000 rows.
    """
    held: Counter[int] = Counter()
    worth: Counter[int] = Counter()
    for unit in units:
        if not unit.is_optional:
            for pk in SearchEntry.objects.holding(holds_all([unit])).values_list("pk", flat=True):
                held[pk] += 1
                worth[pk] += weights[unit]
    for count in sorted(set(held.values()), reverse=True):
        best = (pk for pk, number in held.items() if number == count)
        found = rows.filter(pk__in=nlargest(MOST, best, key=lambda pk: (worth[pk], pk)))
        if found.exists():
            return Reading("most", found, tuple(units))
    return Reading("none", SearchEntry.objects.none())


def _hits(rows: list[SearchEntry], units: Sequence[Unit]) -> tuple[Hit, ...]:
    cards = cards_of((row.pk, row.collection) for row in rows)
    return tuple(
        Hit(cards[row.pk], passage(row.text or cards[row.pk].summary, units))
        for row in rows
        if row.pk in cards
    )
