"""Pure. The passage of a text that answers a question, its words marked."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from search.analysis import Word, words
from search.query import Unit

PASSAGE_CHARACTERS = 200
READ_CHARACTERS = 20_000  # of a long document: quoting its first pages is enough


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text and the spans, [start, end), of the words that were asked for."""

    text: str
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def html(self) -> SafeString:
        """Escaped first, then marked."""
        parts, at = [], 0
        for start, end in self.spans:
            parts += [
                escape(self.text[at:start]),
                "<mark>",
                escape(self.text[start:end]),
                "</mark>",
            ]
            at = end
        return mark_safe("".join([*parts, escape(self.text[at:])]))


def passage(text: str, units: Iterable[Unit], limit: int = PASSAGE_CHARACTERS) -> Passage:
    """About `limit` characters of `text` around the most different words asked for.

    Without any of them, the beginning of the text.
    """
    flat = " ".join(text[:READ_CHARACTERS].split())
    found = _found(flat, list(units))
    start, end = _window(flat, found, limit)
    quoted = flat[start:end].strip()
    start = flat.index(quoted, start) if quoted else start
    before, after = "… " if start else "", " …" if start + len(quoted) < len(flat) else ""
    shift = len(before) - start
    spans = tuple(
        (w.start + shift, w.end + shift)
        for w in found
        if w.start >= start and w.end <= start + len(quoted)
    )
    return Passage(f"{before}{quoted}{after}", spans)


def _found(text: str, units: list[Unit]) -> list[Word]:
    wanted = {token for unit in units for token in unit.tokens}
    prefixes = tuple(unit.tokens[-1] for unit in units if unit.is_prefix)
    return [
        word
        for word in words(text)
        if word.token in wanted or (prefixes and word.token.startswith(prefixes))
    ]


def _window(text: str, found: list[Word], limit: int) -> tuple[int, int]:
    """[start, end) at word borders, a third of the room left before the first word asked for."""
    best, score = 0, -1
    for first in found:
        inside = {w.token for w in found if first.start <= w.start and w.end <= first.start + limit}
        if len(inside) > score:
            best, score = first.start, len(inside)
    last = max((w.end for w in found if w.end <= best + limit), default=best)
    start = max(0, best - max(0, limit - (last - best)) // 3)
    end = min(len(text), start + limit)
    start = max(0, end - limit) if end == len(text) else start
    if start:
        start = text.rfind(" ", 0, start + 1) + 1
    if end < len(text):
        end = max(text.rfind(" ", start, end + 1), last)
    return start, end
