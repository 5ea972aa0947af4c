"""A small site with a page of every kind, and where each is read."""

from datetime import UTC, date, datetime, time

from home.models import HomePage, StandardPage
from newsletter.models import Bulletin, BulletinIndexPage, Issue
from resources.models import CaseFigure, CaseSource
from tests.resources.factories import case_study, case_study_index
from tests.veille.factories import agenda_entry, agenda_index, notice, notice_index, person
from veille.models import AgendaLink, NoticeLink

LEGAL = ("/mentions-legales/", "/donnees-personnelles/", "/accessibilite/", "/contact/")
MENU = ["/notices/", "/retours-d-experience/", "/agenda/", "/a-propos/", "/bulletins/"]
PATHS = (
    "/",
    "/notices/",
    "/notices/policy-labs/",
    "/retours-d-experience/",
    "/retours-d-experience/borne/",
    "/agenda/",
    "/agenda/?passes=1",
    "/agenda/rencontre-annulee/",
    "/a-propos/",
    "/bulletins/",
    "/bulletins/en-quelques-clics/",
    "/bulletins/en-quelques-clics/hors-serie-2/",
    "/recherche/?q=innovation",
    "/recherche/?q=introuvable",
    "/abonnement/",
    "/plan-du-site/",
    *LEGAL,
)
BODY = [
    {"type": "paragraph", "value": "<p>Un texte, et <a href='/contact/'>un lien</a>.</p>"},
    {"type": "heading", "value": "Un intertitre"},
    {"type": "quote", "value": {"text": "Des mots.", "source": "Quelqu’un"}},
]


def every_page(home: HomePage) -> HomePage:
    """One page of each kind under `home`, with the fields that change what is drawn."""
    _watch(home)
    _case(home)
    _dates(home)
    home.add_child(instance=StandardPage(title="À propos", slug="a-propos", body=BODY))
    _letter(home)
    for page in home.get_children():
        page.show_in_menus = True
        page.save()
    return home


def _watch(home: HomePage) -> None:
    notice_index(home)
    labs = notice(
        home,
        title="Policy Labs for public innovation",
        slug="policy-labs",
        subtitle="Exploring new ways",
        mention="Témoignage",
        language="en",
        date_edtf="2016-10",
        extent="30 p.",
        abstract="Un premier paragraphe sur l’innovation.\n\nUn second.",
        topics=("Design de services", "Laboratoires d’innovation"),
        tags=("prototype",),
        authors=(person("Besson", "Raphaël"),),
    )
    labs.links = [
        NoticeLink(kind="full-text", label="Le rapport", url="https://www.example.org/rapport"),
        NoticeLink(kind="synthesis", coming_soon=True),
    ]
    labs.save()
    notice(home, title="L’innovation au pouvoir", slug="innovation-au-pouvoir")


def _case(home: HomePage) -> None:
    case_study_index(home)
    case = case_study(
        home,
        title="La borne",
        slug="borne",
        baseline="Consulter l’offre",
        abstract="En bref.",
        problem="Un constat.",
        actions_taken="Une action.",
        quote="Ça fonctionne",
        quote_author="Une habitante",
        topics=("Inclusion numérique",),
    )
    case.figures = [CaseFigure(value="150 h", label="de formation")]
    case.sources = [CaseSource(label="Compte rendu")]
    case.save()


def _dates(home: HomePage) -> None:
    agenda_index(home)
    cancelled = agenda_entry(
        home,
        title="Rencontre annulée",
        slug="rencontre-annulee",
        status="cancelled",
        starts_on=date(2099, 11, 7),
        start_time=time(9, 15),
        place="Maison des associations",
        city="Lille",
        registration_url="https://www.example.org/inscription",
    )
    cancelled.links = [AgendaLink(label="Le programme", url="https://www.example.org/")]
    cancelled.save()
    agenda_entry(home, title="Rencontre passée", slug="passee", starts_on=date(2018, 11, 5))


def _letter(home: HomePage) -> None:
    shelf = home.add_child(instance=BulletinIndexPage(title="La lettre", slug="bulletins"))
    letter = shelf.add_child(
        instance=Bulletin(title="En quelques clics", slug="en-quelques-clics", tagline="Veille")
    )
    entries = list(notice_index(home).get_children())
    line = [{"page": page.pk, "title": "", "summary": ""} for page in entries]
    letter.add_child(
        instance=Issue(
            title="Innovation publique et territoires",
            slug="hors-serie-2",
            kind="special",
            number=2,
            dated="2018-10",
            introduction="<p>Un hors-série.</p>",
            featured=[{"type": "line", "value": line[0]}],
            rubrics=[
                {
                    "type": "rubric",
                    "value": {
                        "title": "Les lieux",
                        "introduction": "Un chapô.",
                        "items": line[:1],
                        "discover_title": "À découvrir",
                        "discover": line[1:],
                    },
                }
            ],
            agenda=[
                {"type": "line", "value": {"page": page.pk, "title": "", "summary": ""}}
                for page in agenda_index(home).get_children()
            ],
            first_published_at=datetime(2018, 10, 1, tzinfo=UTC),
        )
    )
