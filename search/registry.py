"""What can be found: every `Entry` type, and the page types that the composition root adds.

An added type answers what an entry answers: `objects.listed()` and `.for_cards()`,
`collection`, `card()`, `search_text()`, `facet_values()`.
"""

from collections.abc import Iterable
from typing import ClassVar, Protocol

from django.db.models import QuerySet

from home.cards import Card, FacetValue, SearchText
from home.models.gathering import entry_models


class Searchable(Protocol):
    collection: ClassVar[str]
    objects: ClassVar[QuerySet]
    pk: int

    def card(self) -> Card: ...
    def search_text(self) -> SearchText: ...
    def facet_values(self) -> list[FacetValue]: ...


_added: list[type[Searchable]] = []


def add_searchable(model: type[Searchable]) -> None:
    """Called once at start by `config`, for a page type that is not an `Entry`."""
    if model not in _added:
        _added.append(model)


def searchable_models() -> list[type[Searchable]]:
    return [*entry_models(), *_added]


def cards_of(found: Iterable[tuple[int, str]]) -> dict[int, Card]:
    """Cards of these (page id, collection), as {page id: card}, of listed pages only.

    A constant number of queries a collection present.
    """
    by_collection: dict[str, list[int]] = {}
    for page_id, collection in found:
        by_collection.setdefault(collection, []).append(page_id)
    cards: dict[int, Card] = {}
    for model in searchable_models():
        if ids := by_collection.get(model.collection):
            pages = model.objects.filter(pk__in=ids).listed().for_cards()
            cards |= {page.pk: page.card() for page in pages}
    return cards
