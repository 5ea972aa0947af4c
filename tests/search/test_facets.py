from home.models import HomePage
from search.indexing import rebuild
from tests.search.conftest import ask
from tests.search.documents import document


def counts(results, name: str) -> dict[str, int]:
    return {
        choice.value: choice.count
        for facet in results.facets
        if facet.name == name
        for choice in facet.values
    }


def shelf(home: HomePage) -> None:
    for title, kind, day in (
        ("Ruche un", "rapport", "2017-01-01"),
        ("Ruche deux", "rapport", "2018-01-01"),
        ("Ruche trois", "article", "2018-01-01"),
        ("Ruche quatre", "these", "2016-01-01"),
        ("Autre", "these", "2018-01-01"),
    ):
        document(home, title, day=day, facets=[("type", kind, kind.title())])
    rebuild()


def test_facets_count_the_results(home: HomePage) -> None:
    shelf(home)
    results = ask("ruche")
    assert counts(results, "type") == {"rapport": 2, "article": 1, "these": 1}
    assert counts(results, "annee") == {"2018": 2, "2017": 1, "2016": 1}


def test_values_of_one_facet_are_alternatives(home: HomePage) -> None:
    shelf(home)
    assert ask("ruche", type=["rapport", "article"]).total == 3


def test_facets_are_cumulative(home: HomePage) -> None:
    shelf(home)
    assert ask("ruche", type=["rapport", "article"], annee="2018").total == 2


def test_each_facet_is_counted_with_the_others_applied(home: HomePage) -> None:
    shelf(home)
    results = ask("ruche", type="rapport", annee="2018")
    assert counts(results, "type") == {"rapport": 1, "article": 1}
    assert counts(results, "annee") == {"2018": 1, "2017": 1}


def test_a_count_is_what_choosing_it_gives(home: HomePage) -> None:
    shelf(home)
    for facet in ask("ruche", type="rapport").facets:
        for choice in facet.values:
            if not choice.selected:
                params = {name: list(values) for name, values in choice.query.facets}
                alone = params | {facet.name: choice.value}
                assert ask("ruche", **alone).total == choice.count


def test_years_come_newest_first_and_types_by_count(home: HomePage) -> None:
    shelf(home)
    results = ask("ruche")
    assert list(counts(results, "annee")) == ["2018", "2017", "2016"]
    assert list(counts(results, "type")) == ["rapport", "article", "these"]


def test_a_chosen_value_stays_shown_when_nothing_carries_it(home: HomePage) -> None:
    shelf(home)
    results = ask("autre", type="rapport")
    assert results.total == 0
    chosen = [c for f in results.facets for c in f.values if c.selected]
    assert [(c.value, c.label, c.count, c.url) for c in chosen] == [
        ("rapport", "Rapport", 0, "?q=autre")
    ]


def test_a_facet_that_leaves_nothing_does_not_change_the_question(home: HomePage) -> None:
    shelf(home)
    assert ask("ruche", type="inconnu").mode == "all"


def test_a_link_gives_the_whole_question(home: HomePage) -> None:
    shelf(home)
    results = ask("ruche", type="rapport", page="2")
    year = next(f for f in results.facets if f.name == "annee").values[0]
    assert year.url == "?q=ruche&type=rapport&annee=2018"
