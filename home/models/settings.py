"""What changes from one centre to another: names, legal duties, colour."""

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from wagtail.admin.panels import MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import RichTextField

from home.blocks import TEXT_FEATURES

HEX_COLOUR = RegexValidator(
    r"^#[0-9A-Fa-f]{6}$", "Une couleur s'écrit #RRVVBB, par exemple #0F4C5C."
)


@register_setting(icon="site")
class SiteSettings(BaseSiteSetting):
    """The centre's identity and the facts that its legal pages must state."""

    class Compliance(models.TextChoices):
        NONE = "non", "Non conforme"
        PARTIAL = "partielle", "Partiellement conforme"
        TOTAL = "totale", "Totalement conforme"

    class LegalBasis(models.TextChoices):
        CONSENT = "consent", "Consentement de la personne (RGPD, art. 6.1.a)"
        MISSION = "mission", "Mission d'intérêt public (RGPD, art. 6.1.e)"

    centre_name = models.CharField("nom du centre", max_length=150, default="Centre de ressources")
    centre_short_name = models.CharField("nom court", max_length=60, blank=True)
    tagline = models.CharField("accroche", max_length=200, blank=True)
    accent_colour = models.CharField(
        "couleur d'accent", max_length=7, blank=True, validators=[HEX_COLOUR]
    )

    editor_name = models.CharField("éditeur du site", max_length=200, blank=True)
    editor_legal_form = models.CharField("forme juridique", max_length=200, blank=True)
    editor_address = models.TextField("adresse", blank=True)
    editor_phone = models.CharField("téléphone", max_length=30, blank=True)
    publication_director = models.CharField(
        "directeur de la publication", max_length=150, blank=True
    )
    contact_email = models.EmailField("courriel de contact", blank=True)

    host_name = models.CharField("hébergeur", max_length=200, blank=True)
    host_address = models.TextField("adresse de l'hébergeur", blank=True)
    host_phone = models.CharField("téléphone de l'hébergeur", max_length=30, blank=True)

    dpo_name = models.CharField("délégué à la protection des données", max_length=150, blank=True)
    dpo_email = models.EmailField("courriel du délégué", blank=True)
    legal_basis = models.CharField(
        "base légale des envois", max_length=10, choices=LegalBasis, default=LegalBasis.CONSENT
    )
    retention_months = models.PositiveSmallIntegerField(
        "conservation des envois (mois)",
        default=13,
        help_text="Au terme de ce délai, les lignes d'envoi perdent l'adresse.",
    )
    unconfirmed_days = models.PositiveSmallIntegerField(
        "demandes non confirmées (jours)",
        default=30,
        help_text="Une demande d'abonnement que personne n'a confirmée est alors oubliée.",
    )
    ended_months = models.PositiveSmallIntegerField(
        "abonnements terminés (mois)",
        default=36,
        help_text="Au terme de ce délai, la personne est oubliée\u00a0; une empreinte illisible "
        "empêche qu'un import la réinscrive.",
    )
    contact_months = models.PositiveSmallIntegerField(
        "contacts périmés des retours d'expérience (mois)",
        default=6,
        help_text="Un contact dont l'accord a pris fin depuis ce délai est effacé.",
    )

    compliance = models.CharField(
        "conformité RGAA", max_length=10, choices=Compliance, default=Compliance.NONE
    )
    compliance_percent = models.PositiveSmallIntegerField(
        "taux de conformité (%)", null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    audit_date = models.DateField("date de l'audit", null=True, blank=True)
    audit_author = models.CharField("auditeur", max_length=200, blank=True)
    inaccessible_content = RichTextField(
        "contenus non accessibles", blank=True, features=TEXT_FEATURES
    )

    legal_notice = RichTextField("mentions complémentaires", blank=True, features=TEXT_FEATURES)
    privacy_notice = RichTextField(
        "compléments sur les données personnelles", blank=True, features=TEXT_FEATURES
    )
    colophon = models.TextField("colophon du bulletin", blank=True, max_length=600)

    panels = [
        MultiFieldPanel(
            ["centre_name", "centre_short_name", "tagline", "accent_colour"], heading="Le centre"
        ),
        MultiFieldPanel(
            [
                "editor_name",
                "editor_legal_form",
                "editor_address",
                "editor_phone",
                "publication_director",
                "contact_email",
            ],
            heading="Éditeur",
        ),
        MultiFieldPanel(["host_name", "host_address", "host_phone"], heading="Hébergeur"),
        MultiFieldPanel(
            [
                "dpo_name",
                "dpo_email",
                "legal_basis",
                "retention_months",
                "unconfirmed_days",
                "ended_months",
                "contact_months",
            ],
            heading="Données personnelles",
        ),
        MultiFieldPanel(
            [
                "compliance",
                "compliance_percent",
                "audit_date",
                "audit_author",
                "inaccessible_content",
            ],
            heading="Accessibilité",
        ),
        MultiFieldPanel(["legal_notice", "privacy_notice", "colophon"], heading="Textes"),
    ]

    class Meta:
        verbose_name = "le centre"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(compliance_percent__isnull=True)
                | models.Q(compliance_percent__lte=100),
                name="compliance_is_a_percentage",
            )
        ]

    @property
    def short_name(self) -> str:
        return self.centre_short_name or self.centre_name
