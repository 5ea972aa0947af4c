"""What left, as it was: the web version, the PDF and the bibliography of a sent issue.

The mail itself lies in `MailingContent`. These rows are written in the transaction that freezes
the mailing and never again: a notice, a template or a topic may change, the archive does not.
"""

from typing import Any

from django.db import models
from django.db.models.functions import Length

from newsletter.errors import LetterError
from newsletter.models.deliveries import Delivery, Mailing


class AlreadyFrozenError(LetterError):
    """Somebody tried to change what has left."""

    def __init__(self) -> None:
        super().__init__("Ce qui est parti ne change plus\u00a0: ajoutez un erratum au numéro.")


class FrozenEditionQuerySet(models.QuerySet):
    def of_issue(self, issue_id: int | None) -> "FrozenEditionQuerySet":
        """The editions of an issue that left or is about to, the last sending first. A mailing
        that was cancelled before it reached anybody froze nothing that has been read."""
        reached = Delivery.objects.filter(
            mailing=models.OuterRef("mailing"),
            state__in=[
                Delivery.State.SENT,
                Delivery.State.UNCERTAIN,
                # In a worker's hands at the moment of the cancellation: perhaps gone.
                Delivery.State.SUBMITTING,
            ],
        )
        return (
            self.filter(mailing__issue_id=issue_id, mailing__kind=Mailing.Kind.ISSUE)
            .exclude(
                models.Q(mailing__state=Mailing.State.CANCELLED) & ~models.Exists(reached),
            )
            .order_by("-mailing_id")
        )

    def for_page(self) -> "FrozenEditionQuerySet":
        """Without the PDF, which no page shows: its size, as `pdf_bytes`, is enough."""
        return self.defer("pdf").annotate(pdf_bytes=Length("pdf"))

    def update(self, **values: Any) -> int:
        raise AlreadyFrozenError


class FrozenEdition(models.Model):
    """One edition of a sent issue: the bulletin's own (`key` is ""), or a partner's.

    `pdf` is empty where it could not be composed; `bibliography` is {"ris", "bib", "csl.json":
    text}, empty where the issue carries no document.
    """

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="editions")
    key = models.SlugField("édition", max_length=40, blank=True)
    web_html = models.TextField("page web")
    pdf = models.BinaryField("PDF")
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AlreadyFrozenError
        super().save(*args, **kwargs)
