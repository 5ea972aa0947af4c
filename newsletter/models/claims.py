"""A worker's hold on deliveries."""

from django.db import models


class Claim(models.Model):
    """A worker's hold on rows (`Delivery.claim_id`). It says it lives by `seen_at`; its journal
    file, on its own host, bears its id."""

    id = models.UUIDField(primary_key=True)
    mailing = models.ForeignKey(
        "newsletter.Mailing", on_delete=models.CASCADE, related_name="claims"
    )
    host = models.CharField("machine", max_length=255)
    pid = models.PositiveIntegerField("processus")
    connections = models.PositiveSmallIntegerField("connexions", default=1)
    started_at = models.DateTimeField("depuis le")
    seen_at = models.DateTimeField("vu le")

    class Meta:
        verbose_name = "lot en cours"
        verbose_name_plural = "lots en cours"
        ordering = ["started_at"]

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}, envoi {self.mailing_id}"
