"""What has been carried: a regular issue does not propose it again."""

from django.db import models

from newsletter.models.bulletins import Bulletin
from newsletter.models.issues import Issue


class LedgerEntryQuerySet(models.QuerySet):
    def carried_by(self, bulletin: Bulletin, *, except_by: int | None = None) -> dict[int, int]:
        """{page id: id of the issue that carried it first}, one issue's own rows left out."""
        rows = self.filter(bulletin=bulletin).order_by("-carried_at", "-pk")
        if except_by is not None:
            rows = rows.exclude(issue_id=except_by)
        return dict(rows.values_list("page_id", "issue_id"))


class LedgerEntry(models.Model):
    """This page was carried by that issue: a regular issue does not propose it again."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="ledger")
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="ledger")
    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")
    carried_at = models.DateTimeField(auto_now_add=True)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne du registre"
        verbose_name_plural = "registre des parutions"
        constraints = [
            models.UniqueConstraint(fields=["issue", "page"], name="one_ledger_row_per_issue_page")
        ]

    def __str__(self) -> str:
        return f"{self.page_id} dans {self.issue_id}"


def write_ledger(issue: Issue) -> int:
    """Remembers what `issue` carries; returns how many rows were asked for (0 for a special
    issue that leaves the ledger alone)."""
    if not issue.feeds_ledger:
        return 0
    rows = [
        LedgerEntry(bulletin_id=issue.bulletin_id, issue=issue, page_id=pk)
        for pk in issue.carried_page_ids()
    ]
    return len(LedgerEntry.objects.bulk_create(rows, ignore_conflicts=True))


def rewrite_ledger(issue: Issue) -> None:
    """The same for an issue that has not left: a page taken out of it since its last publication
    (postponed to the next issue, say) has been carried by nothing, and is forgotten."""
    kept = issue.carried_page_ids() if issue.feeds_ledger else []
    issue.ledger.exclude(page_id__in=kept).delete()
    write_ledger(issue)
