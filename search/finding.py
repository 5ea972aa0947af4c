"""The page ids that answer words: the search as the other apps use it, through `ENTRY_FINDER`."""

from search.engine import read
from search.facets import narrowed
from search.lexicon import Lexicon
from search.query import Query
from search.ranking import ordered


def page_ids(words: str, limit: int, *, collection: str = "") -> list[int]:
    """Listed pages that the public search finds for `words`, best first, `limit` at most.

    Understood as on the results page (corrected words, then most of the words). `collection`
    keeps one value of the facet "type". No word typed: every page, newest first; words that
    all go without saying (« le », « de »): none. Never raises for what a person typed.
    """
    query = Query.parse({"q": [words], "type": [collection] if collection else []})
    lexicon = Lexicon.of(query.units)
    reading = read(query, lexicon)
    weights = lexicon.weights(reading.units)
    rows = ordered(narrowed(reading.rows, query), reading.units, weights, query.sort)
    return list(rows.values_list("pk", flat=True)[: max(limit, 0)])
