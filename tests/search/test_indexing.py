"""What may be found follows what may be seen."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import PageViewRestriction

from home.models import HomePage, StandardPage
from home.publishing import publish_due_revisions
from search.indexing import index_page, listed_count, rebuild
from search.models import SearchEntry, SearchFacet, SearchWord
from tests.search.conftest import ask, titles
from tests.search.documents import Document, document


def publish(page: StandardPage) -> None:
    page.save_revision().publish()


def words() -> dict[str, int]:
    return dict(SearchWord.objects.values_list("token", "entries"))


def test_a_draft_is_not_found(home: HomePage) -> None:
    draft = document(home, "Ruche", live=False)
    rebuild()
    index_page(draft)
    assert ask("ruche").total == 0
    assert words() == {}


def test_publication_makes_a_page_found_and_unpublication_hides_it(
    home: HomePage, django_capture_on_commit_callbacks
) -> None:
    page = document(home, "Ruche", live=False)
    with django_capture_on_commit_callbacks(execute=True):
        publish(page)
    assert titles(ask("ruche")) == ["Ruche"]
    page.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        page.unpublish()
    assert ask("ruche").total == 0
    assert not SearchEntry.objects.exists()
    assert words() == {}


def test_a_scheduled_page_is_not_found_before_its_time(
    home: HomePage, django_capture_on_commit_callbacks
) -> None:
    page = document(home, "Ruche", live=False)
    page.go_live_at = timezone.now() + timedelta(days=1)
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    assert ask("ruche").total == 0


def test_an_expired_page_is_found_no_more(
    home: HomePage, django_capture_on_commit_callbacks
) -> None:
    page = document(home, "Ruche")
    rebuild()
    page.expire_at = timezone.now() - timedelta(minutes=1)
    page.save()
    with django_capture_on_commit_callbacks(execute=True):
        publish_due_revisions()
    assert ask("ruche").total == 0


def test_a_new_version_replaces_the_old(home: HomePage, django_capture_on_commit_callbacks) -> None:
    page = document(home, "Ruche", facets=[("type", "notice", "Notice")])
    rebuild()
    page.title = "Abeille"
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    assert titles(ask("abeille")) == ["Abeille"]
    assert ask("ruche").mode == "none"
    assert words() == {"abeil": 1, "notic": 1}
    assert SearchFacet.objects.count() == 1


def test_a_deleted_page_takes_its_rows_with_it(home: HomePage) -> None:
    page = document(home, "Ruche", facets=[("type", "notice", "Notice")])
    document(home, "Ruche verte")
    rebuild()
    page.delete()
    assert titles(ask("ruche")) == ["Ruche verte"]
    assert words() == {"ruch": 1, "vert": 1}
    assert not SearchFacet.objects.exists()


def test_a_page_made_private_is_hidden_at_once_and_then_forgotten(
    home: HomePage, django_capture_on_commit_callbacks
) -> None:
    page = document(home, "Ruche")
    rebuild()
    with django_capture_on_commit_callbacks() as callbacks:
        wall = PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert ask("ruche").total == 0
    assert ask("ruche").facets == []
    for callback in callbacks:
        callback()
    assert words() == {}
    with django_capture_on_commit_callbacks(execute=True):
        wall.delete()
    assert titles(ask("ruche")) == ["Ruche"]


def test_a_page_moved_into_a_private_section_is_forgotten(
    home: HomePage, django_capture_on_commit_callbacks
) -> None:
    section = document(home, "Section")
    PageViewRestriction.objects.create(page=section, restriction_type="login")
    page = document(home, "Ruche")
    rebuild()
    with django_capture_on_commit_callbacks(execute=True):
        page.move(section, pos="last-child")
    assert ask("ruche").total == 0
    assert words() == {}


def test_a_page_withdrawn_behind_the_index_is_not_shown(home: HomePage) -> None:
    page = document(home, "Ruche", facets=[("type", "notice", "Notice")])
    rebuild()
    Document.objects.filter(pk=page.pk).update(live=False)
    results = ask("ruche")
    assert (results.total, results.hits, results.facets) == (0, (), [])


def test_indexing_twice_changes_nothing(library: HomePage) -> None:
    before = (words(), SearchEntry.objects.count(), SearchFacet.objects.count())
    for page in Document.objects.listed():
        index_page(page)
    assert (words(), SearchEntry.objects.count(), SearchFacet.objects.count()) == before


def test_words_counted_page_by_page_agree_with_a_rebuild(library: HomePage) -> None:
    SearchEntry.objects.all().delete()
    assert words() == {}
    for page in Document.objects.listed():
        index_page(page)
    counted = words()
    rebuild()
    assert words() == counted


def test_a_rebuild_tells_its_progress_and_drops_what_is_gone(library: HomePage) -> None:
    Document.objects.filter(title="Mesurer les usages").update(live=False)
    done: list[int] = []
    assert rebuild(done.append) == listed_count() == sum(done) == 6
    assert SearchEntry.objects.count() == 6


@pytest.mark.parametrize("body", ["a\x00b", "mot " * 70_000, "é" * 5_000, "\ufeff\u200b"])
def test_strange_texts_are_indexed(home: HomePage, body: str) -> None:
    document(home, "Ruche", body=body.replace("\x00", "\u0000"))
    rebuild()
    assert ask("ruche").total == 1
