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

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(["tagline", "description", "rhythm"], heading="La lettre"),
        MultiFieldPanel(["sender_name", "sender_email", "reply_to"], heading="Expédition"),
        FieldPanel("standing_rubrics"),
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
