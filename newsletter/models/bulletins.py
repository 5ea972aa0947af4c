"""The letter itself (`Bulletin`) and the shelf of the centre's letters."""

from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from home.models.entries import FrenchSlugMixin
from newsletter.blocks import PartnersBlock, StandingRubricsBlock


class BulletinIndexPage(FrenchSlugMixin, Page):
    """The shelf of the centre's bulletins."""

    introduction = models.TextField("introduction", blank=True, max_length=600)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types = ["home.HomePage"]
    subpage_types = ["newsletter.Bulletin"]
    max_count_per_parent = 1
    show_in_menus_default = True
    template = "newsletter/bulletin_index_page.html"

    class Meta:
        verbose_name = "rayon des bulletins"
        verbose_name_plural = "rayons des bulletins"

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> dict:
        bulletins = Bulletin.objects.child_of(self).live().public().order_by("title")
        return super().get_context(request, *args, **kwargs) | {"bulletins": bulletins}


class Bulletin(FrenchSlugMixin, Page):
    """A recurring letter: its name, its sender, its standing rubrics."""

    class Rhythm(models.TextChoices):
        FREE = "free", "Sans rythme fixe"
        WEEKLY = "weekly", "Chaque semaine"
        MONTHLY = "monthly", "Chaque mois"
        QUARTERLY = "quarterly", "Chaque trimestre"

    # The default reverse name, `bulletin`, would clash with the field of `Issue`.
    page_ptr = models.OneToOneField(
        Page, parent_link=True, on_delete=models.CASCADE, related_name="bulletin_page"
    )
    tagline = models.CharField("accroche", max_length=200, blank=True)
    description = models.TextField("description", blank=True, max_length=600)
    sender_name = models.CharField("nom de l'expéditeur", max_length=100, blank=True)
    sender_email = models.EmailField("adresse de l'expéditeur", blank=True)
    reply_to = models.EmailField("adresse de réponse", blank=True)
    rhythm = models.CharField("rythme", max_length=10, choices=Rhythm, default=Rhythm.FREE)
    partners = StreamField(PartnersBlock(), verbose_name="partenaires habituels", blank=True)
    standing_rubrics = StreamField(
        StandingRubricsBlock(), verbose_name="rubriques permanentes", blank=True
    )
    featured_tag = models.SlugField(
        "étiquette «\u00a0à la une\u00a0»",
        max_length=100,
        blank=True,
        help_text="Identifiant d'un thème ou d'un mot-clé, par exemple a-la-une.",
    )
    discover_tag = models.SlugField(
        "étiquette «\u00a0à découvrir\u00a0»",
        max_length=100,
        blank=True,
        help_text="Identifiant d'un thème ou d'un mot-clé, par exemple a-decouvrir.",
    )
    agenda_weeks = models.PositiveSmallIntegerField(
        "agenda (semaines)",
        default=8,
        help_text="Un numéro régulier annonce les dates de cette durée à partir de la sienne. "
        "0\u00a0: pas d'agenda.",
    )
    proposes_since = models.DateField(
        "rien de publié avant le",
        null=True,
        blank=True,
        help_text="Ce qui est plus ancien n'est pas proposé, mais reste visible parmi les oubliés.",
    )
    assembles_on_schedule = models.BooleanField(
        "assemblé tout seul",
        default=False,
        help_text="Un brouillon est préparé à la date dite. Il n'est jamais envoyé tout seul.",
    )
    next_assembly_on = models.DateField("prochain assemblage le", null=True, blank=True)
    editors_addresses = models.TextField(
        "adresses de la rédaction",
        blank=True,
        help_text="Une par ligne\u00a0: qui est prévenu qu'un brouillon est prêt. "
        "Vide\u00a0: les comptes qui peuvent modifier ce bulletin.",
    )
    needs_second_person = models.BooleanField(
        "envoi par une seconde personne",
        default=False,
        help_text="Qui a modifié la version publiée ne peut pas l'envoyer lui-même.",
    )

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(["tagline", "description", "rhythm"], heading="La lettre"),
        MultiFieldPanel(
            ["sender_name", "sender_email", "reply_to", "needs_second_person"],
            heading="Expédition",
        ),
        FieldPanel("standing_rubrics"),
        MultiFieldPanel(
            ["featured_tag", "discover_tag", "agenda_weeks", "proposes_since"],
            heading="Sélection",
        ),
        MultiFieldPanel(
            ["assembles_on_schedule", "next_assembly_on", "editors_addresses"],
            heading="Assemblage programmé",
        ),
        FieldPanel("partners"),
    ]
    search_fields = [*Page.search_fields, index.FilterField("sender_email")]
    parent_page_types = ["newsletter.BulletinIndexPage"]
    subpage_types = ["newsletter.Issue"]
    template = "newsletter/bulletin.html"

    class Meta:
        verbose_name = "bulletin"
        verbose_name_plural = "bulletins"

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> dict:
        years: dict[str, list[Page]] = {}
        for issue in self.issues.listed():
            years.setdefault(issue.dated[:4], []).append(issue)
        return super().get_context(request, *args, **kwargs) | {"years": list(years.items())}
