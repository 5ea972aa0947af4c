"""What the composer shows: the three columns as values that its template draws.

A constant number of queries whatever the number of pages. Long piles are cut, and say so.
"""

from dataclasses import dataclass, field

from django.utils.safestring import mark_safe

from home.cards import Card
from home.models import brief_cards, cards_by_id
from newsletter.composer.accepting import NEW_RUBRIC
from newsletter.composer.composition import AGENDA, Composition, Item, Part
from newsletter.composer.plain import as_plain
from newsletter.composer.proposals import Proposals, Proposed, home_of
from newsletter.composer.proposing import composition_of, proposals_for
from newsletter.models import Issue
from newsletter.numbering import number_label
from newsletter.prose import safe_prose
from newsletter.rules import criteria_of
from newsletter.selection import Criteria

PROPOSED_SHOWN, ASIDE_SHOWN, ASIDE_MOST = 100, 20, 500


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the issue. `card` is None once its page is deleted; `problem` says why the line
    can not leave."""

    item: Item
    card: Card | None
    problem: str = ""
    why: tuple[str, ...] = ()
    is_first: bool = False
    is_last: bool = False

    @property
    def title(self) -> str:
        return self.item.title or (self.card.title if self.card else "Page supprimée")

    @property
    def summary(self) -> str:
        return self.item.summary or (self.card.summary if self.card else "")

    @property
    def is_rewritten(self) -> bool:
        return bool(self.item.title or self.item.summary)


@dataclass(frozen=True, slots=True)
class PartView:
    """A rubric or a free block; `plain` is a free block's words where a plain field can hold
    them, else None."""

    part: Part
    items: tuple[Row, ...] = ()
    discover: tuple[Row, ...] = ()
    html: str = ""
    plain: str | None = None
    is_first: bool = False
    is_last: bool = False

    @property
    def count(self) -> int:
        return len(self.items) + len(self.discover)


@dataclass(frozen=True, slots=True)
class Group:
    """What one rule proposes, and where that goes: a part's id, AGENDA, or NEW_RUBRIC."""

    title: str
    rule: str
    place: str
    proposed: tuple[Proposed, ...]


@dataclass(frozen=True, slots=True)
class Pile:
    """One pile of the third column: (card, notes) pairs, `count` in all."""

    key: str
    title: str
    help: str
    rows: tuple[tuple[Card, tuple[str, ...]], ...]
    count: int
    can_restore: bool = False

    @property
    def hidden(self) -> int:
        return self.count - len(self.rows)


@dataclass(frozen=True, slots=True)
class Board:
    featured: tuple[Row, ...]
    parts: tuple[PartView, ...]
    agenda: tuple[Row, ...]
    groups: tuple[Group, ...]
    piles: tuple[Pile, ...]
    proposed_count: int
    proposed_hidden: int
    lost: tuple[str, ...] = field(default=())

    @property
    def line_count(self) -> int:
        rows = sum(view.count for view in self.parts)
        return len(self.featured) + rows + len(self.agenda)


def board_of(issue: Issue, *, shown: str = "") -> Board:
    """The board of this version of the issue; `shown` is the key of a pile to show whole."""
    composition, criteria, cards = composition_of(issue), criteria_of(issue), brief_cards()
    found = proposals_for(issue, composition, cards)
    listed = {card.page_id: card for card in cards}
    missing = composition.page_ids - listed.keys()
    others = cards_by_id(missing, only_listed=False) if missing else {}
    rows = _Rows(listed, others, criteria, composition)
    last = len(composition.parts) - 1
    return Board(
        featured=rows.of(composition.featured),
        parts=tuple(
            _part_view(part, rows, is_first=rank == 0, is_last=rank == last)
            for rank, part in enumerate(composition.parts)
        ),
        agenda=rows.of(composition.agenda),
        groups=_groups(found.proposed[:PROPOSED_SHOWN], composition),
        piles=_piles(found, shown),
        proposed_count=len(found.proposed),
        proposed_hidden=max(0, len(found.proposed) - PROPOSED_SHOWN),
        lost=criteria.lost,
    )


def places_of(composition: Composition) -> tuple[tuple[str, str], ...]:
    """Where a line may be put, as (value, label) pairs: the rubrics and the agenda."""
    return (*((part.id, part.title) for part in composition.rubrics), (AGENDA, "Agenda"))


class _Rows:
    """Draws items as rows."""

    def __init__(
        self,
        listed: dict[int, Card],
        others: dict[int, Card],
        criteria: Criteria,
        composition: Composition,
    ) -> None:
        self.listed, self.others = listed, others
        self.rules = {}
        for rule in criteria.rules:
            if home := home_of(rule.title, composition):
                self.rules.setdefault(home.id, rule)

    def of(self, items: tuple[Item, ...], part_id: str = "") -> tuple[Row, ...]:
        last = len(items) - 1
        return tuple(
            self._row(item, part_id, is_first=rank == 0, is_last=rank == last)
            for rank, item in enumerate(items)
        )

    def _row(self, item: Item, part_id: str, **ends: bool) -> Row:
        card, problem = self.listed.get(item.page_id or 0), ""
        if card is None:
            card = self.others.get(item.page_id or 0)
            problem = "Page non publiée ou privée" if card else "Page supprimée"
        rule = self.rules.get(part_id)
        why = tuple(term.name for term in rule.why(card)) if rule and card else ()
        return Row(item, card, problem, why, **ends)


def _part_view(part: Part, rows: _Rows, **ends: bool) -> PartView:
    if part.free is not None:
        text = str(part.free.get("text") or "")
        return PartView(part, html=mark_safe(safe_prose(text, "")), plain=as_plain(text), **ends)
    return PartView(part, rows.of(part.items, part.id), rows.of(part.discover, part.id), **ends)


def _groups(proposed: tuple[Proposed, ...], composition: Composition) -> tuple[Group, ...]:
    groups: dict[str, list[Proposed]] = {}
    for found in proposed:
        groups.setdefault(found.rubric, []).append(found)
    return tuple(_group(rule, tuple(found), composition) for rule, found in groups.items())


def _group(rule: str, found: tuple[Proposed, ...], composition: Composition) -> Group:
    if rule == AGENDA:
        return Group("Agenda", AGENDA, AGENDA, found)
    if not rule:
        return Group("Sans rubrique", "", "", found)
    home = home_of(rule, composition)
    return Group(home.title if home else rule, rule, home.id if home else NEW_RUBRIC, found)


# Key, title, what it means; in the order of the column.
PILES = (
    ("reportees", "Reportées", "Le prochain numéro les proposera d'abord."),
    (
        "pleines",
        "Rubriques pleines",
        "Une règle les prend, mais sa rubrique a atteint son nombre maximal.",
    ),
    (
        "oubliees",
        "Oubliées",
        "Publiées et indexées, elles ne sont parues dans les rubriques d'aucun numéro "
        "(l'agenda ne compte pas).",
    ),
    ("sans-rubrique", "Sans rubrique", "Publiées dans la période, mais aucune règle ne les prend."),
    ("parues", "Déjà parues", "Un numéro les a portées."),
    ("ecartees", "Écartées", "Votre choix. Vous pouvez y revenir."),
    (
        "bannies",
        "À ne plus proposer",
        "Un autre numéro a demandé de ne plus les proposer. C'est là que l'on y revient.",
    ),
)
DECIDED = ("reportees", "ecartees")


def _piles(found: Proposals, shown: str) -> tuple[Pile, ...]:
    rows = _pile_rows(found)
    return tuple(
        Pile(
            key,
            title,
            words,
            tuple(rows[key][: ASIDE_MOST if key == shown else ASIDE_SHOWN]),
            len(rows[key]),
            key in DECIDED,
        )
        for key, title, words in PILES
    )


def _pile_rows(found: Proposals) -> dict[str, list[tuple[Card, tuple[str, ...]]]]:
    carriers = {number for _, number in found.carried}
    labels = {
        row["pk"]: number_label(row["kind"], row["number"]) or row["title"]
        for row in Issue.objects.filter(pk__in=carriers).values("pk", "kind", "number", "title")
    }
    why = {True: "ne plus proposer", False: "écartée de ce numéro"}
    return {
        "reportees": [(card, ()) for card in found.postponed],
        "pleines": [(c, (f"«\u00a0{title}\u00a0» est pleine",)) for c, title in found.crowded],
        "oubliees": [(card, ()) for card in found.forgotten],
        "sans-rubrique": [(card, ()) for card in found.unplaced],
        "parues": [(card, (f"déjà paru dans le {labels[pk]}",)) for card, pk in found.carried],
        "ecartees": [(card, (why[ever],)) for card, ever in found.rejected],
        "bannies": [(card, ()) for card in found.banned],
    }
