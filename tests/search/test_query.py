import pytest

from search.query import MAX_CHARACTERS, MAX_TERMS, MAX_VALUES, Query


def parse(text: str = "", **params: list[str]) -> Query:
    return Query.parse({"q": [text], **params})


def wanted(text: str) -> list[tuple[str, ...]]:
    return [unit.tokens for unit in parse(text).units]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("tiers lieux", [("tier",), ("lieu",)]),
        ("tiers-lieux", [("tier", "lieu")]),
        ('"politique de la ville"', [("polit", "vill")]),
        ("« politique de la ville » Lille", [("polit", "vill"), ("lill",)]),
        ("“politique ville” „Lille”", [("polit", "vill"), ("lill",)]),
        ('foo"bar', [("foo",), ("bar",)]),
        ("ville ville", [("vill",)]),
        ("le la les", []),
        ("(besson) AND title:ville*", [("besson",), ("and",), ("titl",), ("vill",)]),
    ],
)
def test_words_and_phrases_are_read(text: str, units: list[tuple[str, ...]]) -> None:
    assert wanted(text) == units


def test_a_minus_excludes_a_word_or_a_phrase() -> None:
    query = parse('ville -paris -"tiers lieux" - rennes')
    assert [u.tokens for u in query.excluded] == [("paris",), ("tier", "lieu")]
    assert [u.tokens for u in query.units] == [("vill",), ("ren",)]


def test_initials_are_optional_beside_a_name_but_not_alone() -> None:
    assert [u.is_optional for u in parse("R. Besson").units] == [True, False]
    assert [u.is_optional for u in parse("R. B.").units] == [False, False]


def test_a_question_is_cut_at_its_limits() -> None:
    assert len(parse("é" * 5000).text) == MAX_CHARACTERS
    many = parse(" ".join(f"x{i}" for i in range(60)))
    assert sum(len(u.tokens) for u in many.units) == MAX_TERMS


def test_control_and_invisible_characters_are_removed() -> None:
    assert parse("a\x00b\x1b\r\n c\u200b\ufeff\ud800 d").text == "a b c d"


def test_parameters_are_canonical() -> None:
    query = parse("  ville ", annee=["2018", "2017", "2018", ""], type=["rapport"], page=["3"])
    assert query.params() == [
        ("q", "ville"),
        ("type", "rapport"),
        ("annee", "2017"),
        ("annee", "2018"),
        ("page", "3"),
    ]
    assert (
        Query.parse({"q": ["ville"], "annee": ["2018", "2017"], "type": ["rapport"], "page": ["3"]})
        == query
    )
    assert Query().params() == []


@pytest.mark.parametrize("page", ["", "0", "-1", "x", "1e3", "²", "9" * 400, "\x00"])
def test_an_impossible_page_is_the_first(page: str) -> None:
    assert parse("ville", page=[page]).page == 1


def test_unknown_orders_and_facets_are_ignored() -> None:
    query = Query.parse({"q": ["v"], "tri": ["; DROP"], "couleur": ["bleu"]})
    assert query.params() == [("q", "v")]


def test_facets_are_added_and_removed_from_the_first_page() -> None:
    query = parse("ville", type=["rapport"], page=["4"])
    more = query.with_("type", "article")
    assert (more.values("type"), more.page) == (("article", "rapport"), 1)
    assert more.without("type", "rapport").values("type") == ("article",)
    assert more.without("type").facets == ()
    assert query.values("type") == ("rapport",)


def test_the_number_of_facet_values_is_bounded() -> None:
    assert len(parse("v", type=[f"t{i}" for i in range(500)]).values("type")) == MAX_VALUES


def test_saying_it_otherwise_keeps_the_facets() -> None:
    query = parse("vile", type=["rapport"], page=["2"]).saying("ville")
    assert query.params() == [("q", "ville"), ("type", "rapport")]


def test_no_parameters_ask_for_everything() -> None:
    assert Query.parse({}).text == ""
    assert not Query.parse({}).is_empty
    assert parse("le la").is_empty
    assert not parse("-ville").is_empty
