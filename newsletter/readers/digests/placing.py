"""Which page stands under which theme of a combination. Pure: cards in, sections out."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from home.cards import Card
from newsletter.selection import newest_first

ELSEWHERE = "Autres publications"


@dataclass(frozen=True, slots=True)
class Theme:
    """A topic as the tree knows it; `parent_id` is None at the top."""

    id: int
    slug: str
    name: str
    parent_id: int | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """The themes in reading order, each before those below it. `ancestry` names, for the slug of a
    theme, its id and those above it, nearest first."""

    themes: tuple[Theme, ...]
    ancestry: dict[str, tuple[int, ...]]

    @property
    def tops(self) -> tuple[int, ...]:
        return tuple(theme.id for theme in self.themes if len(self.ancestry[theme.slug]) == 1)

    def named(self, ids: Collection[int]) -> tuple[Theme, ...]:
        """Those of `ids` that exist, in reading order."""
        return tuple(theme for theme in self.themes if theme.id in ids)


@dataclass(frozen=True, slots=True)
class Harvest:
    """What a window has brought, read once for every combination: `fresh`, first published in it,
    newest first; `coming`, the dates announced earlier that are near, soonest first. `today` is
    the day of leaving, as an ordinal: what ends before it is not announced as a date."""

    fresh: tuple[Card, ...]
    coming: tuple[Card, ...]
    today: int


@dataclass(frozen=True, slots=True)
class Section:
    """The pages of one theme; `more` are left out for want of room. `slug` is "" of those that
    carry no theme."""

    title: str
    slug: str
    cards: tuple[Card, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """At most so many pages a theme, and so many dates announced earlier."""

    a_theme: int = 15
    reminders: int = 8


@dataclass(frozen=True, slots=True)
class Placed:
    sections: tuple[Section, ...]
    agenda: tuple[Card, ...]
    fresh: int
    reminders: int = 0  # dates of the agenda that were announced earlier

    @property
    def is_empty(self) -> bool:
        """Nothing new: dates that were announced before are no reason to write."""
        return self.fresh == 0


def tree_of(themes: Iterable[Theme]) -> Tree:
    """The tree of themes, given in the order of siblings. One whose parents go round in a circle,
    or are not there, stands at the top."""
    found = list(themes)
    known = {theme.id: theme for theme in found}
    above = {theme.id: _chain(theme, known) for theme in found}
    children: dict[int | None, list[Theme]] = defaultdict(list)
    for theme in found:
        chain = above[theme.id]
        children[chain[1] if len(chain) > 1 else None].append(theme)
    ordered: list[Theme] = []
    waiting = list(reversed(children[None]))
    while waiting:
        theme = waiting.pop()
        ordered.append(theme)
        waiting.extend(reversed(children[theme.id]))
    return Tree(tuple(ordered), {theme.slug: above[theme.id] for theme in ordered})


def _chain(theme: Theme, known: dict[int, Theme]) -> tuple[int, ...]:
    chain: list[int] = []
    current: Theme | None = theme
    while current and current.id not in chain:
        chain.append(current.id)
        current = known.get(current.parent_id or 0)
    return (theme.id,) if current else tuple(chain)


def place(
    harvest: Harvest, tree: Tree, chosen: Collection[int] = (), limits: Limits | None = None
) -> Placed:
    """Each page once: under the nearest chosen theme above it, the first in the tree's order where
    several are; a date to come stands in the agenda instead. No theme chosen: every page, under
    the themes at the top."""
    limits = limits or Limits()
    wanted = {theme.id: rank for rank, theme in enumerate(tree.named(chosen or tree.tops))}
    boxes: dict[int, list[Card]] = defaultdict(list)
    dates: list[Card] = []
    elsewhere = len(wanted)
    for card in sorted(harvest.fresh, key=newest_first):
        rank = _rank(card, tree, wanted)
        if rank is None and not chosen:
            rank = elsewhere
        if rank is None:
            continue
        if card.when and card.when.ends_on.toordinal() >= harvest.today:
            dates.append(card)
        else:
            boxes[rank].append(card)
    fresh = len(dates) + sum(map(len, boxes.values()))
    known = {card.page_id for card in harvest.fresh}
    near = [
        card
        for card in harvest.coming
        if card.page_id not in known and (not chosen or _rank(card, tree, wanted) is not None)
    ]
    reminders = near[: limits.reminders]
    dates += reminders
    titles = [(tree_theme.name, tree_theme.slug) for tree_theme in tree.named(wanted)]
    titles.append((ELSEWHERE if boxes.keys() - {elsewhere} else "Publications", ""))
    sections = tuple(
        Section(*titles[rank], tuple(cards[: limits.a_theme]), max(0, len(cards) - limits.a_theme))
        for rank, cards in sorted(boxes.items())
    )
    return Placed(sections, tuple(sorted(dates, key=_soonest_first)), fresh, len(reminders))


def _rank(card: Card, tree: Tree, wanted: dict[int, int]) -> int | None:
    nearest = (
        next((wanted[pk] for pk in tree.ancestry.get(term.slug, ()) if pk in wanted), None)
        for term in card.topics
    )
    return min((rank for rank in nearest if rank is not None), default=None)


def _soonest_first(card: Card) -> tuple[int, int, str]:
    if card.when is None:
        return (0, 0, card.title)
    return (card.when.starts_on.toordinal(), card.when.ends_on.toordinal(), card.title)
