"""Which page goes to which rubric. Pure: cards in, a `Selection` out, no clock, no database.

The rules, in order: what the ledger holds is set aside; the featured page is taken out; each
page enters the first rubric that takes it; a page that also carries the discover tag stands
in the rubric's « À découvrir » box; what no rubric takes is said, never dropped.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from home.cards import Card


@dataclass(frozen=True, slots=True)
class Rule:
    """A rubric's title and the slugs (topics or keywords) of which one is enough."""

    title: str
    tags: frozenset[str]
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """Inclusive bounds; an absent bound is open."""

    start: date | None = None
    end: date | None = None

    def holds(self, day: date | None) -> bool:
        if day is None:
            return self.start is None and self.end is None
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Placed:
    """A rubric and the cards that it takes, newest publication first."""

    title: str
    items: tuple[Card, ...] = ()
    discover: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """The proposal. `carried` pairs a card with the id of the issue that has carried it."""

    featured: Card | None
    rubrics: tuple[Placed, ...]
    agenda: tuple[Card, ...]
    unplaced: tuple[Card, ...]
    carried: tuple[tuple[Card, int], ...]


def newest_first(card: Card) -> tuple[int, str]:
    return (-(card.published.toordinal() if card.published else 0), card.title)


def select(
    candidates: Iterable[Card],
    rules: Iterable[Rule],
    *,
    agenda: tuple[Card, ...] = (),
    discover_tag: str = "",
    featured_tag: str = "",
    carried: Mapping[int, int] | None = None,
) -> Selection:
    """Places every candidate once. `carried` is {page id: issue id} of the ledger."""
    carried, rules = carried or {}, tuple(rules)
    ordered = sorted(candidates, key=newest_first)
    fresh = [(card, card.terms) for card in ordered if card.page_id not in carried]
    featured = next((c for c, terms in fresh if featured_tag and featured_tag in terms), None)
    boxes: dict[int, tuple[list[Card], list[Card]]] = {n: ([], []) for n in range(len(rules))}
    unplaced: list[Card] = []
    for card, terms in fresh:
        if featured and card.page_id == featured.page_id:
            continue
        rank = first_rubric(terms, rules, boxes)
        if rank is not None:
            boxes[rank][discover_tag in terms].append(card)
        else:
            unplaced.append(card)
    in_agenda = {card.page_id for card in agenda}
    return Selection(
        featured=featured,
        rubrics=tuple(
            Placed(rule.title, tuple(boxes[n][0]), tuple(boxes[n][1]))
            for n, rule in enumerate(rules)
        ),
        agenda=agenda,
        unplaced=tuple(card for card in unplaced if card.page_id not in in_agenda),
        carried=tuple((c, carried[c.page_id]) for c in ordered if c.page_id in carried),
    )


def first_rubric(
    terms: frozenset[str],
    rules: tuple[Rule, ...],
    boxes: Mapping[int, tuple[list[Card], list[Card]]],
) -> int | None:
    """The rank of the first rubric that takes a card of these terms and is not full."""
    for rank, rule in enumerate(rules):
        full = rule.maximum is not None and sum(map(len, boxes[rank])) >= rule.maximum
        if not full and not rule.tags.isdisjoint(terms):
            return rank
    return None


def select_agenda(candidates: Iterable[Card], period: Period) -> tuple[Card, ...]:
    """Dated entries that overlap the period (a deadline by its day), in date order."""
    dated = [
        (when.starts_on, when.ends_on, card.title, card.page_id, card)
        for card in candidates
        if (when := card.when)
        and (period.end is None or when.starts_on <= period.end)
        and (period.start is None or when.ends_on >= period.start)
    ]
    return tuple(row[-1] for row in sorted(dated, key=lambda row: row[:4]))
