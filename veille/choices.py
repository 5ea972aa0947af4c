"""The controlled lists of the watch, each type with its twins in the exchange formats.

Sources: CSL 1.0.2 `csl-data.json`; RIS types as read by Zotero's translator; schema.org;
Dublin Core types as used with `oai_dc`. Pure.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoticeType:
    """A kind of document. `genre` refines the CSL type where it is coarser than ours."""

    slug: str
    label: str
    csl: str
    ris: str
    schema: str
    dc: str
    genre: str = ""


NOTICE_TYPES = (
    NoticeType("rapport", "Rapport, étude", "report", "RPRT", "Report", "Text"),
    NoticeType(
        "guide", "Guide, référentiel", "report", "RPRT", "LearningResource", "Text", "Guide"
    ),
    NoticeType("note-de-serie", "Note de série", "report", "RPRT", "Report", "Text", "Note"),
    NoticeType(
        "article", "Article de revue", "article-journal", "JOUR", "ScholarlyArticle", "Text"
    ),
    NoticeType(
        "article-presse", "Article de presse", "article-magazine", "MGZN", "Article", "Text"
    ),
    NoticeType("numero-special", "Numéro spécial", "periodical", "SER", "PublicationIssue", "Text"),
    NoticeType("ouvrage", "Ouvrage", "book", "BOOK", "Book", "Text"),
    NoticeType(
        "bande-dessinee", "Bande dessinée", "book", "BOOK", "Book", "Text", "Bande dessinée"
    ),
    NoticeType("these", "Thèse", "thesis", "THES", "Thesis", "Text", "Thèse de doctorat"),
    NoticeType("actes", "Actes, compte rendu", "report", "RPRT", "Report", "Text", "Actes"),
    NoticeType("loi", "Loi", "legislation", "STAT", "Legislation", "Text"),
    NoticeType(
        "reglement",
        "Délibération, texte réglementaire",
        "regulation",
        "STAT",
        "Legislation",
        "Text",
    ),
    NoticeType(
        "dossier-en-ligne",
        "Dossier en ligne",
        "webpage",
        "ELEC",
        "CollectionPage",
        "InteractiveResource",
    ),
    NoticeType(
        "dispositif", "Dispositif, programme", "webpage", "ELEC", "GovernmentService", "Service"
    ),
    NoticeType("site", "Site, plateforme", "webpage", "ELEC", "WebSite", "InteractiveResource"),
    NoticeType("video", "Vidéo", "motion_picture", "VIDEO", "VideoObject", "MovingImage"),
    NoticeType(
        "web-serie", "Web-série, podcast", "broadcast", "VIDEO", "CreativeWorkSeries", "MovingImage"
    ),
    NoticeType("mooc", "MOOC", "webpage", "ELEC", "Course", "InteractiveResource", "MOOC"),
    NoticeType(
        "support",
        "Support d'intervention",
        "speech",
        "SLIDE",
        "PresentationDigitalDocument",
        "Text",
    ),
)
BY_SLUG = {kind.slug: kind for kind in NOTICE_TYPES}
TYPE_CHOICES = [(kind.slug, kind.label) for kind in NOTICE_TYPES]

ROLES = [
    ("author", "Auteur"),
    ("director", "Sous la direction de"),
    ("coordinator", "Coordination"),
    ("speaker", "Intervention"),
    ("preface", "Préface"),
    ("illustrator", "Illustration"),
    ("commissioner", "Commanditaire"),
    ("addressee", "Destinataire"),
    ("partner", "Partenaire"),
    ("university", "Université, laboratoire"),
]
# Roles printed on the author line, with what follows the name.
AUTHOR_ROLES = {"author": "", "director": "dir.", "coordinator": "coord.", "speaker": ""}

LINK_KINDS = [
    ("full-text", "Texte intégral"),
    ("synthesis", "Synthèse"),
    ("contents", "Sommaire"),
    ("annex", "Annexe"),
    ("presentation", "Présentation"),
    ("publisher", "Site de l'éditeur"),
    ("see-also", "Voir aussi"),
]
RELATION_KINDS = [
    ("synthesis-of", "Synthèse de"),
    ("annex-of", "Annexe de"),
    ("part-of", "Extrait de"),
    ("version-of", "Autre version de"),
    ("cited-in", "Cité dans"),
    ("see-also", "À lire également"),
]
# The same relation read from the other side.
REVERSE_RELATIONS = {
    "synthesis-of": "A pour synthèse",
    "annex-of": "A pour annexe",
    "part-of": "Contient",
    "version-of": "Autre version",
    "cited-in": "Cite",
    "see-also": "À lire également",
}
ABSTRACT_ORIGINS = [
    ("own", "Le centre"),
    ("publisher", "L'éditeur"),
    ("author", "L'auteur"),
]
ACCESS = [
    ("open", "Libre"),
    ("paid", "Payant"),
    ("registration", "Sur inscription"),
    ("on-site", "Consultable sur place"),
]
LANGUAGES = [
    ("fr", "français"),
    ("en", "anglais"),
    ("es", "espagnol"),
    ("de", "allemand"),
    ("it", "italien"),
    ("nl", "néerlandais"),
    ("pt", "portugais"),
]
IDENTIFIER_SCHEMES = [
    ("doi", "DOI"),
    ("isbn", "ISBN"),
    ("issn", "ISSN"),
    ("hal", "HAL"),
    ("ark", "ARK"),
    ("nor", "NOR"),
]
