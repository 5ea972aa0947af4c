"""What is proposed for an issue that exists, and what is set aside, each with its reason. Pure.

Nothing here is stored: proposals are what the rules select *now*, less what the issue holds and
what an editor has decided. So a page published since is proposed, and no choice is undone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from home.cards import Card, Term
from newsletter.composer.composition import AGENDA, Box, Composition, Part
from newsletter.selection import Criteria, Rule, newest_first, select_agenda


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the rest of the bulletin knows. Keys are page ids.

    `carried`: the issue that carried it (id); `waiting`: the issue that postponed it (label);
    `banned`: an editor said never again; `drafts`: another open draft that holds it (label);
    `last_issue_on`: the day of the last published issue.
    """

    carried: Mapping[int, int] = field(default_factory=dict)
    waiting: Mapping[int, str] = field(default_factory=dict)
    banned: frozenset[int] = frozenset()
    drafts: Mapping[int, str] = field(default_factory=dict)
    last_issue_on: date | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """A card that may enter: `rubric` is the title of the rule that takes it (AGENDA for a date,
    "" where no rule does), `why` the terms by which it does, `notes` what else to know."""

    card: Card
    rubric: str
    box: Box = "items"
    why: tuple[Term, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposals:
    """`carried` pairs a card with the issue that carried it, `crowded` with the full rubric's
    title, `rejected` with whether it was for ever; `banned` were so from another issue."""

    proposed: tuple[Proposed, ...] = ()
    forgotten: tuple[Card, ...] = ()
    carried: tuple[tuple[Card, int], ...] = ()
    postponed: tuple[Card, ...] = ()
    rejected: tuple[tuple[Card, bool], ...] = ()
    banned: tuple[Card, ...] = ()
    unplaced: tuple[Card, ...] = ()
    crowded: tuple[tuple[Card, str], ...] = ()

    @property
    def left_out(self) -> tuple[Card, ...]:
        """Published in the period and in no rubric, whatever the reason, newest first."""
        crowded = (card for card, _ in self.crowded)
        return tuple(sorted((*self.unplaced, *crowded), key=newest_first))


class _Sorter:
    """Puts every card on one pile."""

    def __init__(self, criteria: Criteria, composition: Composition, about: Circumstances) -> None:
        self.criteria, self.composition, self.about = criteria, composition, about
        self.counts = {rule.title: self._held_by(rule) for rule in criteria.rules}
        self.proposed: list[Proposed] = []
        self.forgotten: list[Card] = []
        self.carried: list[tuple[Card, int]] = []
        self.postponed: list[Card] = []
        self.rejected: list[tuple[Card, bool]] = []
        self.banned: list[Card] = []
        self.unplaced: list[Card] = []
        self.crowded: list[tuple[Card, str]] = []

    def _held_by(self, rule: Rule) -> int:
        part = home_of(rule.title, self.composition)
        return len(part.items) + len(part.discover) if part else 0

    def put(self, card: Card) -> None:
        choices, about, pk = self.composition.choices, self.about, card.page_id
        if pk in choices.postponed:
            self.postponed.append(card)
        elif pk in choices.rejected:
            self.rejected.append((card, choices.rejected[pk]))
        elif pk in about.banned:
            self.banned.append(card)
        elif pk in about.waiting:
            rule = next((rule for rule in self.criteria.rules if rule.takes(card)), None)
            self.propose(card, rule)
        elif self.criteria.uses_ledger and pk in about.carried:
            if self.criteria.period.holds(card.published):
                self.carried.append((card, about.carried[pk]))
        elif not self.criteria.period.holds(card.published):
            self.forget(card)
        else:
            self.place(card)

    def place(self, card: Card) -> None:
        takers = [rule for rule in self.criteria.rules if rule.takes(card)]
        free = next((rule for rule in takers if not self.is_full(rule)), None)
        last = self.about.last_issue_on
        if free:
            self.propose(card, free)
        elif takers:
            self.crowded.append((card, takers[0].title))
        elif card.terms and last and card.published and card.published < last:
            self.forget(card)
        else:
            self.unplaced.append(card)

    def is_full(self, rule: Rule) -> bool:
        return rule.maximum is not None and self.counts[rule.title] >= rule.maximum

    def forget(self, card: Card) -> None:
        if card.terms and card.page_id not in self.about.carried:
            self.forgotten.append(card)

    def propose(self, card: Card, rule: Rule | None) -> None:
        if rule:
            self.counts[rule.title] += 1
        discover = self.criteria.discover_tag in card.terms
        self.proposed.append(
            Proposed(
                card,
                rule.title if rule else "",
                "discover" if discover else "items",
                rule.why(card) if rule else (),
                self.notes(card),
            )
        )

    def notes(self, card: Card) -> tuple[str, ...]:
        about, notes = self.about, []
        if card.page_id in about.waiting:
            notes.append(f"reporté du {about.waiting[card.page_id]}")
        if card.page_id in about.drafts:
            notes.append(f"déjà dans le brouillon {about.drafts[card.page_id]}")
        if self.criteria.featured_tag and self.criteria.featured_tag in card.terms:
            notes.append("étiquetée «\u00a0à la une\u00a0»")
        return tuple(notes)


def home_of(rule_title: str, composition: Composition) -> Part | None:
    """The rubric where a rule's pages go, even renamed; else the one that bears its title."""
    home = composition.choices.homes.get(rule_title)
    by_id = next((part for part in composition.rubrics if part.id == home), None)
    return by_id or next((p for p in composition.rubrics if p.title == rule_title), None)


def propose(
    cards: Iterable[Card],
    criteria: Criteria,
    composition: Composition,
    about: Circumstances,
) -> Proposals:
    """Sorts every listed card that the issue does not hold; in each rubric, what another issue
    has postponed comes first, and takes its room first."""
    held = composition.page_ids
    cards = [card for card in cards if card.page_id not in held]
    agenda = select_agenda(cards, criteria.agenda) if criteria.agenda else ()
    choices = composition.choices
    decided = {*choices.rejected, *choices.postponed, *about.banned}
    dates = [card for card in agenda if card.page_id not in decided]
    in_agenda = {card.page_id for card in dates}
    sorter = _Sorter(criteria, composition, about)
    others = [card for card in cards if card.page_id not in in_agenda]
    for card in sorted(others, key=lambda c: (c.page_id not in about.waiting, newest_first(c))):
        sorter.put(card)
    rank = {rule.title: n for n, rule in enumerate(criteria.rules)}
    ordered = sorted(sorter.proposed, key=lambda found: rank.get(found.rubric, len(rank)))
    ordered += [Proposed(card, AGENDA, notes=sorter.notes(card)) for card in dates]
    return Proposals(
        proposed=tuple(ordered),
        forgotten=tuple(sorter.forgotten),
        carried=tuple(sorter.carried),
        postponed=tuple(sorter.postponed),
        rejected=tuple(sorter.rejected),
        banned=tuple(sorter.banned),
        unplaced=tuple(sorter.unplaced),
        crowded=tuple(sorter.crowded),
    )
