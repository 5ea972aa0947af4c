"""`CaseStudy`: what others tried, from the problem to the results, and the page that lists them."""

from datetime import date

from django.db import models
from django.utils import timezone
from wagtail.models import Page
from wagtail.search import index

from home.cards import Citation, FacetValue, Run, SearchText
from home.models import Entry, EntryIndexPage
from resources import panels

# The parts of the account, in reading order: what the search reads too.
PARTS = (
    *("context", "problem", "actions_taken", "audience", "results", "success_factors"),
    *("conditions", "obstacles", "public_role", "funding"),
)


class CaseStudyIndexPage(EntryIndexPage):
    """The shelf of case studies."""

    collection = "retour-d-experience"
    subpage_types = ["resources.CaseStudy"]

    class Meta:
        verbose_name = "rayon des retours d'expérience"
        verbose_name_plural = "rayons des retours d'expérience"


class CaseStudy(Entry):
    """One action, told in fixed parts. A part left empty is left out of the page."""

    class Status(models.TextChoices):
        PLANNED = "planned", "En projet"
        TEST = "test", "En test"
        ONGOING = "ongoing", "En cours"
        ENDED = "ended", "Terminée"
        STOPPED = "stopped", "Abandonnée"

    collection = "retour-d-experience"
    collection_label = "Retour d'expérience"
    tint = "case"
    card_prefetch = ("organisations__organisation",)

    baseline = models.CharField("accroche", max_length=300, blank=True)
    status = models.CharField(
        "état de l'action", max_length=10, choices=Status, default=Status.ONGOING
    )
    started = models.CharField(
        "début",
        max_length=80,
        blank=True,
        help_text="Tel qu'on le lit\u00a0: «\u00a02014\u00a0», «\u00a0depuis 1983\u00a0».",
    )
    in_priority_district = models.BooleanField("dans un quartier prioritaire", default=False)
    district = models.CharField("quartier", max_length=150, blank=True)

    context = models.TextField("contexte", blank=True, help_text="Le cadre, les textes, le lieu.")
    problem = models.TextField("constat", blank=True)
    actions_taken = models.TextField("action", blank=True)
    audience = models.TextField("publics", blank=True)
    funding = models.TextField("financement", blank=True)
    results = models.TextField("résultats", blank=True)
    public_role = models.TextField("rôle de l'acteur public", blank=True)
    success_factors = models.TextField("leviers et facteurs de succès", blank=True)
    conditions = models.TextField("ce qui aiderait d'autres à s'en saisir", blank=True)
    obstacles = models.TextField("freins et difficultés", blank=True)
    quote = models.TextField("citation", blank=True, help_text="Sans guillemets.")
    quote_author = models.CharField("auteur de la citation", max_length=200, blank=True)

    origin = models.CharField(
        "origine", max_length=300, blank=True, help_text="La séance ou le rapport dont il vient."
    )
    origin_page = models.ForeignKey(
        Page,
        verbose_name="page d'origine",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="La notice ou la date d'agenda correspondante.",
    )

    search_fields = [
        *Entry.search_fields,
        index.SearchField("baseline"),
        *(index.SearchField(name) for name in PARTS),
        index.FilterField("status"),
        index.FilterField("in_priority_district"),
    ]
    parent_page_types = ["resources.CaseStudyIndexPage"]
    subpage_types: list[str] = []
    template = "resources/case_study.html"
    edit_handler = panels.CASE_STUDY_EDIT_HANDLER

    class Meta:
        verbose_name = "retour d'expérience"
        verbose_name_plural = "retours d'expérience"

    def valid_contacts(self, today: date | None = None) -> models.QuerySet:
        """The persons who agreed to be named, until their agreement expires."""
        return self.contacts.filter(expires_on__gte=today or timezone.localdate())

    def bodies(self, role: str) -> list[str]:
        """Names, as printed, of the organisations in this role."""
        return [row.printed for row in self.organisations.all() if row.role == role]

    def leads(self) -> list[str]:
        return self.bodies("lead")

    def partners(self) -> list[str]:
        return self.bodies("partner")

    def funders(self) -> list[str]:
        return self.bodies("funder")

    def card_subtitle(self) -> str:
        return self.baseline

    def citation(self, style: str = "bulletin") -> Citation:
        parts = [", ".join(self.leads()), self.started]
        line = ", ".join(part for part in parts if part)
        return (Run(line),) if line else ()

    def facet_values(self) -> list[FacetValue]:
        return [*super().facet_values(), FacetValue("etat", self.status, self.get_status_display())]

    def search_text(self) -> SearchText:
        text = super().search_text()
        names = [f"{r.printed_as}\n{r.organisation.names()}" for r in self.organisations.all()]
        told = [text.body, self.district, *(getattr(self, name) for name in PARTS)]
        told += [self.quote, self.origin]
        return SearchText(
            title=text.title,
            names="\n".join(names),
            subjects=text.subjects,
            body="\n".join(part for part in told if part),
        )
