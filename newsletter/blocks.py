"""The blocks of an issue: a rubric holds ordered lines; a line is a page and what this issue
says of it in its own words."""

from django.utils.functional import cached_property
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from home.models import entry_models


class EntryChooserBlock(blocks.PageChooserBlock):
    """Chooses an entry of any collection that the installed apps define."""

    @cached_property
    def target_models(self) -> list:
        return entry_models()

    class Meta:
        label = "Page"
        icon = "doc-full"


class LineBlock(blocks.StructBlock):
    """One line of the issue."""

    page = EntryChooserBlock(
        label="Page",
        error_messages={"required": "Choisissez une page, ou retirez cette ligne."},
    )
    title = blocks.CharBlock(
        label="Titre pour ce numéro",
        required=False,
        max_length=300,
        help_text="Vide : le titre de la page.",
    )
    summary = blocks.TextBlock(
        label="Texte pour ce numéro",
        required=False,
        max_length=1200,
        rows=3,
        help_text="Vide : le résumé court de la page, ou le début de son résumé.",
    )

    class Meta:
        label = "Ligne"
        icon = "doc-full"
        label_format = "{page}"


class RubricBlock(blocks.StructBlock):
    """A titled part of the issue, with its « À découvrir » box."""

    title = blocks.CharBlock(label="Titre", max_length=150)
    introduction = blocks.TextBlock(label="Chapô", required=False, max_length=600, rows=2)
    items = blocks.ListBlock(LineBlock(), label="Lignes", default=[], collapsed=True)
    discover_title = blocks.CharBlock(
        label="Titre de l'encadré", default="À découvrir", max_length=150
    )
    discover = blocks.ListBlock(
        LineBlock(), label="Encadré « À découvrir »", default=[], collapsed=True
    )

    class Meta:
        label = "Rubrique"
        icon = "list-ul"
        label_format = "{title}"


class PartnerBlock(blocks.StructBlock):
    """Who the issue is made with."""

    key = blocks.CharBlock(label="Nom court", max_length=60)
    name = blocks.CharBlock(label="Nom", max_length=200)
    mention = blocks.CharBlock(label="Mention", required=False, max_length=300)
    url = blocks.URLBlock(label="Site", required=False)
    logo = ImageChooserBlock(label="Logo", required=False)

    class Meta:
        label = "Partenaire"
        icon = "group"
        label_format = "{key}"


class StandingRubricBlock(blocks.StructBlock):
    """A rubric that every regular issue proposes."""

    title = blocks.CharBlock(label="Titre", max_length=150)
    topics = blocks.ListBlock(
        SnippetChooserBlock("home.Topic", label="Thème"), label="Thèmes", default=[]
    )
    keywords = blocks.ListBlock(
        blocks.CharBlock(label="Mot-clé", max_length=100), label="Mots-clés", default=[]
    )
    maximum = blocks.IntegerBlock(label="Nombre maximal", required=False, min_value=1)

    class Meta:
        label = "Rubrique permanente"
        icon = "list-ul"
        label_format = "{title}"


class PartnersBlock(blocks.StreamBlock):
    partner = PartnerBlock()


class RubricsBlock(blocks.StreamBlock):
    rubric = RubricBlock()


class LinesBlock(blocks.StreamBlock):
    line = LineBlock()


class StandingRubricsBlock(blocks.StreamBlock):
    rubric = StandingRubricBlock()
