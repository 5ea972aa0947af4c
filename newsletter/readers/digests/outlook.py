"""What a digest would be if it left now: its readers, their combinations, what each would hold."""

from dataclasses import dataclass

from newsletter.models.bulletins import Bulletin
from newsletter.periods import Window
from newsletter.readers.combinations import combinations_of
from newsletter.readers.digests.composing import Press
from newsletter.readers.digests.gathering import harvest_of, tree
from newsletter.readers.digests.placing import Harvest, Tree
from newsletter.readers.digests.runs import EVERY_THEME_KEY, readers_of


@dataclass(frozen=True, slots=True)
class Row:
    """A combination: `themes` in words, its readers, and how many new pages it would hold."""

    key: str
    themes: str
    readers: int
    count: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """`new` pages in the window, whatever their themes; rows, the most chosen first."""

    window: Window
    rows: tuple[Row, ...]
    new: int

    @property
    def readers(self) -> int:
        return sum(row.readers for row in self.rows)

    @property
    def reached(self) -> int:
        """Readers who would receive something."""
        return sum(row.readers for row in self.rows if row.count)

    @property
    def contents(self) -> int:
        return sum(1 for row in self.rows if row.count)


def press_of(bulletin: Bulletin, window: Window) -> Press:
    return Press.of(bulletin, window, harvest_of(window), tree())


def outlook_of(
    bulletin: Bulletin, window: Window, harvest: Harvest | None = None, themes: Tree | None = None
) -> Outlook:
    """A constant number of queries, whatever the number of readers and of combinations."""
    press = Press.of(bulletin, window, harvest or harvest_of(window), themes or tree())
    rows = tuple(
        Row(
            one.key or EVERY_THEME_KEY,
            ", ".join(theme.name for theme in press.tree.named(one.topic_ids)) or "Tous les thèmes",
            one.readers,
            press.place(one.topic_ids).fresh,
        )
        for one in combinations_of(readers_of(bulletin, window.frequency))
    )
    return Outlook(window, rows, len(press.harvest.fresh))
