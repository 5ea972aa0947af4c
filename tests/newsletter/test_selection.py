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


def test_a_rule_may_ask_for_every_tag_refuse_some_and_keep_to_collections() -> None:
    both = Rule("Les deux", frozenset({"design", "lieux"}), every=True)
    assert not both.takes(card(1, "design"))
    assert both.takes(card(1, "design", "lieux", "autre"))
    without = Rule("Sans", frozenset({"design"}), excluded=frozenset({"lieux"}))
    assert without.takes(card(1, "design"))
    assert not without.takes(card(1, "design", "lieux"))
    dates = Rule("Dates", frozenset({"design"}), collections=frozenset({"agenda"}))
    assert not dates.takes(card(1, "design"))


def test_a_rule_without_tags_takes_nothing() -> None:
    """A rule whose only topic was deleted must not take the whole site."""
    for every in (False, True):
        assert not Rule("Vide", frozenset(), every=every).takes(card(1, "design"))


def test_a_rule_says_by_which_terms_it_takes_topics_first() -> None:
    by_both = Card(**{**card_fields(1), "topics": (Term("lieux", "Les lieux"),)})
    by_both = Card(
        **{name: getattr(by_both, name) for name in by_both.__slots__}
        | {"tags": (Term("tiers-lieux", "Tiers-lieux"), Term("autre", "Autre"))}
    )
    assert [term.name for term in PLACES.why(by_both)] == ["Les lieux", "Tiers-lieux"]
    assert DESIGN.why(by_both) == ()


def test_a_rubric_may_be_ordered_by_title_whatever_the_case() -> None:
    rule = Rule("Par titre", frozenset({"design"}), order="title")
    named = [
        Card(**{**card_fields(pk), "title": title, "tags": (Term("design", "Design"),)})
        for pk, title in ((1, "b"), (2, "C"), (3, "a"))
    ]
    assert ids(select(named, [rule]).rubrics[0].items) == [3, 1, 2]


def test_an_order_by_hand_begins_with_the_newest() -> None:
    rule = Rule("À la main", frozenset({"design"}), order="manual")
    old, new = card(1, "design", published=date(2018, 1, 1)), card(2, "design")
    assert ids(select([old, new], [rule]).rubrics[0].items) == [2, 1]


def test_what_only_full_rubrics_take_is_crowded_not_unplaced() -> None:
    rule = Rule("Design", frozenset({"design"}), maximum=1)
    made = select([card(1, "design"), card(2, "design"), card(3, "x")], [rule])
    assert [(c.page_id, title) for c, title in made.crowded] == [(1, "Design")]
    assert (ids(made.unplaced), ids(made.left_out)) == ([3], [3, 1])


def test_two_rubrics_of_the_same_tags_and_title_each_have_their_room() -> None:
    rule = Rule("Design", frozenset({"design"}), maximum=1)
    made = select([card(pk, "design") for pk in (1, 2, 3)], [rule, rule])
    assert [ids(r.items) for r in made.rubrics] == [[3], [2]]
    assert [c.page_id for c, _ in made.crowded] == [1]


def test_the_maximum_counts_the_box_too() -> None:
    rule = Rule("Design", frozenset({"design"}), maximum=2)
    cards = [card(pk, "design", "plus") for pk in (1, 2, 3)]
    made = select(cards, [rule], discover_tag="plus")
    assert ids(made.rubrics[0].discover) == [3, 2]


def test_what_was_postponed_takes_its_room_before_what_is_new() -> None:
    rule = Rule("Design", frozenset({"design"}), maximum=1)
    old, new = card(1, "design", published=date(2017, 1, 1)), card(2, "design")
    made = select([new, old], [rule], first={1})
    assert (ids(made.rubrics[0].items), [c.page_id for c, _ in made.crowded]) == ([1], [2])
