from datetime import date, timedelta

from home.cards import Card, Term, When
from newsletter.readers.digests.placing import Harvest, Limits, Theme, place, tree_of

MONDAY = date(2026, 11, 16)
CLIMATE, ENERGY, SUN, SPORT = 1, 2, 3, 4
TREE = tree_of(
    [
        Theme(CLIMATE, "climat", "Climat"),
        Theme(ENERGY, "energie", "Énergie", CLIMATE),
        Theme(SPORT, "sport", "Sport"),
        Theme(SUN, "solaire", "Solaire", ENERGY),
    ]
)


def card(page_id: int, *slugs: str, day: int = 10, when: date | None = None, **fields) -> Card:
    moment = when and When(str(when.day), "nov.", "2026", "", when, when)
    return Card(
        page_id=page_id,
        collection="notices",
        label="",
        tint="notice",
        title=f"Page {page_id}",
        url=f"/p{page_id}/",
        topics=tuple(Term(slug, slug) for slug in slugs),
        published=date(2026, 11, day),
        when=moment,
        **fields,
    )


def harvest(*fresh: Card, coming: tuple[Card, ...] = ()) -> Harvest:
    return Harvest(fresh, coming, MONDAY.toordinal())


def shown(placed) -> dict[str, list[int]]:
    return {section.title: [card.page_id for card in section.cards] for section in placed.sections}


def test_the_tree_is_read_each_theme_before_those_below():
    assert [theme.id for theme in TREE.themes] == [CLIMATE, ENERGY, SUN, SPORT]
    assert TREE.ancestry["solaire"] == (SUN, ENERGY, CLIMATE)
    assert TREE.tops == (CLIMATE, SPORT)


def test_themes_that_go_round_in_a_circle_stand_at_the_top_and_nothing_hangs():
    tree = tree_of([Theme(1, "a", "A", 2), Theme(2, "b", "B", 1), Theme(3, "c", "C", 9)])
    assert {theme.id for theme in tree.themes} == {1, 2, 3}
    assert set(tree.tops) == {1, 2, 3}


def test_a_theme_takes_what_stands_below_it_and_no_other():
    placed = place(harvest(card(1, "solaire"), card(2, "sport"), card(3)), TREE, [CLIMATE])
    assert shown(placed) == {"Climat": [1]}
    assert placed.fresh == 1


def test_a_page_stands_once_under_the_nearest_chosen_theme_the_first_of_several():
    pages = harvest(card(1, "solaire"), card(2, "climat"), card(3, "sport", "solaire"))
    assert shown(place(pages, TREE, [CLIMATE, ENERGY, SPORT])) == {
        "Climat": [2],
        "Énergie": [1, 3],
    }


def test_newest_come_first():
    pages = harvest(card(1, "sport", day=9), card(2, "sport", day=12), card(3, "sport", day=11))
    assert shown(place(pages, TREE, [SPORT])) == {"Sport": [2, 3, 1]}


def test_no_theme_is_every_theme_by_its_top_and_pages_without_any():
    placed = place(harvest(card(1, "solaire"), card(2), card(3, "sport")), TREE)
    assert shown(placed) == {"Climat": [1], "Sport": [3], "Autres publications": [2]}
    assert shown(place(harvest(card(2)), TREE)) == {"Publications": [2]}


def test_what_is_left_out_is_counted():
    pages = harvest(*(card(n, "sport") for n in range(5)))
    (section,) = place(pages, TREE, [SPORT], Limits(2, 0)).sections
    assert (len(section.cards), section.more, section.slug) == (2, 3, "sport")
    assert place(pages, TREE, [SPORT], Limits(2, 0)).fresh == 5


def test_a_date_to_come_stands_in_the_agenda_and_one_that_is_over_under_its_theme():
    pages = harvest(
        card(1, "sport", when=MONDAY + timedelta(days=5)),
        card(2, "sport", when=MONDAY - timedelta(days=1)),
        card(3, "sport", when=MONDAY),
    )
    placed = place(pages, TREE, [SPORT])
    assert shown(placed) == {"Sport": [2]}
    assert [one.page_id for one in placed.agenda] == [3, 1]
    assert placed.fresh == 3


def test_dates_announced_before_come_with_news_and_never_alone():
    near = tuple(card(n, "sport", when=MONDAY + timedelta(days=n)) for n in range(1, 9))
    alone = place(harvest(card(20, "climat"), coming=near), TREE, [SPORT])
    assert alone.is_empty
    placed = place(harvest(card(20, "sport"), coming=near), TREE, [SPORT], Limits(5, 3))
    assert not placed.is_empty
    assert [one.page_id for one in placed.agenda] == [1, 2, 3]
    assert place(harvest(card(20, "climat"), coming=near), TREE, [CLIMATE]).agenda == ()


def test_a_date_that_is_new_and_near_stands_once():
    same = card(1, "sport", when=MONDAY)
    assert len(place(harvest(same, coming=(same,)), TREE, [SPORT]).agenda) == 1


def test_a_combination_of_themes_that_exist_no_more_holds_nothing():
    assert place(harvest(card(1, "sport"), card(2)), TREE, [99]).is_empty
