"""What the entries' listings share in the admin: columns, filters, a constant query count."""

import re
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple, RadioSelect
from django_filters import ChoiceFilter, ModelMultipleChoiceFilter
from django_filters.fields import ModelMultipleChoiceField
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet

from home.models import Entry, Topic, TopicItem

KEY = re.compile("[0-9]{1,18}")  # fits a signed integer of 64 bits


def topic_names(entry: Entry) -> str:
    return ", ".join(item.tag.name for item in entry.topic_items.all())


HANDLE = BulkActionsColumn("bulk_actions")
TITLE = PageTitleColumn("title", label="Titre", sort_key="title", classname="title")
TOPICS = Column("topics", label="Thèmes", accessor=topic_names)
UPDATED = DateColumn(
    "latest_revision_created_at", label="Modifié", sort_key="latest_revision_created_at"
)
STATUS = PageStatusColumn("status", label="État", sort_key="live")


class TopicField(ModelMultipleChoiceField):
    """Refuses as unknown a number that no column can hold: the database would raise."""

    def _check_values(self, value: Any) -> Any:
        for typed in value:
            if not KEY.fullmatch(str(typed)):
                raise ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": typed},
                )
        return super()._check_values(value)


class TopicFilter(ModelMultipleChoiceFilter):
    """By a subquery: the admin's search refuses a filter that crosses a relation."""

    field_class = TopicField

    def filter(self, qs: QuerySet[Entry], value: Any) -> QuerySet[Entry]:
        if not value:
            return qs
        return qs.filter(pk__in=TopicItem.objects.filter(tag__in=value).values("content_object"))


class EntryFilterSet(WagtailFilterSet):
    """Filters of every collection; each subclass adds its own and names its model."""

    live = ChoiceFilter(
        label="Publication",
        empty_label="Toutes",
        choices=[("True", "En ligne"), ("False", "Brouillon")],
        widget=RadioSelect,
    )
    topics = TopicFilter(
        label="Thèmes", queryset=Topic.objects.all(), widget=CheckboxSelectMultiple
    )


class EntryIndexView(IndexView):
    def annotate_queryset(self, pages: QuerySet[Entry]) -> QuerySet[Entry]:
        related = ("topic_items__tag", *self.model.card_select, *self.model.card_prefetch)
        return super().annotate_queryset(pages).prefetch_related(*related)


class EntryListing(PageListingViewSet):
    """A flat listing of one collection, the last modified first."""

    index_view_class = EntryIndexView
    ordering = "-latest_revision_created_at"
    list_per_page = 50
    columns: ClassVar[list[Column]] = [HANDLE, TITLE, TOPICS, UPDATED, STATUS]
