"""Pure. What is asked of an index, without any database's syntax: units, in which fields."""

from collections.abc import Iterable
from dataclasses import dataclass

from search.query import Unit

TITLE = ("title",)
ABOUT = ("names", "subjects")
ANYWHERE = ("title", "names", "subjects", "body")


@dataclass(frozen=True, slots=True)
class Clause:
    """Every unit, or at least one, within these fields taken together."""

    units: tuple[Unit, ...]
    fields: tuple[str, ...] = ANYWHERE
    every: bool = True


def holds_all(units: Iterable[Unit], fields: tuple[str, ...] = ANYWHERE) -> Clause:
    return Clause(tuple(units), fields)


def holds_any(units: Iterable[Unit], fields: tuple[str, ...] = ANYWHERE) -> Clause:
    return Clause(tuple(units), fields, every=False)


def side_by_side(units: Iterable[Unit], fields: tuple[str, ...] = ANYWHERE) -> Clause:
    """All the tokens of these units in a row."""
    row = tuple(token for unit in units for token in unit.tokens)
    return Clause((Unit(row, ""),), fields)
