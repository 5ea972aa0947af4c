"""Which page goes to which rubric. Pure: cards in, a `Selection` out, no clock, no database.

The rules, in order: what the ledger holds is set aside; the featured page is taken out; each
page enters the first rubric that takes it and is not full; a page that also carries the discover
tag stands in the rubric's « À découvrir » box; what no rubric takes is said, never dropped.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from home.cards import Card, Term

Order = Literal["date", "title", "manual"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rubric's title and what it takes: slugs of topics or keywords, of which one (or, with
    `every`, each) must be carried and none of `excluded`; collections, empty for all."""

    title: str
    tags: frozenset[str]
    every: bool = False
    excluded: frozenset[str] = frozenset()
    collections: frozenset[str] = frozenset()
    maximum: int | None = None
    order: Order = "date"

    def takes(self, card: Card) -> bool:
        terms = card.terms
        if not self.excluded.isdisjoint(terms):
            return False
        if self.collections and card.collection not in self.collections:
            return False
        if not self.tags:
            return False
        return self.tags <= terms if self.every else not self.tags.isdisjoint(terms)

    def why(self, card: Card) -> tuple[Term, ...]:
        """The terms by which this rule takes `card`, topics first."""
        return tuple(term for term in card.topics + card.tags if term.slug in self.tags)


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
class Criteria:
    """All by which an issue selects. `agenda` is None for no agenda; `lost` names the rubrics
    whose rule refers to a topic or a keyword that exists no more."""

    rules: tuple[Rule, ...]
    period: Period
    agenda: Period | None
    featured_tag: str
    discover_tag: str
    uses_ledger: bool
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A rubric and the cards that it takes, in its order."""

    title: str
    items: tuple[Card, ...] = ()
    discover: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """The proposal. `carried` pairs a card with the id of the issue that has carried it;
    `unplaced` are those that no rubric takes, `crowded` pairs one that only full rubrics take
    with the first such rubric's title."""

    featured: Card | None
    rubrics: tuple[Placed, ...]
    agenda: tuple[Card, ...]
    unplaced: tuple[Card, ...]
    carried: tuple[tuple[Card, int], ...]
    crowded: tuple[tuple[Card, str], ...] = field(default=())

    @property
    def left_out(self) -> tuple[Card, ...]:
        """What entered no rubric, whatever the reason, newest first."""
        crowded = (card for card, _ in self.crowded)
        return tuple(sorted((*self.unplaced, *crowded), key=newest_first))


def newest_first(card: Card) -> tuple[int, str]:
    return (-(card.published.toordinal() if card.published else 0), card.title)


def arranged(cards: Iterable[Card], order: Order) -> tuple[Card, ...]:
    """`cards` in a rubric's order; "manual" begins as "date" does, and an editor goes on."""
    if order == "title":
        return tuple(sorted(cards, key=lambda card: (card.title.casefold(), card.page_id)))
    return tuple(sorted(cards, key=newest_first))


def select(
    candidates: Iterable[Card],
    rules: Iterable[Rule],
    *,
    agenda: tuple[Card, ...] = (),
    discover_tag: str = "",
    featured_tag: str = "",
    carried: Mapping[int, int] | None = None,
    first: Collection[int] = (),
) -> Selection:
    """Places every candidate once. `carried` is {page id: issue id} of the ledger; `first` are
    the ids of pages that are placed before the others, so that no maximum keeps them out."""
    carried, rules = carried or {}, tuple(rules)
    ordered = sorted(candidates, key=lambda card: (card.page_id not in first, *newest_first(card)))
    fresh = [card for card in ordered if card.page_id not in carried]
    featured = next((c for c in fresh if featured_tag and featured_tag in c.terms), None)
    boxes: dict[int, tuple[list[Card], list[Card]]] = {n: ([], []) for n in range(len(rules))}
    unplaced: list[Card] = []
    crowded: list[tuple[Card, str]] = []
    for card in fresh:
        if featured and card.page_id == featured.page_id:
            continue
        ranks = [rank for rank, rule in enumerate(rules) if rule.takes(card)]
        free = next((rank for rank in ranks if not is_full(rules[rank], boxes[rank])), None)
        if free is not None:
            boxes[free][discover_tag in card.terms].append(card)
        elif ranks:
            crowded.append((card, rules[ranks[0]].title))
        else:
            unplaced.append(card)
    in_agenda = {card.page_id for card in agenda}
    return Selection(
        featured=featured,
        rubrics=tuple(
            Placed(rule.title, *(arranged(box, rule.order) for box in boxes[rank]))
            for rank, rule in enumerate(rules)
        ),
        agenda=agenda,
        unplaced=tuple(card for card in unplaced if card.page_id not in in_agenda),
        carried=tuple((c, carried[c.page_id]) for c in ordered if c.page_id in carried),
        crowded=tuple(pair for pair in crowded if pair[0].page_id not in in_agenda),
    )


def is_full(rule: Rule, boxes: tuple[list[Card], list[Card]]) -> bool:
    return rule.maximum is not None and sum(map(len, boxes)) >= rule.maximum


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
