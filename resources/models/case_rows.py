"""What hangs on a case study: bodies, figures, sources, links, and persons to ask."""

from django.db import models
from django.db.models import F, Q
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldRowPanel
from wagtail.models import Orderable

from resources.models.case_studies import CaseStudy


class CaseStudyOrganisation(Orderable):
    """A body and its part in the action."""

    class Role(models.TextChoices):
        LEAD = "lead", "Structure porteuse"
        PARTNER = "partner", "Partenaire"
        FUNDER = "funder", "Financeur"

    case_study = ParentalKey(CaseStudy, on_delete=models.CASCADE, related_name="organisations")
    organisation = models.ForeignKey(
        "veille.Organisation",
        verbose_name="organisme",
        on_delete=models.PROTECT,
        related_name="case_study_roles",
    )
    role = models.CharField("rôle", max_length=10, choices=Role, default=Role.LEAD)
    printed_as = models.CharField("tel qu'imprimé", max_length=200, blank=True)

    panels = [FieldRowPanel(["role", "organisation", "printed_as"])]

    class Meta(Orderable.Meta):
        verbose_name = "organisme"
        verbose_name_plural = "organismes"
        constraints = [
            models.UniqueConstraint(
                fields=["case_study", "organisation", "role"],
                name="a_body_once_per_role",
                violation_error_message="Cet organisme a déjà ce rôle.",
            )
        ]

    def __str__(self) -> str:
        return self.printed

    @property
    def printed(self) -> str:
        return self.printed_as or self.organisation.name


class CaseFigure(Orderable):
    """A result in figures: « 150 h », « de formation »."""

    case_study = ParentalKey(CaseStudy, on_delete=models.CASCADE, related_name="figures")
    value = models.CharField("chiffre", max_length=60)
    label = models.CharField("ce qu'il compte", max_length=200)

    panels = [FieldRowPanel(["value", "label"])]

    class Meta(Orderable.Meta):
        verbose_name = "chiffre"
        verbose_name_plural = "chiffres"

    def __str__(self) -> str:
        return f"{self.value} {self.label}"


class CaseSource(Orderable):
    """A document that the account rests on."""

    case_study = ParentalKey(CaseStudy, on_delete=models.CASCADE, related_name="sources")
    label = models.CharField("libellé", max_length=300)
    url = models.URLField("adresse", max_length=1000, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = "source"
        verbose_name_plural = "sources"

    def __str__(self) -> str:
        return self.label


class CaseLink(Orderable):
    """A page of those who act."""

    case_study = ParentalKey(CaseStudy, on_delete=models.CASCADE, related_name="links")
    label = models.CharField("libellé", max_length=200)
    url = models.URLField("adresse", max_length=1000)
    url.required_on_save = True

    class Meta(Orderable.Meta):
        verbose_name = "lien"
        verbose_name_plural = "liens"
        constraints = [
            models.CheckConstraint(condition=~Q(url=""), name="case_link_has_an_address")
        ]

    def __str__(self) -> str:
        return self.label


class CaseContact(Orderable):
    """A person to ask, who agreed to be named here for a time: personal data, never indexed.

    Read it through `CaseStudy.valid_contacts()` only.
    """

    case_study = ParentalKey(CaseStudy, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField("nom", max_length=150)
    function = models.CharField("fonction", max_length=150, blank=True)
    organisation = models.CharField("organisme", max_length=200, blank=True)
    email = models.EmailField("adresse électronique", blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    consent_on = models.DateField("accord donné le")
    expires_on = models.DateField(
        "accord valable jusqu'au", help_text="Après ce jour, la personne n'est plus affichée."
    )

    panels = [
        FieldRowPanel(["name", "function", "organisation"]),
        FieldRowPanel(["email", "phone"]),
        FieldRowPanel(["consent_on", "expires_on"]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "contact"
        verbose_name_plural = "contacts"
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("consent_on")),
                name="contact_consent_expires_after_it_is_given",
                violation_error_message="L'accord doit finir après le jour où il est donné.",
            )
        ]

    def __str__(self) -> str:
        return self.name
