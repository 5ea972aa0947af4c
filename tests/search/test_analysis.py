import pytest

from search.analysis import BREAK, TOKEN_LIMIT, fold, surfaces, token_line, tokens, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’égalité d'accès, aujourd’hui", ["egalit", "acce", "aujourdhui"]),
        ("tiers-lieux", ["tier", "lieu"]),
        ("S.G.M.A.P. et R. Besson", ["sgmap", "r", "besson"]),
        ("27e 27° 27ième 27ème", ["27", "27", "27", "27"]),
        ("n° 5, n°12, nº3, № 4", ["5", "12", "3", "4"]),
        ("co-construction coconstruction", ["coconstruct", "coconstruct"]),
        ("so\u00adlidaire so\u200blidaire", ["solidair", "solidair"]),
        ("e\u0301cole ÉCOLE ecole", ["ecol", "ecol", "ecol"]),
        ("c'est-à-dire qu'il y a", ["dir"]),
        ("covid19 3D", ["covid19", "3d"]),
        ("😀 — « » % ' \" \x00", []),
    ],
)
def test_text_becomes_comparable_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    "alike",
    [
        "lieu lieux",
        "enjeu enjeux",
        "travail travaux",
        "réseau réseaux",
        "œuvre oeuvre ŒUVRES",
        "égalité egalite ÉGALITÉS",
        "public publique publics publiques",
        "territorial territoriaux territoriale",
        "connecté connectée connectés connectées connecter",
        "numérique numeriques",
        "citoyen citoyenne citoyens",
        "innovation innovant innovantes",
    ],
)
def test_forms_of_one_word_are_one_token(alike: str) -> None:
    assert len(set(tokens(alike))) == 1


@pytest.mark.parametrize("apart", ["école écologie", "ville village", "lieu lieutenant"])
def test_different_words_stay_apart(apart: str) -> None:
    assert len(set(tokens(apart))) == 2


def test_a_word_knows_where_it_stands() -> None:
    text = "Dans l’École n° 5"
    assert [(w.token, text[w.start : w.end]) for w in words(text)] == [
        ("ecol", "École"),
        ("5", "5"),
    ]


def test_lines_are_kept_apart_by_a_word_that_nobody_can_type() -> None:
    assert token_line("Design\n\nde services") == f"design {BREAK} servic"
    assert tokens(BREAK) == []


def test_a_stored_line_is_bounded() -> None:
    assert len(token_line("mot " * 100, limit=10).split()) == 10
    assert len(tokens("1" + "a" * 500)[0]) == TOKEN_LIMIT


def test_folding_leaves_letters_and_digits_only() -> None:
    assert fold("Œuvre-d’Art ½ Straße") == "oeuvredart12strasse"


def test_a_surface_is_shown_as_readers_write_it() -> None:
    assert surfaces("Égalité, égalités")["egalit"] == "égalité"
