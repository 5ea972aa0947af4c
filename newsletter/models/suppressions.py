"""Who must not be written to: known again by a keyed hash, never readable."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models

from newsletter.addresses import fingerprint, keyed_hash


class SuppressionManager(models.Manager):
    def holds(self, email: str) -> bool:
        """Whether this address must not be written to, whatever its subscriptions say."""
        return self.filter(address_hash=self.hash_of(email)).exists()

    def held(self, emails: Iterable[str]) -> set[str]:
        """Those of `emails` (normalised) that must not be written to: one query in all."""
        hashes = set(self.values_list("address_hash", flat=True))
        if not hashes:
            return set()
        key = settings.SUPPRESSION_KEY
        return {email for email in emails if keyed_hash(email, key) in hashes}

    def bars(self, email: str) -> bool:
        """Whether this address must not be written to even when its reader asks."""
        lasting = self.exclude(reason__in=Suppression.LIFTABLE)
        return lasting.filter(address_hash=self.hash_of(email)).exists()

    def hold(self, email: str, reason: str) -> "Suppression":
        """Suppresses an address; a first reason stays, unless its reader could lift it and this one
        they can not."""
        row, _ = self.get_or_create(address_hash=self.hash_of(email), defaults={"reason": reason})
        if row.reason in Suppression.LIFTABLE and reason not in Suppression.LIFTABLE:
            row.reason = reason
            row.save(update_fields=["reason"])
        return row

    @staticmethod
    def hash_of(email: str) -> str:
        return fingerprint(email, settings.SUPPRESSION_KEY)


class Suppression(models.Model):
    """The keyed hash of an address that must not be written to: known again, never readable."""

    class Reason(models.TextChoices):
        UNSUBSCRIBE = "unsubscribe", "Désabonnement de tout"
        ERASURE = "erasure", "Effacement demandé"
        COMPLAINT = "complaint", "Plainte pour courrier indésirable"
        BOUNCE = "bounce", "Adresse qui n'existe plus"
        ADMIN = "admin", "Décision du centre"

    # What the reader decided, the reader may undo, by a confirmed double opt-in. So may who holds a
    # dead address: a mailbox can be made again, and the click in it proves that it lives.
    LIFTABLE = (Reason.UNSUBSCRIBE, Reason.ERASURE, Reason.BOUNCE)

    address_hash = models.CharField("empreinte", max_length=64, unique=True)
    reason = models.CharField("motif", max_length=12, choices=Reason)
    at = models.DateTimeField("le", auto_now_add=True)

    objects = SuppressionManager()

    class Meta:
        verbose_name = "adresse exclue"
        verbose_name_plural = "adresses exclues"
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} ({self.address_hash[:8]}…)"
