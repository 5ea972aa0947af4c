"""The index follows the site. What is not listed has no row in it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from django.db import transaction

from search.models import SearchEntry, SearchFacet
from search.registry import Searchable, searchable_models
from search.rows import Rows, rows_of
from search.vocabulary import apply_change, replace_words

BATCH = 200
ENTRY_FIELDS = [f.name for f in SearchEntry._meta.concrete_fields if not f.primary_key]


def index_page(page: Searchable) -> None:
    """Writes this page's rows, or removes them if it is not listed (any more)."""
    refresh([page.pk])


def refresh(page_ids: Iterable[int]) -> None:
    """Brings the index up to date for these pages, batch after batch."""
    wanted = sorted(set(page_ids))
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        with transaction.atomic():
            kept: set[int] = set()
            for model in searchable_models():
                made = [rows_of(p) for p in model.objects.filter(pk__in=batch).listed().for_cards()]
                change = _change(made)
                _save(made)
                apply_change(change, _shown(made))
                kept |= {rows.entry.pk for rows in made}
            remove(set(batch) - kept)


def remove(page_ids: Iterable[int]) -> None:
    """Takes these pages out of the index; their words follow (see `search.signals`)."""
    SearchEntry.objects.filter(pk__in=list(page_ids)).delete()


def rebuild(progress: Callable[[int], object] = lambda done: None) -> int:
    """Indexes everything again and returns how many pages; readers are never without an index.

    `progress` receives how many pages each batch held.
    """
    written: set[int] = set()
    counts: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for pages in _batches():
        made = [rows_of(page) for page in pages]
        with transaction.atomic():
            _save(made)
        for rows in made:
            counts.update(rows.entry.words_used())
        shown = _shown(made) | shown
        written |= {page.pk for page in pages}
        progress(len(pages))
    remove(set(SearchEntry.objects.values_list("pk", flat=True)) - written)
    replace_words(counts, shown)
    return len(written)


def listed_count() -> int:
    """How many pages `rebuild` will read."""
    return sum(model.objects.listed().count() for model in searchable_models())


def _batches() -> Iterator[list[Searchable]]:
    for model in searchable_models():
        ids = list(model.objects.listed().order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            yield list(model.objects.filter(pk__in=batch).listed().for_cards())


def _save(made: list[Rows]) -> None:
    """Three statements a batch, whatever it holds."""
    if not made:
        return
    entries = [rows.entry for rows in made]
    SearchEntry.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=["page"], update_fields=ENTRY_FIELDS
    )
    SearchFacet.objects.filter(entry__in=[entry.pk for entry in entries]).delete()
    SearchFacet.objects.bulk_create([facet for rows in made for facet in rows.facets])


def _change(made: list[Rows]) -> Counter[str]:
    """What saving these rows does to the count of each word."""
    change: Counter[str] = Counter()
    for old in SearchEntry.objects.filter(pk__in=[rows.entry.pk for rows in made]):
        change.subtract(old.words_used())
    for rows in made:
        change.update(rows.entry.words_used())
    return change


def _shown(made: list[Rows]) -> dict[str, str]:
    return {token: word for rows in made for token, word in rows.shown.items()}
