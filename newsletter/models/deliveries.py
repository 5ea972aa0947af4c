"""What leaves: one sending (`Mailing`), its frozen contents, one `Delivery` a reader.

The delivery rows are the queue's truth. A worker *claims* pending rows under a `Claim`, notes in
its journal file each that it *begins* and each that the relay *accepted*, and *settles* rows by
what the relay answered. Exactly-once does not exist over SMTP (the reply to DATA can be lost): a
row begun and never answered is `uncertain`, and no machine sends it again.
"""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from newsletter.periods import Window


class MailingQuerySet(models.QuerySet):
    def running(self) -> "MailingQuerySet":
        return self.filter(state__in=[Mailing.State.READY, Mailing.State.SENDING])

    def of_issue(self, issue_id: int) -> "MailingQuerySet":
        """The sendings of an issue that count: neither tests nor those cancelled."""
        return self.filter(issue_id=issue_id, kind=Mailing.Kind.ISSUE).exclude(
            state=Mailing.State.CANCELLED
        )


class Mailing(models.Model):
    """One sending of an issue, or one test of it."""

    class Kind(models.TextChoices):
        ISSUE = "issue", "Numéro"
        TEST = "test", "Essai"
        DIGEST = "digest", "Résumé thématique"

    class Wave(models.IntegerChoices):
        """Who goes first: a later wave waits until the earlier ones are settled."""

        TEAM = 0, "L'équipe"
        CANARY = 1, "Les premiers"
        REST = 2, "Tous les autres"

    class State(models.TextChoices):
        PREPARING = "preparing", "En préparation"
        SCHEDULED = "scheduled", "Programmé"
        READY = "ready", "Prêt"
        SENDING = "sending", "En cours"
        PAUSED = "paused", "En pause"
        SENT = "sent", "Terminé"
        CANCELLED = "cancelled", "Annulé"

    kind = models.CharField("nature", max_length=10, choices=Kind, default=Kind.ISSUE)
    state = models.CharField("état", max_length=10, choices=State, default=State.READY)
    issue = models.ForeignKey(
        "newsletter.Issue",
        verbose_name="numéro",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="mailings",
    )
    bulletin = models.ForeignKey(
        "newsletter.Bulletin",
        verbose_name="bulletin",
        on_delete=models.PROTECT,
        related_name="mailings",
    )
    revision = models.ForeignKey(
        "wagtailcore.Revision",
        verbose_name="version envoyée",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    scheduled_at = models.DateTimeField("programmé pour le", null=True, blank=True)
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="demandé par",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    started_at = models.DateTimeField("commencé le", null=True, blank=True)
    finished_at = models.DateTimeField("terminé le", null=True, blank=True)
    note = models.CharField("motif de l'arrêt", max_length=300, blank=True)
    # A digest speaks of the days from `period_from` (included) to `period_to` (excluded).
    frequency = models.CharField("fréquence", max_length=10, blank=True)
    period_from = models.DateField("du", null=True, blank=True)
    period_to = models.DateField("au", null=True, blank=True)
    wave = models.PositiveSmallIntegerField("vague", choices=Wave, default=Wave.REST)
    # What the breaker looks at: counted since the start, or since a person resumed.
    run_accepted = models.PositiveIntegerField("acceptés", default=0)
    run_failed = models.PositiveIntegerField("refusés", default=0)
    failed_in_row = models.PositiveIntegerField("refusés d'affilée", default=0)
    reported_at = models.DateTimeField("compte rendu envoyé le", null=True, blank=True)
    # What became of it, once it does not move any more (`newsletter.figures.counting`).
    figures = models.JSONField("chiffres", default=dict, blank=True, editable=False)

    objects = MailingQuerySet.as_manager()

    class Meta:
        verbose_name = "envoi"
        verbose_name_plural = "envois"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue"],
                condition=Q(kind="issue") & ~Q(state="cancelled"),
                name="one_mailing_per_issue",
                violation_error_message="Ce numéro a déjà un envoi.",
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(scheduled_at__isnull=False),
                name="a_scheduled_mailing_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(finished_at__isnull=False),
                name="a_sent_mailing_has_finished",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="digest",
                    issue__isnull=True,
                    period_from__isnull=False,
                    period_to__isnull=False,
                )
                | (~Q(kind="digest") & Q(issue__isnull=False)),
                name="a_digest_has_a_period_and_no_issue",
            ),
            models.UniqueConstraint(
                fields=["bulletin", "frequency", "period_from"],
                condition=Q(kind="digest") & ~Q(state="cancelled"),
                name="one_digest_a_period",
                violation_error_message="Ce résumé a déjà un envoi.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.issue_id or self.period_from}, envoi {self.pk}"

    @property
    def window(self) -> Window | None:
        """The days that a digest speaks of; None of an issue."""
        if self.period_from is None or self.period_to is None:
            return None
        return Window(self.frequency, self.period_from, self.period_to)

    @property
    def label(self) -> str:
        """What was sent, in words: the issue's title, or « Résumé de la semaine du … »."""
        if self.issue:
            return self.issue.title
        return self.window.label if self.window else str(self)

    def counts(self) -> dict[str, int]:
        """How many deliveries lie in each state, `total` included; every state is named."""
        found = dict(self.deliveries.values_list("state").annotate(n=models.Count("pk")).order_by())
        numbers = {state: found.get(state, 0) for state in Delivery.State.values}
        return {"total": sum(numbers.values()), **numbers}


class MailingContent(models.Model):
    """What a mailing says, frozen: later edits of the issue or of a template change nothing."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="contents")
    key = models.CharField("clé", max_length=64)
    subject = models.CharField("objet", max_length=255)
    html = models.TextField("HTML")
    text = models.TextField("texte")
    # From, Reply-To, list headers and addresses, as they were when the mailing was frozen
    # (`newsletter.engine.envelopes`).
    envelope = models.JSONField("enveloppe", default=dict, blank=True)

    class Meta:
        verbose_name = "contenu d'envoi"
        verbose_name_plural = "contenus d'envoi"
        constraints = [
            models.UniqueConstraint(fields=["mailing", "key"], name="one_content_per_key"),
            models.CheckConstraint(condition=~Q(subject=""), name="content_has_a_subject"),
        ]

    def __str__(self) -> str:
        return self.subject


class DeliveryQuerySet(models.QuerySet):
    def due(self, now: datetime) -> "DeliveryQuerySet":
        """Waiting rows whose next try may be made. A row tried in the future means that the clock
        was put back since: its delay would last too long, so it is due."""
        return self.filter(
            Q(next_try_at__isnull=True) | Q(next_try_at__lte=now) | Q(tried_at__gt=now),
            state=Delivery.State.PENDING,
        )

    def unsettled(self) -> "DeliveryQuerySet":
        return self.filter(state__in=[Delivery.State.PENDING, Delivery.State.SUBMITTING])


class Delivery(models.Model):
    """One mailing to one reader."""

    class State(models.TextChoices):
        PENDING = "pending", "En attente"
        SUBMITTING = "submitting", "En cours"
        SENT = "sent", "Envoyé"
        FAILED = "failed", "Échec"
        UNCERTAIN = "uncertain", "Incertain"
        SKIPPED = "skipped", "Écarté"

    # The indexes below begin with these keys; one more would be written twice for each reader.
    mailing = models.ForeignKey(
        Mailing, models.CASCADE, verbose_name="envoi", related_name="deliveries", db_index=False
    )
    content = models.ForeignKey(MailingContent, models.PROTECT, related_name="+", db_index=False)
    subscription = models.ForeignKey(
        "newsletter.Subscription",
        models.SET_NULL,
        null=True,
        related_name="deliveries",
        db_index=False,
    )
    email = models.EmailField("adresse", max_length=254, blank=True)
    token = models.CharField(max_length=24)
    state = models.CharField("état", max_length=10, choices=State, default=State.PENDING)
    claim_id = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField("réglé le", null=True)
    tries = models.PositiveSmallIntegerField("essais", default=0)
    next_try_at = models.DateTimeField("prochain essai", null=True)
    tried_at = models.DateTimeField("dernier essai", null=True)
    wave = models.PositiveSmallIntegerField("vague", choices=Mailing.Wave, default=2)
    smtp_code = models.PositiveSmallIntegerField("code SMTP", null=True)
    status_code = models.CharField("code étendu", max_length=11, blank=True)  # RFC 3463
    is_hard = models.BooleanField("adresse refusée", default=False)
    error = models.CharField("détail", max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne d'envoi"
        verbose_name_plural = "lignes d'envoi"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["mailing", "state"], name="delivery_states"),
            models.Index(
                fields=["mailing", "wave", "id"],
                condition=Q(state="pending"),
                name="delivery_queue",
            ),
            models.Index(
                fields=["claim_id"], condition=Q(claim_id__isnull=False), name="delivery_claim"
            ),
            # Few rows (tests): an erasure finds them by their address alone.
            models.Index(
                fields=["email"],
                condition=Q(subscription__isnull=True) & ~Q(email=""),
                name="delivery_address",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "mailing"], name="one_delivery_per_subscription"
            ),
            models.CheckConstraint(
                name="delivery_dates_match_its_state",
                condition=Q(
                    state="pending",
                    claim_id__isnull=True,
                    claimed_at__isnull=True,
                    begun_at__isnull=True,
                    finished_at__isnull=True,
                )
                | Q(
                    state="submitting",
                    claim_id__isnull=False,
                    claimed_at__isnull=False,
                    finished_at__isnull=True,
                )
                | Q(
                    state__in=["sent", "uncertain"],
                    begun_at__isnull=False,
                    finished_at__isnull=False,
                )
                | Q(state__in=["failed", "skipped"], finished_at__isnull=False),
            ),
            models.CheckConstraint(
                condition=~Q(email="") | Q(state__in=["sent", "failed", "uncertain", "skipped"]),
                name="an_unsettled_delivery_has_an_address",
            ),
        ]

    def __str__(self) -> str:
        return f"Envoi {self.mailing_id}, ligne {self.pk}"
