"""What lets pages into the issue: by hand, or where the rule that takes them sends them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from home.cards import Card
from home.models import cards_by_id
from newsletter.composer import moves, parts
from newsletter.composer.composition import AGENDA, Composition, Item
from newsletter.composer.fields import (
    Fields,
    box_of,
    card_of,
    check_dated,
    named,
    number,
    place_name,
    position_of,
)
from newsletter.composer.lists import MoveError, list_at
from newsletter.composer.proposals import Proposed, home_of
from newsletter.composer.proposing import proposals_for
from newsletter.models import Issue
from newsletter.rules import criteria_of
from newsletter.selection import newest_first

NEW_RUBRIC = "nouvelle"


def accept(issue: Issue, composition: Composition, fields: Fields) -> tuple[Composition, str]:
    """`page`, `place` (a part's id, "agenda", "featured", or "" for where its rule sends it),
    `box`, `position`; `rubrique` names a rubric to make where `place` is "nouvelle"."""
    card = card_of(number(fields, "page"))
    place, box = fields.get("place", ""), box_of(fields)
    if place == NEW_RUBRIC:
        composition = parts.add_rubric(composition, fields.get("rubrique", ""))
        place = composition.parts[-1].id
    if not place:
        return _accept_by_rule(issue, composition, card)
    position = position_of(fields)
    if place == AGENDA:
        check_dated(card)
        position = _by_date(composition.agenda, card) if position is None else position
    entered = moves.accept(composition, card.page_id, place, box, position)
    return entered, f"{named(card.title)} entre dans {place_name(entered, place)}"


def _accept_by_rule(issue: Issue, composition: Composition, card: Card) -> tuple[Composition, str]:
    found = next(
        (p for p in proposals_for(issue, composition).proposed if p.card.page_id == card.page_id),
        None,
    )
    if found is None or not found.rubric:
        raise MoveError("Aucune règle ne place cette page\u00a0: choisissez une rubrique.")
    entered, place = _enter(issue, composition, [found])
    return entered, f"{named(card.title)} entre dans {place_name(entered, place)}"


def accept_all(issue: Issue, composition: Composition, fields: Fields) -> tuple[Composition, str]:
    """Every proposed page that a rule places, or those of the rule `regle` alone."""
    wanted = fields.get("regle", "")
    found = [
        proposed
        for proposed in proposals_for(issue, composition).proposed
        if proposed.rubric and wanted in ("", proposed.rubric)
    ]
    if not found:
        raise MoveError("Il n'y a plus rien à accepter ici.")
    entered, _ = _enter(issue, composition, found)
    count = len(found)
    return entered, f"{count} page{'s' if count > 1 else ''} acceptée{'s' if count > 1 else ''}"


def _enter(
    issue: Issue, composition: Composition, found: Iterable[Proposed]
) -> tuple[Composition, str]:
    """Each page goes where its rule sends it, at the rank that the rule's order gives; a rubric
    that was removed is made again. Returns the last place too."""
    orders = {rule.title: rule.order for rule in criteria_of(issue).rules}
    cards = cards_by_id(composition.page_ids, only_listed=False)
    place = AGENDA
    for proposed in found:
        card = proposed.card
        cards[card.page_id] = card
        if proposed.rubric == AGENDA:
            place, rank = AGENDA, _by_date(composition.agenda, card, cards)
        else:
            composition, place = _home(composition, proposed.rubric)
            siblings = list_at(composition, place, proposed.box)
            rank = _rank(siblings, card, cards, orders.get(proposed.rubric, "manual"))
        composition = moves.accept(composition, card.page_id, place, proposed.box, rank)
    return composition, place


def _home(composition: Composition, rule_title: str) -> tuple[Composition, str]:
    if home := home_of(rule_title, composition):
        return composition, home.id
    made = parts.add_rubric(composition, rule_title)
    part_id, choices = made.parts[-1].id, made.choices
    homes = {**choices.homes, rule_title: part_id}
    return replace(made, choices=replace(choices, homes=homes)), part_id


def _rank(
    siblings: tuple[Item, ...], card: Card, cards: Mapping[int, Card], order: str
) -> int | None:
    """Before the first sibling that should come after it; None (the end) in a manual order."""
    if order == "manual":
        return None
    key = (lambda c: (c.title.casefold(),)) if order == "title" else newest_first
    for rank, item in enumerate(siblings):
        other = cards.get(item.page_id or 0)
        if other and key(other) > key(card):
            return rank
    return None


def _by_date(
    agenda: tuple[Item, ...], card: Card, cards: Mapping[int, Card] | None = None
) -> int | None:
    check_dated(card)
    ids = [item.page_id for item in agenda if item.page_id]
    known = cards if cards is not None else cards_by_id(ids, only_listed=False)
    for rank, item in enumerate(agenda):
        other = known.get(item.page_id or 0)
        if other and other.when and other.when.starts_on > card.when.starts_on:
            return rank
    return None
