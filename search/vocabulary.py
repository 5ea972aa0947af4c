"""The words that listed entries use, and in how many: for rarity, and for spelling."""

from collections import Counter
from collections.abc import Mapping

from django.db import transaction
from django.db.models import F

from search.analysis import fold
from search.models import SearchEntry, SearchWord

SHOWN_LIMIT = 80


def apply_change(change: Counter[str], shown: Mapping[str, str]) -> None:
    """Adds `change` (token → entries more or fewer) to the counts; unused words go."""
    change = Counter({token: by for token, by in change.items() if by})
    if not change:
        return
    fresh = {token: 0 for token, by in change.items() if by > 0}
    SearchWord.objects.bulk_create(_words(fresh, shown), ignore_conflicts=True)
    touched = SearchWord.objects.filter(pk__in=list(change))
    # Always locked in one order, so that two publications at once cannot block each other.
    list(touched.select_for_update().order_by("pk").values_list("pk"))
    for step in sorted(set(change.values())):
        moved = [token for token, by in change.items() if by == step]
        SearchWord.objects.filter(pk__in=moved).update(entries=F("entries") + step)
    touched.filter(entries__lte=0).delete()


def forget_words(entry: SearchEntry) -> None:
    """One entry fewer for each of its words."""
    with transaction.atomic():
        apply_change(Counter(dict.fromkeys(entry.words_used(), -1)), {})


def replace_words(counts: Mapping[str, int], shown: Mapping[str, str]) -> None:
    """Starts the vocabulary again from exact counts."""
    with transaction.atomic():
        SearchWord.objects.all().delete()
        SearchWord.objects.bulk_create(_words(counts, shown), batch_size=2000)


def _words(counts: Mapping[str, int], shown: Mapping[str, str]) -> list[SearchWord]:
    """In token order, for the same reason as above."""
    named = (
        (token, shown.get(token, token)[:SHOWN_LIMIT], n) for token, n in sorted(counts.items())
    )
    return [
        SearchWord(token=token, shown=word, letters=len(fold(word)), entries=n)
        for token, word, n in named
    ]
