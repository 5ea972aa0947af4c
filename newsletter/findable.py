"""What an issue says of itself to lists and to the search, as an entry does."""

from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.html import strip_tags

from home.cards import Card, FacetValue, Run, SearchText, shorten
from newsletter.numbering import parse_issue_date

if TYPE_CHECKING:
    from newsletter.models import Issue

SUMMARY_CHARACTERS = 300


class FindableIssue:
    """Mixed into `Issue`. Read through `for_cards()` in lists."""

    collection = "bulletin"
    collection_label = "Bulletin"

    def card(self: "Issue") -> Card:
        moment = self.first_published_at
        letter = self.bulletin.title if self.bulletin else ""
        named = ", ".join(part for part in (letter, self.number_label, self.date_label) if part)
        return Card(
            page_id=self.pk,
            collection=self.collection,
            label=self.collection_label,
            tint="report",
            title=self.title,
            url=self.url or "",
            citation=(Run(named),),
            summary=shorten(strip_tags(self.introduction), SUMMARY_CHARACTERS),
            published=timezone.localdate(moment) if moment else None,
            sort_date=self.sort_date(),
        )

    def sort_date(self: "Issue") -> date | None:
        return parse_issue_date(self.dated)[0] if self.dated else None

    def facet_values(self: "Issue") -> list[FacetValue]:
        values = [FacetValue("type", self.collection, self.collection_label)]
        day = self.sort_date()
        return [*values, FacetValue("annee", str(day.year), str(day.year))] if day else values

    def search_text(self: "Issue") -> SearchText:
        """Its own words, and the titles of what it carries and is published."""
        carried = [
            line["title"] or line["page"].title
            for line in self.lines()
            if line["page"] and line["page"].live
        ]
        rubrics = [block.value["title"] for block in self.rubrics]
        return SearchText(
            title=self.title,
            names=f"{self.bulletin.title if self.bulletin else ''}\n{self.number_label}",
            subjects="\n".join(rubrics),
            body="\n".join([strip_tags(self.introduction), *carried]),
        )
