"""The only door to a database's search: a `Query` in, `Results` out, alike on both.

What is tried, in this order: every word; every word once the unknown ones are corrected; the
entries that hold most of the words. `Results.mode` says which.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.core.paginator import Page, Paginator
from django.db.models import Max, QuerySet
from django.utils.safestring import SafeString

from home.cards import Card
from search.clauses import holds_all, holds_any
from search.facets import Facet, facets_of, narrowed
from search.highlight import Passage, passage
from search.lexicon import Lexicon
from search.models import SearchEntry
from search.query import Query, Unit
from search.ranking import hits, ordered
from search.registry import cards_of

PER_PAGE = 20
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
    reading = _read(query, lexicon)
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


def _read(query: Query, lexicon: Lexicon) -> Reading:
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
    return _most(rows, units)


def _most(rows: QuerySet[SearchEntry], units: Sequence[Unit]) -> Reading:
    """The rows that hold as many of the units as any row does."""
    needed = [unit for unit in units if not unit.is_optional]
    rows = rows.holding(holds_any(needed)).annotate(held=hits(needed))
    best = rows.aggregate(best=Max("held"))["best"]
    if not best:
        return Reading("none", SearchEntry.objects.none())
    return Reading("most", rows.filter(held=best), tuple(units))


def _hits(rows: list[SearchEntry], units: Sequence[Unit]) -> tuple[Hit, ...]:
    cards = cards_of((row.pk, row.collection) for row in rows)
    return tuple(
        Hit(cards[row.pk], passage(row.text or cards[row.pk].summary, units))
        for row in rows
        if row.pk in cards
    )
