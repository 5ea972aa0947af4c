"""A stand-in for an entry: a simple page that carries what the index reads.

The search knows no type by name, so its tests need none: a proxy of `StandardPage` whose
`search_description` holds the rest as JSON.
"""

import json
from datetime import date
from typing import ClassVar

from wagtail.models import PageManager, PageQuerySet

from home.cards import Card, FacetValue, SearchText
from home.models import HomePage, StandardPage


class DocumentQuerySet(PageQuerySet):
    def listed(self):
        return self.live().public()

    def for_cards(self):
        return self


DocumentManager = PageManager.from_queryset(DocumentQuerySet)


class Document(StandardPage):
    collection: ClassVar[str] = "notice"
    objects = DocumentManager()

    class Meta:
        proxy = True
        app_label = "search_tests"

    @property
    def data(self) -> dict:
        return json.loads(self.search_description or "{}")

    def sort_date(self) -> date | None:
        return date.fromisoformat(self.data["date"]) if self.data.get("date") else None

    def card(self) -> Card:
        return Card(
            page_id=self.pk,
            collection=self.collection,
            label="Notice",
            tint="notice",
            title=self.title,
            url=self.url or "",
            summary=self.data.get("body", ""),
            sort_date=self.sort_date(),
        )

    def search_text(self) -> SearchText:
        data = self.data
        return SearchText(
            self.title, data.get("names", ""), data.get("subjects", ""), data.get("body", "")
        )

    def facet_values(self) -> list[FacetValue]:
        day = self.sort_date()
        years = [FacetValue("annee", str(day.year), str(day.year))] if day else []
        chosen = self.data.get("facets", [])
        return [*years, *(FacetValue(*value) for value in chosen)]


def document(
    home: HomePage,
    title: str,
    *,
    live: bool = True,
    day: str = "",
    facets: tuple[tuple[str, str, str], ...] = (),
    **texts: str,
) -> StandardPage:
    """A page under `home`, not yet indexed. `facets` are (name, value, label)."""
    data = {**texts, "date": day, "facets": facets}
    page = StandardPage(title=title, live=live, search_description=json.dumps(data))
    return home.add_child(instance=page)
