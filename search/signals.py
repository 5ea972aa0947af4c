"""When the index is refreshed: after the transaction that changed a page has committed.

A snippet that changes (a topic, a person, a body) changes the words of every page that names
it: Wagtail's reference index tells which. A deleted page takes its rows with it. Scheduled
publication also sends `page_published`, with a page that is not live: `refresh` looks again
and keeps it out.
"""

from collections.abc import Callable

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, PageViewRestriction, ReferenceIndex
from wagtail.signals import page_published, page_unpublished, post_page_move
from wagtail.snippets.models import get_snippet_models

from search.indexing import refresh
from search.models import SearchEntry
from search.vocabulary import forget_words


def connect() -> None:
    """Called once, when the apps are ready."""
    page_published.connect(page_changed, dispatch_uid="search.published")
    page_unpublished.connect(page_changed, dispatch_uid="search.unpublished")
    post_page_move.connect(section_changed, dispatch_uid="search.moved")
    for signal in (post_save, post_delete):
        signal.connect(
            restriction_changed,
            sender=PageViewRestriction,
            dispatch_uid=f"search.privacy.{id(signal)}",
        )
    post_save.connect(snippet_changed, dispatch_uid="search.snippet")
    post_delete.connect(row_deleted, sender=SearchEntry, dispatch_uid="search.words")


def page_changed(instance: Page, **signal: object) -> None:
    page_id = instance.pk
    refresh_later(lambda: [page_id])


def section_changed(instance: Page, **signal: object) -> None:
    """Everything under this page may have become public, or ceased to be."""
    page_id = instance.pk
    refresh_later(lambda: _section(page_id))


def restriction_changed(instance: PageViewRestriction, **signal: object) -> None:
    page_id = instance.page_id
    refresh_later(lambda: _section(page_id))


def snippet_changed(
    sender: type[Model], instance: Model, created: bool = False, raw: bool = False, **signal: object
) -> None:
    if not created and not raw and sender in get_snippet_models():
        refresh_later(lambda: _pages_naming(instance))


def row_deleted(instance: SearchEntry, **signal: object) -> None:
    forget_words(instance)


def refresh_later(page_ids: Callable[[], list[int]]) -> None:
    """A failure is logged by Django and leaves the publication itself standing."""

    def refresh_after_commit() -> None:
        refresh(page_ids())

    transaction.on_commit(refresh_after_commit, robust=True)


def _section(page_id: int) -> list[int]:
    section = Page.objects.filter(pk=page_id).first()
    return (
        list(section.get_descendants(inclusive=True).values_list("pk", flat=True))
        if section
        else []
    )


def _pages_naming(instance: Model) -> list[int]:
    pages = ContentType.objects.get_for_model(Page)
    references = ReferenceIndex.get_references_to(instance).filter(base_content_type=pages)
    return sorted({int(pk) for pk in references.values_list("object_id", flat=True)})
