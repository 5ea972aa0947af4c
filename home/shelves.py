"""What the home page shows: the latest entries, the next dates."""

from home.cards import Card
from home.models.gathering import entry_models

LATEST = 6
NEXT_DATES = 5


def latest_cards(limit: int = LATEST) -> list[Card]:
    """The most recently published entries of the undated collections, newest first."""
    cards: list[Card] = []
    for model in entry_models():
        if not model.is_dated:
            cards += model.objects.listed().newest_first()[:limit].cards()
    return sorted(cards, key=lambda card: (str(card.published), card.page_id), reverse=True)[:limit]


def next_dates(limit: int = NEXT_DATES) -> list[Card]:
    """Dated entries that are not over, soonest first."""
    cards: list[Card] = []
    for model in entry_models():
        if model.is_dated:
            cards += model.objects.listed().upcoming()[:limit].cards()
    return cards[:limit]


def home_shelves() -> dict[str, list[Card]]:
    return {"latest": latest_cards(), "dates": next_dates()}
