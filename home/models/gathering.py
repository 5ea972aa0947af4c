"""Entries of every collection together, whatever apps define them."""

from collections.abc import Iterable

from django.apps import apps
from django.db.models import Model

from home.cards import Card, Term
from home.models.entries import Entry
from home.models.topics import KeywordItem, TopicItem


def entry_models() -> list[type[Entry]]:
    """Every concrete entry type that the installed apps define."""
    return [model for model in apps.get_models() if issubclass(model, Entry)]


def entry_model(collection: str) -> type[Entry] | None:
    return next((m for m in entry_models() if m.collection == collection), None)


def cards_by_id(page_ids: Iterable[int], *, only_listed: bool = True) -> dict[int, Card]:
    """Cards of these pages, as {page id: card}; a constant number of queries a type."""
    wanted = set(page_ids)
    cards: dict[int, Card] = {}
    for model in entry_models():
        if missing := wanted - cards.keys():
            pages = model.objects.filter(pk__in=missing)
            found = (pages.listed() if only_listed else pages).cards()
            cards |= {card.page_id: card for card in found}
    return cards


def brief_cards() -> list[Card]:
    """Every listed entry without its printed line and its cover: what an assembly selects from.
    Two queries a collection and two more, whatever the number of pages."""
    topics, tags = _terms(TopicItem), _terms(KeywordItem)
    return [
        page.brief_card(topics.get(page.pk, ()), tags.get(page.pk, ()))
        for model in entry_models()
        for page in model.objects.listed().with_roots()
    ]


def _terms(items: type[Model]) -> dict[int, tuple[Term, ...]]:
    rows = items.objects.order_by("pk").values_list("content_object_id", "tag__slug", "tag__name")
    terms: dict[int, tuple[Term, ...]] = {}
    for page_id, slug, name in rows:
        terms[page_id] = (*terms.get(page_id, ()), Term(slug, name))
    return terms
