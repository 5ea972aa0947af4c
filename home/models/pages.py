"""The site's own pages: its home, and simple pages of text."""

from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from home.blocks import BodyBlock
from home.models.entries import FrenchSlugMixin
from home.shelves import home_shelves


class HomePage(Page):
    """The entrance. Its shelves are filled from the collections, not by hand."""

    introduction = models.TextField("introduction", blank=True, max_length=600)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "home.StandardPage",
        "newsletter.BulletinIndexPage",
        "resources.CaseStudyIndexPage",
        "veille.AgendaIndexPage",
        "veille.NoticeIndexPage",
    ]
    max_count = 1
    template = "home/home_page.html"

    class Meta:
        verbose_name = "accueil"
        verbose_name_plural = "accueils"

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> dict:
        return super().get_context(request, *args, **kwargs) | home_shelves()


class StandardPage(FrenchSlugMixin, Page):
    """A page of text: « À propos », an aid, a note."""

    body = StreamField(BodyBlock(), verbose_name="contenu", blank=True)

    content_panels = [*Page.content_panels, FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("body")]
    parent_page_types = ["home.HomePage", "home.StandardPage"]
    subpage_types = ["home.StandardPage"]
    show_in_menus_default = True
    template = "home/standard_page.html"

    class Meta:
        verbose_name = "page simple"
        verbose_name_plural = "pages simples"
