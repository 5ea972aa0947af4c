"""The same answers are wanted of both databases: run with DATABASE_URL at each."""

import pytest

from home.models import HomePage
from search.indexing import rebuild
from tests.search.conftest import ask, titles
from tests.search.documents import document

BESSON = "L’innovation dans les territoires périurbains ou ruraux ?"
EQUALITY = "Égalité numérique : agir dans le quartier"
PLACES = "Tiers-lieux : un essor à accompagner"
SCHOOL = "Dessiner l’école avec ses élèves"
REGION = "La 27e Région à l’heure du bilan"


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("egalite numerique quartier", EQUALITY),
        ("ÉGALITÉS NUMÉRIQUES QUARTIERS", EQUALITY),
        ("tiers lieux", PLACES),
        ("tiers-lieux", PLACES),
        ("Tiers‑lieu", PLACES),
        ("besson periurbain", BESSON),
        ("périurbaine R. Besson", BESSON),
        ("Besson Raphaël innovation", BESSON),
        ("ecole", SCHOOL),
        ("l'école", SCHOOL),
        ("oeuvre", SCHOOL),
        ("œuvre", SCHOOL),
        ("ditp", SCHOOL),
        ("D.I.T.P.", SCHOOL),
        ("sgmap", SCHOOL),
        ("coconstruction", SCHOOL),
        ("27e région", REGION),
        ("27ième région", REGION),
        ("27 regions", REGION),
        ("enjeux du travail", REGION),
        ("innov", BESSON),
        ("rapport 2018 tiers lieux", PLACES),
        ("« politique de la ville »", REGION),
        ('"politique ville"', REGION),
        ("essor -quartier", PLACES),
    ],
)
def test_people_find_what_they_mean_first(library: HomePage, asked: str, first: str) -> None:
    results = ask(asked)
    assert results.mode == "all"
    assert titles(results)[0] == first


def test_a_hyphenated_word_must_be_found_in_one_piece(library: HomePage) -> None:
    assert titles(ask("tiers-lieux")) == [PLACES]
    assert set(titles(ask("tiers lieux"))) == {
        PLACES,
        "Un tiers des habitants dans des lieux isolés",
    }


def test_a_phrase_does_not_run_across_fields_or_lines(library: HomePage) -> None:
    assert ask('"ditp sgmap"').mode != "all"
    assert ask('"élèves direction"').mode != "all"


def test_the_title_outweighs_subjects_and_subjects_the_body(home: HomePage) -> None:
    document(home, "Sans rapport", body="une ruche en ville")
    document(home, "Une ruche", body="abeilles")
    document(home, "Autre chose", subjects="ruche")
    rebuild()
    assert titles(ask("ruche")) == ["Une ruche", "Autre chose", "Sans rapport"]


def test_the_rarer_word_decides_when_no_document_holds_them_all(home: HomePage) -> None:
    for number in range(4):
        document(home, f"Innovation {number}")
    document(home, "Apiculture")
    rebuild()
    results = ask("innovation apiculture")
    assert results.mode == "most"
    assert titles(results)[0] == "Apiculture"


def test_documents_with_most_words_come_when_none_has_them_all(library: HomePage) -> None:
    results = ask("besson périurbain quartier")
    assert results.mode == "most"
    assert titles(results) == [BESSON]


def test_among_equals_the_newest_comes_first(home: HomePage) -> None:
    document(home, "Ruche ancienne", day="2010-01-01")
    document(home, "Ruche sans date")
    document(home, "Ruche récente", day="2018-01-01")
    rebuild()
    assert titles(ask("ruche")) == ["Ruche récente", "Ruche ancienne", "Ruche sans date"]


def test_results_can_be_sorted_by_date_and_title(home: HomePage) -> None:
    document(home, "Ruche été", day="2010-01-01")
    document(home, "Zèbre", body="ruche", day="2018-01-01")
    document(home, "Élan", body="ruche", day="2014-01-01")
    rebuild()
    assert titles(ask("ruche", tri="date")) == ["Zèbre", "Élan", "Ruche été"]
    assert titles(ask("ruche", tri="titre")) == ["Élan", "Ruche été", "Zèbre"]


@pytest.mark.parametrize(
    ("typed", "meant", "first"),
    [
        ("numerqiue", "numérique", EQUALITY),
        ("perirubain", "périurbains", BESSON),
        ("leleve", "l'eleve", SCHOOL),
        ("bessson periurbain", "besson periurbain", BESSON),
    ],
)
def test_a_misspelt_word_is_corrected(
    library: HomePage, typed: str, meant: str, first: str
) -> None:
    results = ask(typed)
    assert (results.mode, results.suggestion) == ("corrected", meant)
    assert titles(results)[0] == first


def test_what_is_found_is_never_corrected(library: HomePage) -> None:
    results = ask("tiers lieux")
    assert results.suggestion is None


def test_nonsense_finds_nothing(library: HomePage) -> None:
    results = ask("wxqzkj")
    assert (results.mode, results.total, results.suggestion) == ("none", 0, None)


def test_no_question_lists_everything_newest_first(library: HomePage) -> None:
    results = ask("")
    assert (results.mode, results.total) == ("everything", 7)
    assert titles(results)[0] == REGION


def test_an_exclusion_alone_lists_all_the_rest(library: HomePage) -> None:
    results = ask("-besson")
    assert results.total == 5
    assert BESSON not in titles(results)


HOSTILE = [
    "a" * 5000,
    "mot " * 1250,
    "\x00",
    "besson\x00periurbain",
    "\x1b[31m\r\n\t",
    "%",
    "%%s %(x)s",
    "'",
    "''; DROP TABLE search_searchentry; --",
    '"',
    '"""',
    "« ”“ »",
    "\\",
    "besson AND",
    "NOT besson",
    "besson OR NEAR(besson periurbain, 2)",
    "title:besson",
    "{title}: besson",
    "^besson",
    "besson*",
    "* + ( ) ! & | <-> :*",
    "besson & | !",
    "🐝",
    "🐝 besson 👩‍👩‍👧",
    "le la les de",
    "-",
    "--",
    "-besson",
    "-le",
    "- - -besson -periurbain",
    "zqzbreak",
    "\u202e\u200b\ufeff",
    "\ud800",
    "日本語 العربية ελληνικά",
    "½ ﷺ ①",
    "?",
    "!",
    "«",
    "l'",
    "x" * 300,
    "e\u0301cole",
    " ".join(f"mot{i}" for i in range(100)),
    '"' + "besson " * 40 + '"',
    "https://example.org/?q=1&b=%20",
]


@pytest.mark.parametrize("asked", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_typed_breaks_the_search(library: HomePage, asked: str) -> None:
    results = ask(asked, type=[asked], tri=asked, page=asked)
    assert results.total >= 0
    ask(asked)
    ask(asked, tri="titre")


@pytest.mark.parametrize("asked", ["le la les de", "🐝", "-", "!", "zqzbreak", "\u200b!"])
def test_what_holds_no_word_finds_nothing(library: HomePage, asked: str) -> None:
    assert ask(asked).mode == "none"


def test_every_word_of_a_title_finds_it_in_any_script(home: HomePage) -> None:
    for title in ("日本語 学校", "ελληνικά γράμματα", "العربية", "1e5 3d 0x1f 27B-6", "a_b.c@d.fr"):
        document(home, title)
    rebuild()
    for asked in ("日本語", "ΕΛΛΗΝΙΚΑ", "العربية", "1e5", "0x1f", "27b", "3D", "d.fr"):
        assert ask(asked).total == 1, asked


def test_walking_the_pages_meets_each_match_once(home: HomePage) -> None:
    for number in range(47):
        document(home, f"Ruche {number % 3}", body="abeille " * (number % 5), day="2018-01-01")
    rebuild()
    for sort in ("pertinence", "date", "titre"):
        walked = [
            hit.card.page_id
            for page in range(1, 4)
            for hit in ask("ruche", page=str(page), tri=sort).hits
        ]
        assert len(walked) == len(set(walked)) == 47


def test_a_page_past_the_end_is_the_last_one(library: HomePage) -> None:
    assert ask("besson", page="99").page_obj.number == 1
    assert ask("besson", page="-1").page_obj.number == 1
