"""The edit form of case studies: one tab a step of the account."""

from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.models import Page

from home.models import Entry

PERSONAL_DATA = (
    "Ces données sont personnelles\u00a0: n'inscrivez une personne qu'avec son accord, "
    "et pour le temps qu'elle a accepté."
)

CASE_STUDY_EDIT_HANDLER = TabbedInterface(
    [
        ObjectList(
            [
                TitleFieldPanel("title", heading="Titre", classname="title"),
                FieldPanel("baseline"),
                InlinePanel(
                    "organisations", heading="Porteurs, partenaires, financeurs", label="Organisme"
                ),
                MultiFieldPanel([FieldRowPanel(["status", "started"])], heading="Avancement"),
                MultiFieldPanel(["in_priority_district", "district"], heading="Quartier"),
                MultiFieldPanel(["abstract", "summary", "cover"], heading="Présentation"),
            ],
            heading="Fiche",
        ),
        ObjectList(
            [
                MultiFieldPanel(["context", "problem"], heading="Au départ"),
                MultiFieldPanel(["actions_taken", "audience", "funding"], heading="L'action"),
                FieldPanel("results"),
                InlinePanel("figures", heading="Chiffres clés", label="Chiffre"),
                MultiFieldPanel(
                    ["success_factors", "conditions", "obstacles", "public_role"],
                    heading="Enseignements",
                ),
                MultiFieldPanel(["quote", "quote_author"], heading="Verbatim"),
            ],
            heading="Récit",
        ),
        ObjectList(
            [
                *Entry.subject_panels,
                MultiFieldPanel(["origin", "origin_page"], heading="Origine"),
                InlinePanel("sources", heading="Sources", label="Source"),
                InlinePanel("links", heading="Liens", label="Lien"),
            ],
            heading="Sujets et sources",
        ),
        ObjectList(
            [
                HelpPanel(content=f"<p>{PERSONAL_DATA}</p>", heading="Avant d'inscrire quelqu'un"),
                InlinePanel("contacts", heading="Personnes à contacter", label="Contact"),
            ],
            heading="Contacts",
        ),
        ObjectList(Page.promote_panels, heading="Promouvoir"),
        ObjectList(Page.settings_panels, heading="Paramètres"),
    ]
)
