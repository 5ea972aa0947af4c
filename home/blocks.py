"""StreamField blocks shared by the page types, each with its words for the editor."""

from wagtail import blocks
from wagtail.images.blocks import ImageBlock

INLINE_FEATURES = ["bold", "italic", "link"]
TEXT_FEATURES = ["h3", "bold", "italic", "ol", "ul", "link", "document-link"]


class QuoteBlock(blocks.StructBlock):
    """Somebody's words."""

    text = blocks.TextBlock(label="Citation")
    source = blocks.CharBlock(label="Auteur", required=False, max_length=200)

    class Meta:
        icon = "openquote"
        label = "Citation"
        template = "components/quote.html"


class FigureBlock(blocks.StructBlock):
    """An image with its caption and rights."""

    image = ImageBlock(label="Image")
    caption = blocks.CharBlock(label="Légende", required=False, max_length=300)

    class Meta:
        icon = "image"
        label = "Image"
        template = "components/figure.html"


class BodyBlock(blocks.StreamBlock):
    """The body of a simple page: no raw HTML, no embed."""

    heading = blocks.CharBlock(
        label="Intertitre",
        icon="title",
        max_length=200,
        template="components/heading.html",
        description="Un titre de deuxième niveau.",
    )
    paragraph = blocks.RichTextBlock(
        label="Texte", icon="pilcrow", features=TEXT_FEATURES, template="components/rich_text.html"
    )
    figure = FigureBlock()
    quote = QuoteBlock()

    class Meta:
        label = "Contenu"
