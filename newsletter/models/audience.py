"""Who reads: an address, its consent for one bulletin, what proves it, and who must not be
written to.

A subscription is *pending* until its reader confirms, *confirmed* while they read, *ended*
when they leave; it is never deleted by leaving, so that an import can not bring it back.
"""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from newsletter.addresses import fingerprint, normalise

TOKEN_BYTES = 16  # 22 characters: a short List-Unsubscribe, 128 bits nobody can guess


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


class AddressHashField(models.CharField):
    """The keyed hash of the row's address, kept beside it so that the database alone can leave out
    who is suppressed. Written at every insert and save, whoever inserts."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = fingerprint(model_instance.email, settings.SUPPRESSION_KEY)
        setattr(model_instance, self.attname, value)
        return value


class SubscriberQuerySet(models.QuerySet):
    def at(self, email: str) -> "SubscriberQuerySet":
        """Who has this (normalised) address, through the index that makes it unique: the column
        itself has none."""
        return self.alias(spelled=Lower("email")).filter(spelled=email)


class Subscriber(models.Model):
    """An address that asked for a bulletin, in its normalised spelling."""

    email = models.EmailField("adresse électronique", max_length=254)
    address_hash = AddressHashField(
        "empreinte", max_length=64, db_index=True, blank=True, editable=False
    )
    name = models.CharField("nom", max_length=150, blank=True)
    organisation = models.CharField("organisme", max_length=200, blank=True)
    created_at = models.DateTimeField("inscrit le", auto_now_add=True)
    # The private link to one's own data: asked for, mailed, short-lived.
    data_token = models.CharField(  # noqa: DJ001 — unique where there is one
        max_length=24, null=True, unique=True, editable=False
    )
    data_token_at = models.DateTimeField(null=True, editable=False)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = "abonné"
        verbose_name_plural = "abonnés"
        ordering = ["email"]
        permissions = [("export_subscriber", "Peut exporter les abonnés")]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_subscriber_per_address",
                violation_error_message="Cette adresse est déjà dans la liste.",
            ),
            models.CheckConstraint(condition=~Q(email=""), name="subscriber_has_an_address"),
        ]

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        super().clean()
        if self.email:
            self.email = normalise(self.email)

    def save(self, *args: object, **kwargs: object) -> None:
        self.email = normalise(self.email)
        super().save(*args, **kwargs)


class SubscriptionQuerySet(models.QuerySet):
    def confirmed(self) -> "SubscriptionQuerySet":
        return self.filter(status=Subscription.Status.CONFIRMED)

    def pending(self) -> "SubscriptionQuerySet":
        return self.filter(status=Subscription.Status.PENDING)


class Subscription(models.Model):
    """One address's consent for one bulletin."""

    class Status(models.TextChoices):
        PENDING = "pending", "À confirmer"
        CONFIRMED = "confirmed", "Confirmé"
        ENDED = "ended", "Terminé"

    class EndReason(models.TextChoices):
        NONE = "", "—"
        READER = "reader", "À la demande du lecteur"
        ADMIN = "admin", "Par le centre"
        SUPPRESSED = "suppressed", "Adresse à ne plus utiliser"
        BOUNCE = "bounce", "L'adresse ne reçoit plus"
        COMPLAINT = "complaint", "Signalé comme indésirable"

    class Frequency(models.TextChoices):
        """What a reader receives: every issue whole, or a digest of the themes they chose."""

        ISSUE = "issue", "Chaque numéro"
        WEEKLY = "weekly", "Un résumé par semaine"
        MONTHLY = "monthly", "Un résumé par mois"

    class LeaveReason(models.TextChoices):
        NONE = "", "Sans réponse"
        TOO_MANY = "too-many", "Trop de messages"
        NOT_USEFUL = "not-useful", "Le contenu ne m'est pas utile"
        NEW_JOB = "new-job", "J'ai changé de fonctions"
        NOT_ASKED = "not-asked", "Je n'avais rien demandé"
        OTHER = "other", "Autre raison"

    subscriber = models.ForeignKey(
        Subscriber, verbose_name="abonné", on_delete=models.CASCADE, related_name="subscriptions"
    )
    bulletin = models.ForeignKey(
        "newsletter.Bulletin",
        verbose_name="bulletin",
        on_delete=models.PROTECT,
        related_name="subscriptions",
    )
    status = models.CharField("état", max_length=10, choices=Status, default=Status.PENDING)
    token = models.CharField("jeton", max_length=24, unique=True, default=new_token, editable=False)
    confirmation_token = models.CharField(
        max_length=24, unique=True, default=new_token, editable=False
    )
    frequency = models.CharField(
        "fréquence", max_length=10, choices=Frequency, default=Frequency.ISSUE
    )
    topics = models.ManyToManyField("home.Topic", verbose_name="thèmes suivis", blank=True)
    # The same for all who chose the same themes ("" = every theme): one rendering of a digest.
    topics_key = models.CharField(max_length=64, blank=True, default="", editable=False)
    requested_at = models.DateTimeField("demandé le")
    confirmed_at = models.DateTimeField("confirmé le", null=True, blank=True)
    ended_at = models.DateTimeField("terminé le", null=True, blank=True)
    end_reason = models.CharField(
        "motif", max_length=10, choices=EndReason, blank=True, default=EndReason.NONE
    )
    leave_reason = models.CharField(
        "raison donnée", max_length=10, choices=LeaveReason, blank=True, default=LeaveReason.NONE
    )

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = "abonnement"
        verbose_name_plural = "abonnements"
        ordering = ["-requested_at"]
        indexes = [
            models.Index(
                fields=["bulletin", "status", "frequency", "topics_key"],
                name="subscription_audience",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "bulletin"],
                name="one_subscription_per_bulletin",
                violation_error_message="Cette adresse est déjà abonnée à ce bulletin.",
            ),
            models.CheckConstraint(
                name="subscription_dates_match_its_status",
                condition=Q(
                    status="pending",
                    confirmed_at__isnull=True,
                    ended_at__isnull=True,
                    end_reason="",
                )
                | Q(
                    status="confirmed",
                    confirmed_at__isnull=False,
                    ended_at__isnull=True,
                    end_reason="",
                )
                | (Q(status="ended", ended_at__isnull=False) & ~Q(end_reason="")),
                violation_error_message="Les dates de l'abonnement contredisent son état.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} ({self.get_status_display().lower()})"


class ConsentEvent(models.Model):
    """What happened to a consent, when, through what, and the words that the person read.

    Append-only. No IP address: the double opt-in, the wording and the dates are the proof
    (RGPD art. 7.1), and an address one does not hold can not leak.
    """

    class Kind(models.TextChoices):
        REQUESTED = "requested", "Demande"
        CONFIRMED = "confirmed", "Confirmation"
        ENDED = "ended", "Fin"
        IMPORTED = "imported", "Import"
        ERASED = "erased", "Effacement"
        CHANGED = "changed", "Choix modifiés"
        CORRECTED = "corrected", "Rectification"

    class Channel(models.TextChoices):
        FORM = "form", "Formulaire du site"
        IMPORT = "import", "Import d'un fichier"
        ADMIN = "admin", "Interface du centre"
        ONE_CLICK = "one-click", "Bouton de la messagerie"
        MAIL = "mail", "Lien d'un courriel"
        MAILBOX = "mailbox", "Courriel de désabonnement"
        RETURN = "return", "Retour d'un serveur de courrier"
        PRIVATE = "private", "Lien privé « mes données »"

    subscription = models.ForeignKey(
        Subscription, null=True, on_delete=models.CASCADE, related_name="events"
    )
    kind = models.CharField("événement", max_length=10, choices=Kind)
    at = models.DateTimeField("le", db_index=True)
    channel = models.CharField("par", max_length=10, choices=Channel)
    page = models.CharField("page", max_length=255, blank=True)
    wording = models.TextField("texte présenté", blank=True)
    wording_version = models.CharField("version du texte", max_length=20, blank=True)
    provenance = models.CharField("provenance", max_length=255, blank=True)
    detail = models.CharField("détail", max_length=255, blank=True)

    class Meta:
        verbose_name = "trace de consentement"
        verbose_name_plural = "traces de consentement"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="erased", subscription__isnull=True)
                | (~Q(kind="erased") & Q(subscription__isnull=False)),
                name="only_an_erasure_has_no_subscription",
            ),
            models.CheckConstraint(
                condition=~Q(kind="imported") | ~Q(provenance=""),
                name="an_import_states_its_provenance",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} du {self.at:%d/%m/%Y}"

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk is not None:
            raise TypeError("A consent event is never changed.")
        super().save(*args, **kwargs)
