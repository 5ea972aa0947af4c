"""The letter itself (`Bulletin`) and the shelf of the centre's letters."""

from http import HTTPMethod

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index
from wagtail.url_routing import RouteResult

from home.models.entries import FrenchSlugMixin
from newsletter import archive, browsing, feeds
from newsletter.addresses import AddressError, each_line
from newsletter.blocks import PartnersBlock, StandingRubricsBlock

SAFE_METHODS = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS]


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
    offers_digests = models.BooleanField(
        "résumés thématiques",
        default=True,
        help_text="Un lecteur peut choisir, au lieu de chaque numéro, un résumé par semaine ou par "
        "mois des thèmes qu'il suit.",
    )
    welcome_text = models.TextField(
        "mot de bienvenue",
        blank=True,
        max_length=1000,
        help_text="Ouvre le courriel de bienvenue, qui porte aussi le dernier numéro paru.",
    )
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
        MultiFieldPanel(["offers_digests", "welcome_text"], heading="Abonnés"),
        FieldPanel("partners"),
    ]
    search_fields = [*Page.search_fields, index.FilterField("sender_email")]
    parent_page_types = ["newsletter.BulletinIndexPage"]
    subpage_types = ["newsletter.Issue"]
    template = "newsletter/bulletin.html"
    allowed_http_methods = SAFE_METHODS

    class Meta:
        verbose_name = "bulletin"
        verbose_name_plural = "bulletins"

    def clean(self) -> None:
        super().clean()
        if self.assembles_on_schedule and not self.next_assembly_on:
            raise ValidationError(
                {"next_assembly_on": "Donnez la date du prochain assemblage, ou décochez la case."}
            )
        try:
            self.editors()
        except AddressError as error:
            raise ValidationError({"editors_addresses": str(error)}) from error

    def editors(self) -> list[str]:
        """The addresses to tell of a draft; empty: the accounts that may change the bulletin.

        Raises:
            AddressError: a line is not an address.
        """
        return each_line(self.editors_addresses)

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Its feed is `atom.xml`; the files of an issue stand beside its page, `SLUG.pdf`."""
        if path_components == ["atom.xml"] and self.live:
            return RouteResult(self, kwargs={"form": "atom"})
        slug, form = archive.file_named(path_components)
        if not form:
            return super().route(request, path_components)
        return RouteResult(super().route(request, [slug])[0], kwargs={"form": form})

    def serve(self, request: HttpRequest, form: str = "") -> HttpResponse:
        return feeds.serve_feed(self, request) if form else super().serve(request)

    def get_context(self, request: HttpRequest) -> dict:
        return super().get_context(request) | browsing.archive_context(self, request)
