import pytest

from home.models import HomePage
from search import registry
from search.engine import Results, run
from search.indexing import rebuild
from search.query import Query
from tests.search.documents import Document, document


@pytest.fixture
def real_types() -> None:
    """Asked for by tests that publish the apps' own entries instead of the stand-in."""


@pytest.fixture(autouse=True)
def searchable(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The only searchable type here is the stand-in."""
    if "real_types" not in request.fixturenames:
        monkeypatch.setattr(registry, "entry_models", list)
        monkeypatch.setattr(registry, "_added", [Document])


def ask(text: str = "", **params: str | list[str]) -> Results:
    given = {name: [v] if isinstance(v, str) else v for name, v in params.items()}
    return run(Query.parse({"q": [text], **given}))


def titles(results: Results) -> list[str]:
    return [hit.card.title for hit in results.hits]


@pytest.fixture
def library(home: HomePage) -> HomePage:
    """A dozen real titles of the field, indexed."""
    for title, texts in LIBRARY.items():
        document(home, title, **texts)
    rebuild()
    return home


LIBRARY: dict[str, dict] = {
    "L’innovation dans les territoires périurbains ou ruraux ?": {
        "names": "Raphaël Besson\nThe Conversation",
        "subjects": "Les lieux de l'innovation",
        "body": "Loin des métropoles, des lieux d'innovation naissent aussi.",
        "day": "2018-03-15",
        "facets": [("type", "notice", "Notice"), ("type", "article", "Article")],
    },
    "Égalité numérique : agir dans le quartier": {
        "names": "Agence du numérique",
        "subjects": "Médiation numérique",
        "body": "Un guide pour les professionnels des quartiers prioritaires.",
        "day": "2017-05-02",
        "facets": [("type", "notice", "Notice"), ("type", "guide", "Guide")],
    },
    "Mesurer les usages": {
        "names": "Observatoire",
        "subjects": "Quartier\nNumérique",
        "body": "De l'égalité devant le service public en ligne.",
        "day": "2018-09-01",
        "facets": [("type", "notice", "Notice"), ("type", "rapport", "Rapport")],
    },
    "Tiers-lieux : un essor à accompagner": {
        "names": "Raphaël Besson\nCaisse des dépôts",
        "subjects": "Les lieux de l'innovation",
        "body": "Coworking, fablabs et ateliers partagés.",
        "day": "2018-06-01",
        "facets": [("type", "notice", "Notice"), ("type", "rapport", "Rapport")],
    },
    "Un tiers des habitants dans des lieux isolés": {
        "body": "Enquête sur l'enclavement.",
        "day": "2016-01-01",
        "facets": [("type", "notice", "Notice"), ("type", "etude", "Étude")],
    },
    "Dessiner l’école avec ses élèves": {
        "names": "Direction interministérielle de la transformation publique\nDITP\nS.G.M.A.P.",
        "subjects": "Design de services",
        "body": "Une démarche de co-construction, à l’œuvre dans trois collèges.",
        "day": "2018-01-10",
        "facets": [("type", "retour-d-experience", "Retour d'expérience")],
    },
    "La 27e Région à l’heure du bilan": {
        "names": "27ième Région",
        "body": "Dix ans de travaux : un enjeu de politique de la ville.",
        "day": "2018-11-20",
        "facets": [("type", "agenda", "Agenda")],
    },
}
