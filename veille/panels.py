"""The edit forms of the watch, in tabs that follow the documentalist's work."""

from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.models import Page

from home.models import Entry

TITLE = TitleFieldPanel("title", heading="Titre", classname="title")

NOTICE_EDIT_HANDLER = TabbedInterface(
    [
        ObjectList(
            [
                TITLE,
                FieldPanel("subtitle"),
                FieldPanel("mention"),
                FieldRowPanel(["notice_type", "language"]),
                InlinePanel("contributions", heading="Auteurs", label="Contribution"),
                FieldRowPanel(["et_al", "is_collective"]),
                InlinePanel("publishers", heading="Éditeurs", label="Éditeur"),
                MultiFieldPanel(
                    ["periodical", FieldRowPanel(["volume", "issue", "pages"])],
                    heading="Dans un périodique",
                ),
                MultiFieldPanel(
                    [FieldRowPanel(["series", "series_number"])], heading="Dans une collection"
                ),
                MultiFieldPanel([FieldRowPanel(["date_edtf", "date_printed"])], heading="Date"),
                MultiFieldPanel(
                    [FieldRowPanel(["extent", "duration", "is_online"]), "edition"],
                    heading="Description matérielle",
                ),
            ],
            heading="Référence",
        ),
        ObjectList(
            [
                FieldPanel("abstract"),
                FieldPanel("abstract_origin"),
                FieldPanel("summary"),
                InlinePanel("links", heading="Liens", label="Lien"),
                FieldPanel("access"),
                FieldPanel("document"),
                FieldPanel("cover"),
            ],
            heading="Contenu",
        ),
        ObjectList(
            [
                *Entry.subject_panels,
                InlinePanel("relations", heading="Notices liées", label="Notice liée"),
            ],
            heading="Sujets",
        ),
        ObjectList(
            [
                FieldPanel("official_number"),
                InlinePanel("identifiers", heading="Identifiants", label="Identifiant"),
                InlinePanel("other_dates", heading="Autres dates", label="Date"),
                MultiFieldPanel(
                    ["source_of_record", "verified_on", "is_favourite"], heading="Suivi interne"
                ),
            ],
            heading="Compléments",
        ),
        ObjectList(Page.promote_panels, heading="Promouvoir"),
        ObjectList(Page.settings_panels, heading="Paramètres"),
    ]
)

AGENDA_EDIT_HANDLER = TabbedInterface(
    [
        ObjectList(
            [
                TITLE,
                FieldRowPanel(["kind", "status"]),
                MultiFieldPanel(
                    [
                        FieldRowPanel(["starts_on", "ends_on"]),
                        FieldRowPanel(["start_time", "end_time"]),
                        "month_only",
                    ],
                    heading="Date",
                ),
                MultiFieldPanel(
                    ["place", "address", FieldRowPanel(["city", "nationwide", "is_online"])],
                    heading="Lieu",
                ),
                InlinePanel("organisers", heading="Organisateurs", label="Organisateur"),
                MultiFieldPanel(
                    ["registration_url", "registration_note", "is_free"], heading="Inscription"
                ),
            ],
            heading="Rendez-vous",
        ),
        ObjectList(
            [
                FieldPanel("abstract"),
                FieldPanel("summary"),
                InlinePanel("links", heading="Liens", label="Lien"),
                FieldPanel("cover"),
            ],
            heading="Contenu",
        ),
        ObjectList(Entry.subject_panels, heading="Sujets"),
        ObjectList(Page.promote_panels, heading="Promouvoir"),
        ObjectList(Page.settings_panels, heading="Paramètres"),
    ]
)
