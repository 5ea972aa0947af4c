from search.backends import postgresql, sqlite
from search.clauses import TITLE, holds_all, holds_any, side_by_side
from search.query import Query, Unit

UNITS = Query.parse({"q": ["tiers-lieux école"]}).units


def test_each_database_gets_its_own_words() -> None:
    clause = holds_all(UNITS, TITLE)
    assert sqlite.match_text(clause) == '{title} : ("tier lieu" AND "ecol")'
    assert postgresql.match_text(clause) == "('tier':A <-> 'lieu':A) & ('ecol':A)"


def test_one_of_several_may_do() -> None:
    assert sqlite.match_text(holds_any(UNITS)) == '"tier lieu" OR "ecol"'
    assert postgresql.match_text(holds_any(UNITS)) == "('tier' <-> 'lieu') | ('ecol')"


def test_a_row_of_words_is_one_phrase() -> None:
    assert sqlite.match_text(side_by_side(UNITS)) == '"tier lieu ecol"'


def test_a_prefix_is_marked() -> None:
    clause = holds_all([Unit(("inno",), "inno", is_prefix=True)], TITLE)
    assert sqlite.match_text(clause) == '{title} : ("inno" *)'
    assert postgresql.match_text(clause) == "('inno':*A)"
