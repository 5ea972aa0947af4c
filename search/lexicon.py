"""What the vocabulary knows of a question's words: how rare they are, how they should be spelt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from search.analysis import fold, stem, words
from search.models import SearchEntry, SearchWord
from search.query import MAX_CHARACTERS, Query, Unit
from search.ranking import rarity
from search.spelling import Known, allowed, lost_elision, nearest

PREFIX_LETTERS = 4


@dataclass(slots=True)
class Lexicon:
    """`counts` holds the entries of each known token of one question."""

    counts: dict[str, int]
    total: int
    corrections: dict[Unit, tuple[Unit, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, units: Iterable[Unit]) -> "Lexicon":
        asked = {token for unit in units for token in unit.tokens}
        if not asked:
            return cls({}, 0)
        words = SearchWord.objects.filter(pk__in=asked).values_list("pk", "entries")
        return cls(dict(words), SearchEntry.objects.count())

    def knows(self, units: Iterable[Unit]) -> bool:
        return all(u.is_prefix or all(t in self.counts for t in u.tokens) for u in units)

    def known(self, units: Iterable[Unit]) -> tuple[Unit, ...]:
        """The same units; one unknown word that begins a known one stands for all it begins."""
        return tuple(self._or_prefix(unit) for unit in units)

    def weights(self, units: Iterable[Unit]) -> dict[Unit, int]:
        """Each unit's rarity; a phrase is as rare as its rarest word."""
        return {
            u: rarity(min(self.counts.get(token, 0) for token in u.tokens), self.total)
            for u in units
        }

    def corrected(self, units: Sequence[Unit]) -> tuple[Unit, ...] | None:
        """The units with unknown words spelt as known ones; None where no word is corrected."""
        for unit in units:
            if not self.knows([self._or_prefix(unit)]) and (better := self._correct(unit)):
                self.corrections[unit] = better
        if not self.corrections:
            return None
        return tuple(
            self.corrections[u][0] if u in self.corrections else self._or_prefix(u) for u in units
        )

    def corrected_text(self, query: Query) -> str | None:
        """What should have been typed."""
        text = query.text
        for unit, (_, shown) in self.corrections.items():
            text = text.replace(unit.shown, shown)
        return text[:MAX_CHARACTERS] if text != query.text else None

    def _or_prefix(self, unit: Unit) -> Unit:
        typed = fold(unit.shown)
        if len(unit.tokens) > 1 or unit.tokens[0] in self.counts or len(typed) < PREFIX_LETTERS:
            return unit
        known = SearchWord.objects.filter(pk__startswith=typed).values_list("entries", flat=True)
        if not (entries := list(known[:200])):
            return unit
        self.counts[typed] = max(entries)
        return replace(unit, tokens=(typed,), is_prefix=True)

    def _correct(self, unit: Unit) -> tuple[Unit, str] | None:
        """The unit with each unknown word spelt well, and how it is written."""
        row, shown = [], unit.shown
        for word in words(unit.shown):
            if word.token in self.counts:
                row.append(word.token)
            elif spelt := self._spell(word.surface):
                row.append(spelt[0])
                shown = shown.replace(word.surface, spelt[1])
            else:
                return None
        return replace(unit, tokens=tuple(row)), shown

    def _spell(self, typed: str) -> tuple[str, str] | None:
        """(token, written form) of the known word that was probably meant."""
        if (split := lost_elision(typed)) and self._learn(stem(split[1])):
            return stem(split[1]), f"{split[0]}'{split[1]}"
        size, faults = len(fold(typed)), allowed(fold(typed))
        if not faults:
            return None
        # The written form kept may be a plural or a feminine: two letters more.
        near = SearchWord.objects.filter(
            letters__gte=size - faults - 2, letters__lte=size + faults + 2
        ).values_list("pk", "shown", "entries")
        known = nearest(typed, (Known(*word) for word in near.iterator()))
        if known is None:
            return None
        self.counts[known.token] = known.entries
        return known.token, known.shown

    def _learn(self, token: str) -> bool:
        word = SearchWord.objects.filter(pk=token).first()
        if word:
            self.counts[token] = word.entries
        return word is not None
