"""The order of results: whole numbers computed alike by both databases, so that they agree.

A unit weighs by its rarity. Found in the title it counts ten times, among names and subjects
five times, elsewhere once. Words side by side, and a title that is nothing else, count more.
"""

from collections.abc import Mapping, Sequence
from math import log

from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest

from search.clauses import ABOUT, ANYWHERE, TITLE, Clause, holds_all, side_by_side
from search.models import Holds
from search.query import Unit

NEWEST = (F("sort_date").desc(nulls_last=True), F("pk").desc())
ORDERS = {
    "pertinence": (F("score").desc(), *NEWEST),
    "date": NEWEST,
    "titre": (F("title_key").asc(), *NEWEST),
}
IN_TITLE, IN_ABOUT, IN_ANY = 9, 4, 1
ROW_IN_TITLE, ROW_ANYWHERE, WHOLE_TITLE = 3, 1, 4


def rarity(entries: int, total: int) -> int:
    """A unit's weight: 100 when it is everywhere, more the fewer entries hold it."""
    return 100 + round(100 * log((total + 1) / (min(entries, total) + 1)))


def ordered(
    rows: QuerySet, units: Sequence[Unit], weights: Mapping[Unit, int], sort: str
) -> QuerySet:
    """`rows` in the order asked for; the last resort is the row's number, so no two tie."""
    if sort != "pertinence" or not units:
        return rows.order_by(*(ORDERS["date"] if sort == "pertinence" else ORDERS[sort]))
    return rows.annotate(score=score(units, weights)).order_by(*ORDERS["pertinence"])


def score(units: Sequence[Unit], weights: Mapping[Unit, int]) -> Combinable:
    total = Value(0, output_field=IntegerField())
    for unit in units:
        total += points(Clause((unit,), TITLE), IN_TITLE * weights[unit])
        total += points(Clause((unit,), ABOUT), IN_ABOUT * weights[unit])
        total += points(Clause((unit,), ANYWHERE), IN_ANY * weights[unit])
    needed = [unit for unit in units if not unit.is_optional]
    everything = sum(weights[unit] for unit in needed)
    if len(needed) > 1 and not any(unit.is_prefix for unit in needed):
        total += points(side_by_side(needed, TITLE), ROW_IN_TITLE * everything)
        total += points(side_by_side(needed), ROW_ANYWHERE * everything)
    if needed:
        length = Greatest(F("title_length"), Value(1), output_field=IntegerField())
        bonus = Value(WHOLE_TITLE * everything, output_field=IntegerField()) / length
        whole = When(Holds(holds_all(needed, TITLE)), then=bonus)
        total += Case(whole, default=Value(0), output_field=IntegerField())
    return total


def points(clause: Clause, worth: int) -> Case:
    held = When(Holds(clause), then=Value(worth))
    return Case(held, default=Value(0), output_field=IntegerField())
