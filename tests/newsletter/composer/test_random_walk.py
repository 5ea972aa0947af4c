"""Whatever the order of the moves, no page is lost, doubled or given another's words."""

import random
from collections import Counter
from collections.abc import Callable

import pytest

from newsletter.composer import moves, parts
from newsletter.composer.composition import AGENDA, FEATURED, Composition, Item
from newsletter.composer.lists import MoveError
from tests.newsletter.composer.samples import composition, free, held, items, part

STEPS, PAGES = 300, range(1, 41)
Lines = Counter[tuple[str, int | None, str, str]]


def lines(made: Composition) -> Lines:
    return Counter((i.id, i.page_id, i.title, i.summary) for i in made.items)


class Walk:
    """Draws moves from a seed, and says of each what may happen to the lines."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.made = composition(
            part("a", 1, 2, 3, discover=(4,)),
            free("f"),
            part("b", 5),
            featured=items(6),
            agenda=(*items(7), Item("twice", 1)),
        )

    def line(self) -> str:
        return self.dice.choice([*(i.id for i in self.made.items), "gone"])

    def part(self) -> str:
        return self.dice.choice([*(p.id for p in self.made.parts), "gone"])

    def place(self) -> str:
        return self.dice.choice([self.part(), AGENDA, FEATURED])

    def rank(self) -> int | None:
        return self.dice.choice([None, -5, 0, 1, 2, 10**9])

    def arrange(self) -> Composition:
        """A move that changes places only."""
        dice, made = self.dice, self.made
        box = dice.choice(["items", "discover"])
        acts: list[Callable[[], Composition]] = [
            lambda: moves.move(made, self.line(), self.place(), box, self.rank()),
            lambda: moves.shift(made, self.line(), dice.choice([-2, -1, 1, 2])),
            lambda: moves.pin(made, self.line()),
            lambda: moves.unpin(made, self.line()),
            lambda: parts.add_rubric(made, "Neuve", self.part()),
            lambda: parts.add_free(made, "Bloc", "<p>Oui</p>", self.part()),
            lambda: parts.rewrite_rubric(made, self.part(), "Titre", "Chapô", ""),
            lambda: parts.shift_part(made, self.part(), dice.choice([-1, 1])),
            lambda: parts.split(made, self.line(), "Suite"),
            lambda: moves.undecided(made, dice.choice(PAGES)),
        ]
        return dice.choice(acts)()

    def accept(self) -> None:
        page, before = self.dice.choice(PAGES), held(self.made)
        self.made = moves.accept(self.made, page, self.place(), "items", self.rank())
        assert before[page] == 0
        assert held(self.made) - before == Counter([page])

    def discard(self) -> None:
        page, before = self.dice.choice(PAGES), held(self.made)
        decide = self.dice.choice([moves.reject, moves.postpone])
        self.made = decide(self.made, page)
        assert before - held(self.made) == Counter({page: before[page]})

    def remove(self) -> None:
        before, gone = lines(self.made), self.line()
        self.made = moves.remove(self.made, gone)
        assert [line[0] for line in before - lines(self.made)] == [gone]

    def step(self) -> None:
        chance = self.dice.random()
        if chance < 0.25:
            self.accept()
        elif chance < 0.3:
            self.discard()
        elif chance < 0.35:
            self.remove()
        else:
            before = lines(self.made)
            self.made = self.arrange()
            assert lines(self.made) == before


@pytest.mark.parametrize("seed", range(5))
def test_any_sequence_of_moves_keeps_every_page_once(seed: int) -> None:
    walk, refused = Walk(seed), 0
    for _ in range(STEPS):
        before = walk.made
        try:
            walk.step()
        except MoveError:
            refused += 1
            assert walk.made is before
        made = walk.made
        given = [line.id for line in made.items] + [p.id for p in made.parts]
        assert len(set(given)) == len(given)
        assert len(made.featured) <= 1
        # Page 1 alone began in two places.
        assert {pk for pk, count in held(made).items() if count > 1} <= {1}
        decided = {*made.choices.rejected, *made.choices.postponed}
        assert decided.isdisjoint(made.page_ids)
        assert not set(made.choices.rejected) & set(made.choices.postponed)
    assert 0 < refused < STEPS / 2
