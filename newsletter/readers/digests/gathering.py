"""What a window has brought, and the tree of themes: read once for all combinations."""

from datetime import date, timedelta

from django.utils import timezone

from home.cards import Card
from home.models import Topic, entry_models
from newsletter.periods import WEEKLY, Window
from newsletter.readers.digests.placing import Harvest, Theme, Tree, tree_of

# How far ahead a date that was announced before is announced again.
NEAR_DAYS = {WEEKLY: 14}
NEAR_DAYS_OF_OTHERS = 45
MOST_REMINDERS = 200


def harvest_of(window: Window) -> Harvest:
    """The public entries first published in the window, and the dates near its end. A constant
    number of queries a collection, whatever the number of pages."""
    begin, end = window.bounds(timezone.get_default_timezone())
    last = window.end + timedelta(days=NEAR_DAYS.get(window.frequency, NEAR_DAYS_OF_OTHERS))
    fresh: list[Card] = []
    coming: list[Card] = []
    for model in entry_models():
        pages = model.objects.listed()
        born = pages.filter(first_published_at__gte=begin, first_published_at__lt=end)
        fresh += born.newest_first().cards()
        if model.is_dated:
            known = pages.filter(first_published_at__lt=begin).upcoming()
            coming += _between(known[:MOST_REMINDERS].cards(), window.end, last)
    return Harvest(tuple(fresh), tuple(coming), window.end.toordinal())


def tree() -> Tree:
    """Every theme of the centre."""
    rows = Topic.objects.order_by("position", "name").values_list("pk", "slug", "name", "parent_id")
    return tree_of(Theme(*row) for row in rows)


def _between(cards: list[Card], first: date, last: date) -> list[Card]:
    return [
        card
        for card in cards
        if card.when and card.when.ends_on >= first and card.when.starts_on <= last
    ]
