"""The page that lists a collection. Each app gives its own concrete index."""

from typing import ClassVar

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from home.models.entries import Entry, EntryQuerySet, FrenchSlugMixin
from home.models.gathering import entry_model

PER_PAGE = 20


class EntryIndexPage(FrenchSlugMixin, Page):
    """A collection's list: newest first, twenty a page, cards only."""

    collection: ClassVar[str]

    introduction = models.TextField("introduction", blank=True, max_length=600)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types = ["home.HomePage"]
    max_count_per_parent = 1
    show_in_menus_default = True

    class Meta:
        abstract = True

    @property
    def entries(self) -> type[Entry]:
        return entry_model(self.collection)

    def listing(self, request: HttpRequest) -> EntryQuerySet:
        """The pages to list, in order; subclasses narrow it from the request."""
        return self.entries.objects.child_of(self).listed().newest_first()

    def get_template(self, request: HttpRequest, *args: object, **kwargs: object) -> list[str]:
        """The collection's own template where there is one, else the shared list.

        Wagtail's metaclass gives each page class a path of its own: `template` is not inherited.
        """
        return [super().get_template(request, *args, **kwargs), "home/entry_index.html"]

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> dict:
        paginator = Paginator(self.listing(request), PER_PAGE)
        paginator_page = paginator.get_page(request.GET.get("page"))
        ids = list(paginator_page.object_list.values_list("pk", flat=True))
        pages = {p.pk: p for p in self.entries.objects.filter(pk__in=ids).for_cards()}
        return super().get_context(request, *args, **kwargs) | {
            "cards": [pages[pk].card() for pk in ids],
            "page_obj": paginator_page,
        }
