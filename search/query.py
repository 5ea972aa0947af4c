"""Pure. A question: parsed from a URL's parameters, clean, canonical; it never raises.

A `Unit` is what must be found as a whole: one token, or several that follow one another
(a phrase between quotes, a hyphenated word). Nothing here knows a database's syntax.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode

from search.analysis import tokens, words

FACETS = ("type", "theme", "annee", "territoire", "editeur", "langue", "acces")
SORTS = ("pertinence", "date", "titre")
MAX_CHARACTERS = 300
MAX_TERMS = 24
MAX_VALUES = 20
MAX_VALUE_CHARACTERS = 120
MAX_PAGE = 100_000

HYPHENS = "-\u2010\u2011\u2212"
CHUNK = re.compile(
    rf"""(?P<minus>(?<!\S)[{HYPHENS}])?
         (?: "(?P<a>[^"]*)" | «(?P<b>[^»]*)» | [“„](?P<c>[^“”]*)[“”] | (?P<word>[^\s"«»“”„]+) )""",
    re.VERBOSE,
)
BETWEEN_WORDS = re.compile(r"[,;:/|+&()\[\]{}<>!?*=~^\\]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """Tokens that must follow one another. `shown` is what was typed."""

    tokens: tuple[str, ...]
    shown: str
    is_optional: bool = False
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A question. `facets` holds (name, values) in the order of FACETS, values sorted."""

    text: str = ""
    units: tuple[Unit, ...] = ()
    excluded: tuple[Unit, ...] = ()
    facets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sort: str = SORTS[0]
    page: int = 1

    @classmethod
    def parse(cls, params: Mapping[str, Sequence[str]]) -> Self:
        """From lists of strings by parameter name (`dict(request.GET.lists())`)."""
        text = clean((params.get("q") or [""])[-1], MAX_CHARACTERS)
        units, excluded = parse_text(text)
        facets = tuple(
            (name, values) for name in FACETS if (values := _values(params.get(name) or []))
        )
        sort = (params.get("tri") or [""])[-1]
        return cls(
            text=text,
            units=units,
            excluded=excluded,
            facets=facets,
            sort=sort if sort in SORTS else SORTS[0],
            page=_page((params.get("page") or [""])[-1]),
        )

    @property
    def is_empty(self) -> bool:
        """Something typed in which no word counts: stop words, signs, emoji."""
        return bool(self.text) and not self.units and not self.excluded

    def values(self, name: str) -> tuple[str, ...]:
        """The values chosen in one facet."""
        return dict(self.facets).get(name, ())

    def with_(self, name: str, value: str) -> "Query":
        """The same question with one more facet value, from its first page."""
        return self._choose(name, {*self.values(name), value})

    def without(self, name: str, value: str | None = None) -> "Query":
        """The same question without one facet value, or without that whole facet."""
        kept = {v for v in self.values(name) if v != value} if value is not None else set()
        return self._choose(name, kept)

    def without_facets(self) -> "Query":
        return replace(self, facets=(), page=1)

    def saying(self, text: str) -> "Query":
        """The same facets and order with other words."""
        text = clean(text, MAX_CHARACTERS)
        units, excluded = parse_text(text)
        return replace(self, text=text, units=units, excluded=excluded, page=1)

    def sorted_by(self, sort: str) -> "Query":
        return replace(self, sort=sort if sort in SORTS else SORTS[0], page=1)

    def on_page(self, page: int) -> "Query":
        return replace(self, page=_page(str(page)))

    def params(self) -> list[tuple[str, str]]:
        """The canonical parameters: fixed order, defaults left out."""
        pairs = [("q", self.text)] if self.text else []
        pairs += [(name, value) for name, values in self.facets for value in values]
        if self.sort != SORTS[0]:
            pairs.append(("tri", self.sort))
        return [*pairs, ("page", str(self.page))] if self.page > 1 else pairs

    def query_string(self) -> str:
        return urlencode(self.params())

    def _choose(self, name: str, values: set[str]) -> "Query":
        chosen = dict(self.facets)
        chosen[name] = _values(sorted(values))
        facets = tuple((n, chosen[n]) for n in FACETS if chosen.get(n))
        return replace(self, facets=facets, page=1)


def clean(text: str, limit: int) -> str:
    """`text` on one line without control, invisible or unpaired characters, cut at `limit`."""
    text = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Zs") else c
        for c in text[: limit * 20]
        if unicodedata.category(c) not in ("Cs", "Cn", "Co") and c not in "\u200b\u2060\ufeff\u00ad"
    )
    return " ".join(text.split())[:limit].rstrip()


def parse_text(text: str) -> tuple[tuple[Unit, ...], tuple[Unit, ...]]:
    """(what must be found, what must not), at most MAX_TERMS tokens in all."""
    wanted: dict[tuple[str, ...], Unit] = {}
    refused: dict[tuple[str, ...], Unit] = {}
    left = MAX_TERMS
    for chunk in CHUNK.finditer(text):
        quoted = next((chunk[g] for g in "abc" if chunk[g] is not None), None)
        units = _phrase(quoted) if quoted is not None else _loose(chunk["word"])
        for unit in units:
            if kept := unit.tokens[:left]:
                left -= len(kept)
                target = refused if chunk["minus"] else wanted
                target.setdefault(kept, replace(unit, tokens=kept))
    return _settle(wanted), tuple(replace(u, is_optional=False) for u in refused.values())


def _settle(wanted: dict[tuple[str, ...], Unit]) -> tuple[Unit, ...]:
    """Initials are optional only beside words."""
    units = tuple(wanted.values())
    if all(unit.is_optional for unit in units):
        return tuple(replace(unit, is_optional=False) for unit in units)
    return units


def _phrase(text: str) -> list[Unit]:
    found = tuple(tokens(text))
    return [Unit(found, text.strip())] if found else []


def _loose(chunk: str) -> list[Unit]:
    units = []
    for part in BETWEEN_WORDS.split(chunk):
        found = list(words(part))
        if found and any(hyphen in part for hyphen in HYPHENS):
            row = tuple(word.token for word in found)
            units.append(Unit(row, part, all(map(_is_initial, row))))
        else:
            units += [Unit((w.token,), w.surface, _is_initial(w.token)) for w in found]
    return units


def _is_initial(token: str) -> bool:
    return len(token) == 1 and token.isalpha()


def _values(given: Sequence[str]) -> tuple[str, ...]:
    cleaned = {clean(value, MAX_VALUE_CHARACTERS) for value in given[: MAX_VALUES * 5]}
    return tuple(sorted(cleaned - {""}))[:MAX_VALUES]


def _page(given: str) -> int:
    number = int(given) if given.isascii() and given.isdigit() and len(given) <= 6 else 1
    return min(max(number, 1), MAX_PAGE)
