"""Documents to draw: a small one for the golden files, and the Hors-Série's 77 lines."""

from dataclasses import replace
from datetime import date

from home.cards import Picture, Run, Tint, When, shorten
from home.slugs import french_slugify
from newsletter.documents import IssueDocument, Line, Partner, Rubric

SITE = "https://lettre.centre-exemple.fr"
RUBRICS = (
    ("Concevoir autrement les politiques publiques", 7, 2),
    ("Le design de services publics", 5, 3),
    ("L’innovation, un levier pour les territoires", 15, 1),
    ("Co-construction et démarche participative, source d’innovation", 12, 0),
    ("Les lieux de l’innovation", 10, 5),
    ("Diffuser et partager une culture de l’innovation", 7, 4),
)
TITLES = (
    "Les conseils citoyens et la co-construction de la politique de la ville : un an après",
    "Innovation sociale et territoires : vers de nouvelles formes de coopération",
    "Fostering Innovation in the Public Sector",
    "Tiers-lieux : un défi pour les métropoles, une chance pour l’espace périurbain ?",
    "Ce que le numérique fait à l’action publique : « plateformes », données et usagers",
    "Guide des démarches participatives à l’usage des collectivités et de leurs agents",
)
ABSTRACTS = (
    "À partir d’une enquête menée auprès d’une quarantaine de collectivités, l’étude décrit la "
    "manière dont les équipes s’emparent du design : observer sur place, concevoir à plusieurs, "
    "essayer avant de généraliser. Elle montre aussi ce que la méthode dérange dans les services, "
    "et ce qu’elle exige des élus : du temps, de la confiance et le droit de se tromper parfois.",
    "Comment évaluer ce qui n’existait pas hier ? L’auteure passe en revue les dispositifs de "
    "soutien à l’innovation sociale, leurs critères et leurs angles morts ; elle plaide pour une "
    "évaluation conduite avec les bénéficiaires, « chemin faisant », et propose une dizaine de "
    "repères utiles à qui voudrait s’y engager dès cette année, même avec peu de moyens.",
    "Un numéro en trois temps : des récits d’expérience, où la parole est donnée aux agents qui "
    "ont conduit les projets ; des analyses, signées par des chercheurs ; des outils enfin, "
    "avec fiches, modèles de convention et calendrier type. L’ensemble forme une bonne entrée en "
    "matière pour une équipe qui débute, et un état des lieux pour les autres.",
)
CITATIONS = (
    (
        Run("Raphaël BESSON. "),
        Run("Urbanisme", "italic"),
        Run(", n° 407, décembre 2017. P. 32-34."),
    ),
    (Run("Commissariat général à l’égalité des territoires (CGET), septembre 2018. 142 p."),),
    (
        Run("Élisabeth DAU, Nicolas KRAUSZ. "),
        Run("Revue internationale des sciences administratives", "italic"),
        Run(", 2018/2 (vol. 84). En ligne."),
    ),
)
LABELS = ("Rapport", "Article", "Numéro spécial", "Guide")

HOSTILE = [
    "<script>alert(1)</script>",
    "</mj-text></mj-column><mj-foo>",
    "]]> <!-- -- --> <![CDATA[",
    "« l'apostrophe » & \"guillemets\" 'simples' &nbsp; &amp;lt;",
    "{{ d.site_url }} {% now 'Y' %} {# x #}",
    "Quel avenir\u00a0? n°\u202f2\u00a0: a\u200bb e\u0301",
    "\\u{a0} \\n C:\\temp",
    "🏙️ 👩🏽‍🔧 villes ❤️",
    "المدينة والابتكار العام",
    "mot " * 250,
    "x" * 1000,
]
FREE_BLOCK = Rubric(
    "Un mot de l’équipe",
    "un-mot-de-l-equipe",
    prose_html=(
        "<p>Le centre déménage en mars\u00a0: nous restons <b>joignables</b> au même numéro.</p>"
        '<ul><li>Le <a href="/contact/">plan d’accès</a> est en ligne.</li>'
        "<li>La salle de lecture rouvre le <i>lundi</i>.</li></ul>"
        "<blockquote><p>On ne prête bien que ce que l’on a lu.</p></blockquote>"
    ),
    picture=Picture(
        f"{SITE}/media/images/salle.max-1088x800.png", 1088, 600, "La salle de lecture, vide"
    ),
)


def line(rank: int, **changes: object) -> Line:
    """A line of realistic length; the same `rank` always gives the same line."""
    title = TITLES[rank % len(TITLES)]
    slug = french_slugify(f"{title} {rank}", 42)
    return replace(
        Line(
            page_id=rank,
            title=title,
            url=f"{SITE}/notices/{slug}/",
            language="en" if title.startswith("Fostering") else "fr",
            label=LABELS[rank % len(LABELS)],
            citation=CITATIONS[rank % len(CITATIONS)],
            summary=shorten(ABSTRACTS[rank % len(ABSTRACTS)], 300),
        ),
        **changes,
    )


def when(day: str, month: str, text: str, **changes: object) -> When:
    return replace(When(day, month, "2018", text, date(2018, 11, 5), date(2018, 11, 6)), **changes)


def small_document() -> IssueDocument:
    """One of each kind of thing: what the golden files show."""
    return IssueDocument(
        bulletin_title="En quelques clics",
        tagline="La lettre de veille du centre de ressources",
        number_label="Hors-Série #2",
        date_label="octobre 2018",
        theme="Innovation publique et territoires",
        preheader="",
        introduction_html=(
            "<p>Ce numéro réunit des <b>publications</b> et des dates. "
            'À lire avec <a href="/retours-d-experience/">les retours d’expérience</a>.</p>'
        ),
        partners=(
            Partner("FNAU", url="https://www.fnau.org/", logo=_logo("fnau", "FNAU")),
            Partner("Club des documentalistes", mention="relecture"),
        ),
        featured=line(
            1, cover=Picture(f"{SITE}/media/images/couverture.png", 320, 452, ""), subtitle="Essai"
        ),
        rubrics=(
            Rubric(
                "Le design de services publics",
                "le-design-de-services-publics",
                introduction="Quand l’usager tient le crayon.",
                lines=(line(2), line(3, summary_is_written=True, summary="Un mot écrit.")),
                discover=(line(4, is_discover=True),),
            ),
        ),
        agenda=(
            line(5, label="Agenda", tint="agenda", when=when("5", "nov.", "5 et 6 novembre 2018")),
            line(
                6,
                label="Agenda",
                tint="agenda",
                when=when("", "déc.", "décembre 2018", status="cancelled", status_label="Annulé"),
            ),
        ),
        web_url=f"{SITE}/bulletins/en-quelques-clics/hors-serie-2-innovation-publique/",
        archive_url=f"{SITE}/bulletins/en-quelques-clics/",
        centre_name="Centre de ressources Territoires & Innovation publique",
        colophon="Directrice de la publication : Hélène Varenne-Dastier",
        subscribe_url=f"{SITE}/abonnement/",
        contact_url=f"{SITE}/contact/",
        privacy_url=f"{SITE}/donnees-personnelles/",
        site_url=SITE,
    )


def edition_document() -> IssueDocument:
    """The small issue in a partner's edition, with a free block and a PDF."""
    small = small_document()
    web = f"{small.web_url}edition/agence/"
    return replace(
        small,
        edition=Partner(
            "l’Agence d’urbanisme",
            mention="Édition réalisée avec l’agence, qui en a choisi l’ouverture.",
            url="https://agence.exemple.fr/",
            logo=_logo("agence", "Agence d’urbanisme"),
        ),
        rubrics=(FREE_BLOCK, *small.rubrics),
        web_url=web,
        pdf_url=f"{web.rstrip('/')}.pdf",
    )


def every_state_document(*words: str) -> IssueDocument:
    """The edition with all tints, statuses, a postponed deadline, a very long word, `words`."""
    tints: tuple[Tint, ...] = ("notice", "case", "agenda", "report")
    edition = edition_document()
    rubric = replace(
        edition.rubrics[1],
        lines=tuple(line(n, tint=tint) for n, tint in enumerate(tints)),
        discover=tuple(
            line(rank, title=text, subtitle=text, summary=text, label=text)
            for rank, text in enumerate(("x" * 1000, *words), start=9)
        ),
    )
    moment = when(
        "7", "déc.", "7 déc. 2018", status="postponed", status_label="Reporté", is_deadline=True
    )
    return replace(
        edition,
        rubrics=(FREE_BLOCK, rubric),
        agenda=(*edition.agenda, line(7, when=moment)),
    )


def large_document() -> IssueDocument:
    """The Hors-Série's measure: 1 featured, 56 in six rubrics, 15 to discover, 5 dates."""
    ranks = iter(range(100, 200))
    rubrics = tuple(
        Rubric(
            title,
            french_slugify(title, 40),
            lines=tuple(line(next(ranks)) for _ in range(items)),
            discover=tuple(line(next(ranks), is_discover=True) for _ in range(discover)),
        )
        for title, items, discover in RUBRICS
    )
    agenda = tuple(
        line(next(ranks), tint="agenda", when=when("12", "nov.", "12 novembre 2018"))
        for _ in range(5)
    )
    small = small_document()
    partners = tuple(
        Partner(name, logo=_logo(name.lower(), name)) for name in ("FNAU", "CGET", "Club")
    )
    return replace(
        small,
        rubrics=rubrics,
        agenda=agenda,
        partners=partners,
        introduction_html=f"<p>{ABSTRACTS[0]}</p><p>{ABSTRACTS[2]}</p>",
    )


def _logo(slug: str, alt: str) -> Picture:
    return Picture(f"{SITE}/media/images/{slug}.max-400x112.png", 200, 112, alt)
