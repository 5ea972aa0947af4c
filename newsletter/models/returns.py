"""What came back about a letter, and what was decided of it.

One row a return, from the relay's own answer, a mailbox or a provider's webhook. The decision and
its reason are kept in words: a reader who is no longer written to can be told why.
"""

from django.db import models


class Bounce(models.Model):
    """A refusal, a complaint or an automatic reply, read and judged."""

    class Kind(models.TextChoices):
        HARD = "hard", "Adresse qui n'existe pas"
        SOFT = "soft", "Refus passager"
        POLICY = "policy", "Refus de notre courrier"
        COMPLAINT = "complaint", "Signalé comme indésirable"
        AUTO_REPLY = "auto-reply", "Réponse automatique"
        UNKNOWN = "unknown", "Illisible"

    class Source(models.TextChoices):
        SMTP = "smtp", "Réponse du serveur d'envoi"
        MAILBOX = "mailbox", "Boîte des retours"
        WEBHOOK = "webhook", "Prestataire d'envoi"

    class Decision(models.TextChoices):
        ENDED = "ended", "Abonnement terminé"
        COUNTED = "counted", "Compté"
        NONE = "none", "Sans effet"

    kind = models.CharField("nature", max_length=10, choices=Kind)
    source = models.CharField("par", max_length=10, choices=Source)
    decision = models.CharField("décision", max_length=10, choices=Decision)
    explanation = models.CharField("explication", max_length=300)
    subscriber = models.ForeignKey(
        "newsletter.Subscriber",
        verbose_name="abonné",
        null=True,
        on_delete=models.CASCADE,
        related_name="bounces",
    )
    delivery = models.ForeignKey(
        "newsletter.Delivery", null=True, on_delete=models.SET_NULL, related_name="bounces"
    )
    mailing = models.ForeignKey(
        "newsletter.Mailing",
        verbose_name="envoi",
        null=True,
        on_delete=models.SET_NULL,
        related_name="bounces",
    )
    at = models.DateTimeField("le", db_index=True)
    status_code = models.CharField("code étendu", max_length=11, blank=True)  # RFC 3463
    # What the server said, without any address.
    diagnostic = models.CharField("détail", max_length=300, blank=True)
    reporting_server = models.CharField("serveur", max_length=255, blank=True)
    score = models.FloatField("score après", default=0)
    # Known again, so that a replay counts once: a hash of the message or the provider's event id.
    source_key = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001

    class Meta:
        verbose_name = "retour"
        verbose_name_plural = "retours"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} du {self.at:%d/%m/%Y}"
