"""Pure. How far a word is from another, and which known word was probably meant."""

from collections.abc import Iterable
from typing import NamedTuple

from search.analysis import fold, stem

ELISIONS = ("qu", "c", "d", "j", "l", "m", "n", "s", "t")
LOST_LETTERS = 5  # words this short bear one fault, longer ones two


class Known(NamedTuple):
    """A word of the vocabulary: its token, as it is written, in how many entries."""

    token: str
    shown: str
    entries: int


def allowed(word: str) -> int:
    """How many faults `word` may hold; none where any word would do."""
    if len(word) < 4 or any(c.isdigit() for c in word):
        return 0
    return 1 if len(word) <= LOST_LETTERS else 2


def distance(a: str, b: str, limit: int) -> int:
    """Damerau-Levenshtein (two adjacent letters exchanged count once), at most `limit` + 1."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    older: list[int] = []
    old = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(old[j] + 1, row[j - 1] + 1, old[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        older, old = old, row
    return min(old[-1], limit + 1)


def nearest(word: str, vocabulary: Iterable[Known]) -> Known | None:
    """The known word nearest to `word` as typed: fewest faults, then most entries."""
    typed, limit = fold(word), allowed(fold(word))
    if not limit:
        return None
    token, letters = stem(typed), set(typed)
    best: tuple[int, int, str] | None = None
    chosen = None
    for known in vocabulary:
        surface = fold(known.shown)
        if len(letters.symmetric_difference(surface)) > 2 * limit + 2:
            continue
        far = min(distance(typed, surface, limit), distance(token, known.token, limit))
        rank = (far, -known.entries, known.token)
        if far <= limit and (best is None or rank < best):
            best, chosen = rank, known
    return chosen


def lost_elision(word: str) -> tuple[str, str] | None:
    """« lage » → ("l", "age"): what an apostrophe may have separated."""
    typed = fold(word)
    for article in ELISIONS:
        rest = typed.removeprefix(article)
        if rest != typed and len(rest) >= 3 and rest[0] in "aeiouyh":
            return article, rest
    return None
