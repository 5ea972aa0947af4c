"""What left, as it was: the web version, the PDF and the bibliography of a sent issue.

The mail itself lies in `MailingContent`. These rows are written in the transaction that freezes
the mailing and never again: a notice, a template or a topic may change, the archive does not.
"""

from django.db import models

from newsletter.models.deliveries import Delivery, Mailing


class FrozenEditionQuerySet(models.QuerySet):
    def of_issue(self, issue_id: int) -> "FrozenEditionQuerySet":
        """The editions of an issue that left, the last sending first. A mailing that was
        cancelled before its first message froze nothing that anybody has read."""
        left = Delivery.objects.filter(mailing=models.OuterRef("mailing")).exclude(
            state=Delivery.State.SKIPPED
        )
        return (
            self.filter(mailing__issue_id=issue_id, mailing__kind=Mailing.Kind.ISSUE)
            .exclude(
                models.Q(mailing__state=Mailing.State.CANCELLED) & ~models.Exists(left),
            )
            .order_by("-mailing_id")
        )


class FrozenEdition(models.Model):
    """One edition of a sent issue: the bulletin's own (`key` is ""), or a partner's."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="editions")
    key = models.SlugField("édition", max_length=40, blank=True)
    web_html = models.TextField("page web")
    pdf = models.BinaryField("PDF")
    # {"ris": text, "bib": text, "csl.json": text}
    bibliography = models.JSONField("bibliographie", default=dict)
    created_at = models.DateTimeField("figé le", auto_now_add=True)

    objects = FrozenEditionQuerySet.as_manager()

    class Meta:
        verbose_name = "édition figée"
        verbose_name_plural = "éditions figées"
        constraints = [
            models.UniqueConstraint(fields=["mailing", "key"], name="one_frozen_edition_per_key")
        ]

    def __str__(self) -> str:
        return f"Envoi {self.mailing_id}, édition «\u00a0{self.key or 'du bulletin'}\u00a0»"
