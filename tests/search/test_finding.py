"""What the other apps find through `settings.ENTRY_FINDER`: the public search, as page ids."""

import pytest
from django.conf import settings
from django.utils.module_loading import import_string
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Page

from home.models import HomePage
from search.finding import page_ids
from search.models import SearchEntry
from tests.search.conftest import ask, titles


def found(words: str, limit: int = 50, **options: str) -> list[str]:
    titles_by_id = dict(Page.objects.values_list("pk", "title"))
    return [titles_by_id[pk] for pk in page_ids(words, limit, **options)]


def test_the_setting_names_the_finder() -> None:
    assert import_string(settings.ENTRY_FINDER) is page_ids


@pytest.mark.parametrize("words", ["besson", "tiers lieux", "numerqiue", "quartier -guide", ""])
def test_it_finds_what_the_results_page_shows_in_its_order(library: HomePage, words: str) -> None:
    assert found(words) == titles(ask(words)) != []


def test_the_limit_keeps_the_best(library: HomePage) -> None:
    assert found("besson", 1) == titles(ask("besson"))[:1]
    assert found("besson", 0) == found("besson", -1) == []


def test_a_collection_leaves_the_others_out_before_the_limit(library: HomePage) -> None:
    assert found("27e région", 1, collection="agenda") == ["La 27e Région à l’heure du bilan"]
    assert found("27e région", 1, collection="notice") == []


def test_words_that_go_without_saying_find_nothing(library: HomePage) -> None:
    assert (found("le de la"), found("!!")) == ([], [])


def test_a_page_withdrawn_since_it_was_indexed_is_not_found(library: HomePage) -> None:
    page = Page.objects.get(title="Mesurer les usages")
    Page.objects.filter(pk=page.pk).update(live=False)
    assert SearchEntry.objects.filter(pk=page.pk).exists()
    assert found("observatoire") == []


def test_no_card_is_drawn(
    library: HomePage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(6):
        assert len(page_ids("besson", 50)) == 2
