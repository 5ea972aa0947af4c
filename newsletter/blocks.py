"""The blocks of an issue: a rubric holds ordered lines; a line is a page and what this issue
says of it in its own words. And the blocks of a rule: what a rubric takes."""

from django.core.validators import validate_slug
from django.forms import CheckboxSelectMultiple
from django.utils.functional import cached_property
from wagtail import blocks
from wagtail.images.blocks import ImageBlock, ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from home.blocks import INLINE_FEATURES
from home.models import entry_models

PROSE_FEATURES = [*INLINE_FEATURES, "ul", "ol"]
MATCHES = [("any", "au moins un"), ("all", "tous")]
ORDERS = [
    ("date", "par date, la plus récente d'abord"),
    ("title", "par titre"),
    ("manual", "à la main : les nouveautés viennent à la fin"),
]


def collections() -> list[tuple[str, str]]:
    """The collections that the installed apps define, as choices."""
    return [(model.collection, model.collection_label) for model in entry_models()]


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


class FreeBlock(blocks.StructBlock):
    """Words of the issue's own between two rubrics: a call, a greeting, an announcement."""

    title = blocks.CharBlock(label="Titre", max_length=150)
    text = blocks.RichTextBlock(label="Texte", features=PROSE_FEATURES)
    image = ImageBlock(label="Image", required=False)

    class Meta:
        label = "Bloc libre"
        icon = "pilcrow"
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


class EditionBlock(blocks.StructBlock):
    """The same issue under a partner's banner, at an address of its own."""

    key = blocks.CharBlock(
        label="Nom court",
        max_length=40,
        validators=[validate_slug],
        help_text="Sert d'adresse\u00a0: lettres sans accent, chiffres et tirets.",
    )
    name = blocks.CharBlock(label="Nom du partenaire", max_length=200)
    mention = blocks.CharBlock(label="Mention", required=False, max_length=300)
    url = blocks.URLBlock(label="Site", required=False)
    logo = ImageChooserBlock(label="Logo", required=False)
    introduction = blocks.RichTextBlock(
        label="Introduction",
        required=False,
        features=INLINE_FEATURES,
        help_text="Vide\u00a0: celle du numéro.",
    )

    class Meta:
        label = "Édition partenaire"
        icon = "group"
        label_format = "{name}"


class ErratumBlock(blocks.StructBlock):
    """A correction of what has left: the mail is not sent again, the web page says it."""

    date = blocks.DateBlock(label="Date")
    text = blocks.RichTextBlock(label="Correction", features=INLINE_FEATURES)

    class Meta:
        label = "Erratum"
        icon = "warning"
        label_format = "{date}"


def _topics(label: str) -> blocks.ListBlock:
    return blocks.ListBlock(
        SnippetChooserBlock("home.Topic", label="Thème"), label=label, default=[]
    )


def _keywords(label: str) -> blocks.ListBlock:
    return blocks.ListBlock(
        SnippetChooserBlock("home.Keyword", label="Mot-clé"), label=label, default=[]
    )


class StandingRubricBlock(blocks.StructBlock):
    """A rubric and the rule by which it takes its pages."""

    title = blocks.CharBlock(label="Titre", max_length=150)
    topics = _topics("Thèmes")
    keywords = _keywords("Mots-clés")
    match = blocks.ChoiceBlock(
        label="La page en porte", choices=MATCHES, default="any", required=True
    )
    excluded_topics = _topics("Sauf les thèmes")
    excluded_keywords = _keywords("Sauf les mots-clés")
    entry_types = blocks.MultipleChoiceBlock(
        label="Collections",
        choices=collections,
        required=False,
        default=[],
        widget=CheckboxSelectMultiple,
        help_text="Aucune cochée\u00a0: toutes.",
    )
    maximum = blocks.IntegerBlock(label="Nombre maximal", required=False, min_value=1)
    order = blocks.ChoiceBlock(label="Ordre", choices=ORDERS, default="date", required=True)

    class Meta:
        label = "Rubrique permanente"
        icon = "list-ul"
        label_format = "{title}"


class PartnersBlock(blocks.StreamBlock):
    partner = PartnerBlock()


class RubricsBlock(blocks.StreamBlock):
    rubric = RubricBlock()
    free = FreeBlock()


class EditionsBlock(blocks.StreamBlock):
    edition = EditionBlock()


class ErrataBlock(blocks.StreamBlock):
    erratum = ErratumBlock()


class LinesBlock(blocks.StreamBlock):
    line = LineBlock()


class StandingRubricsBlock(blocks.StreamBlock):
    rubric = StandingRubricBlock()
