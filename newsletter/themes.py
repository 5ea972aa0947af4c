"""The topics of what an issue carries: what its bulletin's archive is sorted by."""

from collections.abc import Iterable

from django.db.models import Count

from home.models import TopicItem
from newsletter.models.issues import Issue


def themes_of(page_ids: Iterable[int]) -> list[dict[str, str | int]]:
    """[{"slug", "name", "count" of pages}] of the published pages among these, the most frequent
    first. One query."""
    rows = (
        TopicItem.objects.filter(content_object__in=list(page_ids), content_object__live=True)
        .values("tag__slug", "tag__name")
        .annotate(count=Count("pk"))
        .order_by("-count", "tag__name")
    )
    return [{"slug": r["tag__slug"], "name": r["tag__name"], "count": r["count"]} for r in rows]


def write_themes(issue: Issue) -> None:
    """Remembers on `issue` the topics of its pages as they are now; no revision is made."""
    Issue.objects.filter(pk=issue.pk).update(themes=themes_of(issue.carried_page_ids()))
