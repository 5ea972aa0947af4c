"""Mail to one reader (confirmation, welcome, private link), imports of addresses, exports of
data, and the runs of the jobs that keep or forget."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q


class ReaderMail(models.Model):
    """A message owed to one reader: the row is the queue's truth, a task is only a doorbell.

    Written when it is sent, from the subscription as it is then. The request that asks for one
    never waits for the relay.
    """

    class Kind(models.TextChoices):
        CONFIRM = "confirm", "Demande de confirmation"
        ALREADY = "already", "Déjà abonné"
        WELCOME = "welcome", "Bienvenue"
        DATA_LINK = "data-link", "Lien privé"

    class State(models.TextChoices):
        PENDING = "pending", "En attente"
        SENT = "sent", "Envoyé"
        FAILED = "failed", "Échec"

    kind = models.CharField("nature", max_length=10, choices=Kind)
    subscription = models.ForeignKey(
        "newsletter.Subscription", on_delete=models.CASCADE, related_name="mails"
    )
    state = models.CharField("état", max_length=10, choices=State, default=State.PENDING)
    created_at = models.DateTimeField("demandé le", auto_now_add=True)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField("envoyé le", null=True)
    tries = models.PositiveSmallIntegerField("essais", default=0)
    next_try_at = models.DateTimeField("prochain essai", null=True)
    error = models.CharField("détail", max_length=300, blank=True)

    class Meta:
        verbose_name = "courriel à un abonné"
        verbose_name_plural = "courriels aux abonnés"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(state="pending"), name="reader_mail_queue"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} du {self.created_at:%d/%m/%Y}"


class SubscriberImport(models.Model):
    """A file of addresses, from its upload to its report. The file is forgotten once read."""

    class State(models.TextChoices):
        DRAFT = "draft", "À relire"
        QUEUED = "queued", "En attente"
        RUNNING = "running", "En cours"
        DONE = "done", "Terminé"
        FAILED = "failed", "Échec"

    bulletin = models.ForeignKey(
        "newsletter.Bulletin",
        verbose_name="bulletin",
        on_delete=models.CASCADE,
        related_name="imports",
    )
    provenance = models.CharField("provenance", max_length=255, blank=True)
    filename = models.CharField("fichier", max_length=255)
    content = models.BinaryField(null=True)
    shape = models.CharField("forme reconnue", max_length=20, blank=True)
    mapping = models.JSONField("correspondance", default=dict, blank=True)
    state = models.CharField("état", max_length=10, choices=State, default=State.DRAFT)
    total = models.PositiveIntegerField("lignes", default=0)
    done = models.PositiveIntegerField("lues", default=0)
    report = models.JSONField("compte rendu", default=dict, blank=True, encoder=DjangoJSONEncoder)
    error = models.CharField("erreur", max_length=300, blank=True)
    created_at = models.DateTimeField("déposé le", auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    seen_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField("terminé le", null=True)

    class Meta:
        verbose_name = "import d'abonnés"
        verbose_name_plural = "imports d'abonnés"
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.filename} ({self.get_state_display().lower()})"


class DataExport(models.Model):
    """Personal data left the software: when, by whom, what, how many rows. Never the data."""

    at = models.DateTimeField("le", auto_now_add=True, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="par",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    what = models.CharField("quoi", max_length=60)
    count = models.PositiveIntegerField("lignes")
    detail = models.CharField("détail", max_length=255, blank=True)

    class Meta:
        verbose_name = "export de données"
        verbose_name_plural = "exports de données"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.what} du {self.at:%d/%m/%Y}"


class JobRun(models.Model):
    """One run of a job that keeps, fetches or forgets, with what it counted: its report."""

    job = models.CharField("tâche", max_length=40, db_index=True)
    started_at = models.DateTimeField("commencée le")
    finished_at = models.DateTimeField("finie le", null=True)
    counts = models.JSONField("compte", default=dict, blank=True)
    error = models.CharField("erreur", max_length=300, blank=True)

    class Meta:
        verbose_name = "passage d'une tâche"
        verbose_name_plural = "passages des tâches"
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.job} du {self.started_at:%d/%m/%Y %H:%M}"
