"""Pure. A clause in FTS5's language (https://www.sqlite.org/fts5.html, section 3).

Tokens hold letters and digits only, and are quoted: nothing of theirs can act as an operator.
"""

from search.clauses import ANYWHERE, Clause
from search.query import Unit


def match_text(clause: Clause) -> str:
    """`{title} : ("tier lieu" AND "innov"*)`."""
    inside = (" AND " if clause.every else " OR ").join(_unit(unit) for unit in clause.units)
    if clause.fields == ANYWHERE:
        return inside
    return f"{{{' '.join(clause.fields)}}} : ({inside})"


def _unit(unit: Unit) -> str:
    return f'"{" ".join(unit.tokens)}"' + (" *" if unit.is_prefix else "")
