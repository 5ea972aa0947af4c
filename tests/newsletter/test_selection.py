"""Which page goes where: the rules that editors rely on."""

from datetime import date

from home.cards import Card, Term, When
from newsletter.selection import Period, Rule, select, select_agenda


def card(pk: int, *tags: str, published: date | None = None, when: When | None = None) -> Card:
    return Card(
        page_id=pk,
        collection="notice",
        label="Rapport",
        tint="notice",
        title=f"Titre {pk}",
        url=f"/notices/{pk}/",
        tags=tuple(Term(tag, tag) for tag in tags),
        published=published or date(2018, 6, pk % 28 + 1),
        when=when,
    )


def moment(start: date, end: date | None = None, *, deadline: bool = False) -> When:
    return When("1", "nov.", "2018", "", start, end or start, is_deadline=deadline)


DESIGN = Rule("Le design", frozenset({"design"}))
PLACES = Rule("Les lieux", frozenset({"lieux", "tiers-lieux"}))


def ids(cards: tuple[Card, ...]) -> list[int]:
    return [c.page_id for c in cards]


def test_a_page_enters_the_first_rubric_that_takes_it() -> None:
    made = select([card(1, "lieux", "design")], [DESIGN, PLACES])
    assert [ids(r.items) for r in made.rubrics] == [[1], []]


def test_a_topic_and_a_keyword_of_the_same_slug_both_count() -> None:
    by_topic = Card(**{**card_fields(2), "topics": (Term("design", "Design"),)})
    made = select([card(1, "design"), by_topic], [DESIGN])
    assert sorted(ids(made.rubrics[0].items)) == [1, 2]


def card_fields(pk: int) -> dict:
    made = card(pk)
    return {name: getattr(made, name) for name in made.__slots__}


def test_the_newest_publication_comes_first() -> None:
    old, new = card(1, "design", published=date(2018, 1, 1)), card(2, "design")
    assert ids(select([old, new], [DESIGN]).rubrics[0].items) == [2, 1]


def test_a_page_that_carries_the_discover_tag_stands_in_the_box() -> None:
    made = select(
        [card(1, "design"), card(2, "design", "a-decouvrir")], [DESIGN], discover_tag="a-decouvrir"
    )
    assert (ids(made.rubrics[0].items), ids(made.rubrics[0].discover)) == ([1], [2])


def test_the_featured_page_is_in_no_rubric() -> None:
    made = select([card(1, "design", "a-la-une")], [DESIGN], featured_tag="a-la-une")
    assert made.featured is not None
    assert made.featured.page_id == 1
    assert ids(made.rubrics[0].items) == []


def test_what_no_rubric_takes_is_said() -> None:
    assert ids(select([card(1, "autre")], [DESIGN]).unplaced) == [1]


def test_what_the_ledger_holds_is_set_aside_with_its_issue() -> None:
    made = select([card(1, "design"), card(2, "design")], [DESIGN], carried={1: 40})
    assert ids(made.rubrics[0].items) == [2]
    assert [(c.page_id, issue) for c, issue in made.carried] == [(1, 40)]
    assert made.unplaced == ()


def test_a_full_rubric_lets_the_next_one_take_the_page() -> None:
    first = Rule("Design", frozenset({"design"}), maximum=1)
    made = select([card(2, "design"), card(1, "design", "lieux")], [first, PLACES])
    assert [ids(r.items) for r in made.rubrics] == [[2], [1]]


def test_an_entry_of_the_agenda_is_not_unplaced() -> None:
    event = card(1, when=moment(date(2018, 11, 5)))
    made = select([event], [DESIGN], agenda=(event,))
    assert made.unplaced == ()


def test_the_agenda_takes_what_overlaps_in_date_order() -> None:
    november = Period(date(2018, 11, 1), date(2018, 11, 30))
    week = card(1, when=moment(date(2018, 11, 19), date(2018, 12, 2)))
    before = card(2, when=moment(date(2018, 10, 30), date(2018, 10, 31)))
    starts_before = card(3, when=moment(date(2018, 10, 30), date(2018, 11, 1)))
    deadline = card(4, when=moment(date(2018, 12, 7), deadline=True))
    assert ids(select_agenda([week, before, starts_before, deadline], november)) == [3, 1]


def test_a_period_without_bounds_takes_an_unpublished_date_too() -> None:
    assert Period().holds(None)
    assert not Period(date(2018, 1, 1)).holds(None)
    assert Period(date(2018, 1, 1), date(2018, 1, 1)).holds(date(2018, 1, 1))
