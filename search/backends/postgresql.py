"""Pure. A clause as a `tsquery` (https://www.postgresql.org/docs/15/datatype-textsearch.html).

Tokens hold letters and digits only, and are quoted: nothing of theirs can act as an operator.
"""

from search.clauses import ANYWHERE, Clause
from search.query import Unit

WEIGHTS = {"title": "A", "names": "B", "subjects": "C", "body": "D"}


def match_text(clause: Clause) -> str:
    """`('tier':A <-> 'lieu':A) & ('innov':*A)`."""
    weights = "" if clause.fields == ANYWHERE else "".join(WEIGHTS[f] for f in clause.fields)
    joint = " & " if clause.every else " | "
    return joint.join(f"({_unit(unit, weights)})" for unit in clause.units)


def _unit(unit: Unit, weights: str) -> str:
    last = ("*" if unit.is_prefix else "") + weights
    marks = [weights] * (len(unit.tokens) - 1) + [last]
    pairs = zip(unit.tokens, marks, strict=True)
    return " <-> ".join(f"'{token}'" + (f":{mark}" if mark else "") for token, mark in pairs)
