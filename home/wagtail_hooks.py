"""Registers the vocabularies in the admin, and slugs that keep French letters."""

from django.db import models
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.widgets.slug import SlugInput
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from home.models import Keyword, Territory, Topic

# What `home.slugs` does on the server, done while the title is typed.
SLUG_FORMATTERS = [(r"n°\s*", "numero-"), ("[Œœ]", "oe"), ("[Ææ]", "ae"), ("['’ʼ/|·.&+]", "-")]

register_form_field_override(
    models.SlugField,
    override={"widget": SlugInput(locale="fr", formatters=SLUG_FORMATTERS)},
)


class TopicViewSet(SnippetViewSet):
    model = Topic
    icon = "list-ul"
    menu_label = "Thèmes"
    list_display = ["name", "parent", "position"]
    list_filter = ["parent"]
    ordering = ["position", "name"]
    panels = [
        FieldPanel("name", heading="Nom"),
        FieldRowPanel(["parent", "position"]),
        MultiFieldPanel(["other_labels", "scope_note"], heading="Pour s'y retrouver"),
    ]


class KeywordViewSet(SnippetViewSet):
    model = Keyword
    icon = "tag"
    menu_label = "Mots-clés"
    list_display = ["name", "slug"]
    search_fields = ["name"]
    panels = [FieldPanel("name", heading="Nom")]


class TerritoryViewSet(SnippetViewSet):
    model = Territory
    icon = "globe"
    menu_label = "Territoires"
    list_display = ["name", "kind", "code"]
    list_filter = ["kind"]
    panels = [FieldPanel("name"), FieldRowPanel(["kind", "code"])]


class VocabularyGroup(SnippetViewSetGroup):
    menu_label = "Vocabulaires"
    menu_icon = "tag"
    menu_order = 230
    items = (TopicViewSet, KeywordViewSet, TerritoryViewSet)


register_snippet(VocabularyGroup)
