"""What is proposed for an issue, what is set aside, and why."""

from datetime import date
from typing import Any

import pytest

from home.cards import Card, Term
from newsletter.composer.composition import Composition
from newsletter.composer.proposals import Circumstances, Proposals, Proposed, home_of, propose
from newsletter.selection import Period, Rule
from tests.newsletter.composer.samples import (
    DESIGN,
    PLACES,
    card,
    composition,
    criteria,
    dated,
    items,
    part,
)

OLD = date(2017, 3, 1)


def sorted_out(
    cards: list[Card], *rules: Rule, made: Composition | None = None, **about: Any
) -> Proposals:
    options = {name: about.pop(name) for name in OPTIONS & about.keys()}
    return propose(
        cards,
        criteria(*(rules or (DESIGN, PLACES)), **options),
        made or Composition(),
        Circumstances(**about),
    )


OPTIONS = {"period", "agenda", "featured_tag", "discover_tag", "uses_ledger"}


def ids(cards: tuple[Card, ...]) -> list[int]:
    return [c.page_id for c in cards]


def where(found: Proposals) -> list[tuple[int, str]]:
    return [(p.card.page_id, p.rubric) for p in found.proposed]


def test_a_page_is_proposed_by_the_first_rule_that_takes_it_with_its_reason() -> None:
    both = card(1, "lieux", "design", topics=(Term("design", "Design de services"),))
    (found,) = sorted_out([both]).proposed
    assert found == Proposed(
        both,
        "Le design",
        why=(Term("design", "Design de services"), Term("design", "Design")),
    )


def test_proposals_follow_the_rules_then_the_dates() -> None:
    older, newer = card(1, "design", published=date(2018, 1, 2)), card(2, "design")
    found = sorted_out([card(3, "lieux", published=date(2018, 12, 1)), older, newer])
    assert where(found) == [(2, "Le design"), (1, "Le design"), (3, "Les lieux")]


def test_what_the_issue_holds_is_on_no_pile() -> None:
    made = composition(part("a", 1, discover=(2,)), featured=items(3), agenda=items(4))
    cards = [card(pk, "design") for pk in (1, 2, 3)] + [dated(4, date(2018, 11, 1))]
    assert sorted_out(cards, made=made, carried={1: 40}, waiting={2: "n° 1"}) == Proposals()


def test_a_page_with_the_discover_tag_is_proposed_for_the_box() -> None:
    found = sorted_out([card(1, "design", "plus"), card(2, "design")], discover_tag="plus")
    assert {p.card.page_id: p.box for p in found.proposed} == {1: "discover", 2: "items"}
    assert sorted_out([card(1, "design")]).proposed[0].box == "items"


def test_a_page_tagged_for_the_front_is_said_not_placed_there() -> None:
    (found,) = sorted_out([card(1, "design", "une")], featured_tag="une").proposed
    assert (found.rubric, found.notes) == ("Le design", ("étiquetée «\u00a0à la une\u00a0»",))


def test_a_page_that_no_rule_takes_is_unplaced_not_dropped() -> None:
    found = sorted_out([card(1, "autre"), card(2)])
    assert (ids(found.unplaced), found.proposed) == ([1, 2], ())
    assert ids(found.left_out) == [1, 2]


@pytest.mark.parametrize(
    ("rule", "tags", "taken"),
    [
        (Rule("R", frozenset({"a", "b"})), ("a",), True),
        (Rule("R", frozenset({"a", "b"}), every=True), ("a",), False),
        (Rule("R", frozenset({"a", "b"}), every=True), ("a", "b", "c"), True),
        (Rule("R", frozenset({"a"}), excluded=frozenset({"c"})), ("a", "c"), False),
        (Rule("R", frozenset({"a"}), excluded=frozenset({"c"})), ("a",), True),
        (Rule("R", frozenset({"a"}), collections=frozenset({"agenda"})), ("a",), False),
        (Rule("R", frozenset({"a"}), collections=frozenset({"notice", "x"})), ("a",), True),
        (Rule("R", frozenset()), ("a",), False),
        (Rule("R", frozenset(), every=True), ("a",), False),
    ],
)
def test_a_rule_takes_by_tags_exclusions_and_collections(
    rule: Rule, tags: tuple[str, ...], taken: bool
) -> None:
    found = sorted_out([card(1, *tags)], rule)
    assert (len(found.proposed), len(found.unplaced)) == ((1, 0) if taken else (0, 1))


def test_two_rules_of_the_same_tags_fill_one_after_the_other() -> None:
    first = Rule("Premier", frozenset({"a"}), maximum=1)
    found = sorted_out([card(1, "a"), card(2, "a")], first, Rule("Second", frozenset({"a"})))
    assert where(found) == [(1, "Premier"), (2, "Second")]


def test_a_maximum_counts_what_the_issue_holds_box_included() -> None:
    rule = Rule("Le design", frozenset({"design"}), maximum=3)
    made = composition(part("a", 1, discover=(2,), title="Le design"))
    found = sorted_out([card(pk, "design") for pk in (3, 4, 5)], rule, made=made)
    assert where(found) == [(3, "Le design")]
    assert [(c.page_id, title) for c, title in found.crowded] == [
        (4, "Le design"),
        (5, "Le design"),
    ]
    assert ids(found.left_out) == [4, 5]


def test_a_renamed_rubric_is_still_the_home_of_its_rule() -> None:
    rule = Rule("Le design", frozenset({"design"}), maximum=1)
    made = composition(
        part("a", 1, title="Concevoir"),
        part("b", title="Le design"),
        choices={"homes": {"Le design": "a"}},
    )
    assert home_of("Le design", made) == made.parts[0]
    assert sorted_out([card(2, "design")], rule, made=made).crowded != ()


def test_a_rule_whose_home_was_removed_goes_by_its_title_or_has_none() -> None:
    homes = {"Le design": "gone"}
    by_title = composition(part("b", title="Le design"), choices={"homes": homes})
    assert home_of("Le design", by_title) == by_title.parts[0]
    assert home_of("Le design", composition(part("b"), choices={"homes": homes})) is None


def test_a_free_block_is_the_home_of_no_rule() -> None:
    made = composition(part("a", title="Le design", free={"text": ""}))
    assert home_of("Le design", made) is None


def test_what_another_issue_postponed_comes_first_with_its_note() -> None:
    waiting, fresh = card(1, "design", published=date(2018, 1, 2)), card(2, "design")
    found = sorted_out([fresh, waiting], waiting={1: "n°\u00a041"})
    assert where(found) == [(1, "Le design"), (2, "Le design")]
    assert [p.notes for p in found.proposed] == [("reporté du n°\u00a041",), ()]


def test_what_was_postponed_takes_the_room_that_is_left_before_what_is_new() -> None:
    rule = Rule("Le design", frozenset({"design"}), maximum=1)
    old, fresh = card(1, "design", published=OLD), card(2, "design")
    found = sorted_out([fresh, old], rule, waiting={1: "n° 41"})
    assert where(found) == [(1, "Le design")]
    assert [c.page_id for c, _ in found.crowded] == [2]


def test_what_was_postponed_is_proposed_whatever_the_period_or_the_room() -> None:
    full = Rule("Le design", frozenset({"design"}), maximum=1)
    made = composition(part("a", 9, title="Le design"))
    cards = [card(1, "design", published=OLD), card(2, "autre", published=None)]
    found = sorted_out(cards, full, made=made, waiting={1: "n° 41", 2: "n° 41"})
    assert where(found) == [(1, "Le design"), (2, "")]
    assert found.crowded == found.unplaced == found.forgotten == ()


def test_what_this_issue_postpones_waits_on_its_own_pile() -> None:
    made = composition(choices={"postponed": (1,)})
    found = sorted_out([card(1, "design")], made=made, waiting={1: "n° 41"})
    assert (ids(found.postponed), found.proposed) == ([1], ())


def test_what_was_rejected_says_whether_for_ever() -> None:
    made = composition(choices={"rejected": {1: False, 2: True}})
    found = sorted_out([card(pk, "design") for pk in (1, 2, 3)], made=made, banned=frozenset({3}))
    assert [(c.page_id, ever) for c, ever in found.rejected] == [(1, False), (2, True)]
    assert (ids(found.banned), found.proposed) == ([3], ())


def test_a_page_that_both_issues_refused_is_told_as_this_one_refused_it() -> None:
    made = composition(choices={"rejected": {1: False}})
    found = sorted_out([card(1, "design")], made=made, banned=frozenset({1}), waiting={1: "n° 1"})
    assert [(c.page_id, ever) for c, ever in found.rejected] == [(1, False)]


def test_what_was_carried_is_set_aside_with_its_issue() -> None:
    found = sorted_out([card(1, "design"), card(2, "design")], carried={1: 40})
    assert [(c.page_id, issue) for c, issue in found.carried] == [(1, 40)]
    assert where(found) == [(2, "Le design")]


def test_what_was_carried_before_the_period_is_on_no_pile() -> None:
    assert sorted_out([card(1, "design", published=OLD)], carried={1: 40}) == Proposals()


def test_an_issue_that_leaves_the_ledger_alone_proposes_what_was_carried() -> None:
    found = sorted_out([card(1, "design")], carried={1: 40}, uses_ledger=False)
    assert (where(found), found.carried) == ([(1, "Le design")], ())


def test_what_is_tagged_and_before_the_period_was_forgotten() -> None:
    old, untagged = card(1, "design", published=OLD), card(2, published=OLD)
    undated = card(3, "autre", published=None)
    found = sorted_out([old, untagged, undated])
    assert ids(found.forgotten) == [1, 3]
    assert found.unplaced == found.proposed == ()


def test_what_no_rule_takes_was_forgotten_once_an_issue_has_come_out_since() -> None:
    before, same_day = card(1, "autre"), card(2, "autre", published=date(2018, 6, 20))
    untagged = card(3)
    found = sorted_out([before, same_day, untagged], last_issue_on=date(2018, 6, 20))
    assert (ids(found.forgotten), ids(found.unplaced)) == ([1], [2, 3])


def test_what_another_open_draft_holds_is_proposed_with_a_note() -> None:
    (found,) = sorted_out([card(1, "design")], drafts={1: "Hors-Série #2"}).proposed
    assert found.notes == ("déjà dans le brouillon Hors-Série #2",)


def test_every_note_is_given() -> None:
    (found,) = sorted_out(
        [card(1, "design", "une")], drafts={1: "n° 3"}, waiting={1: "n° 2"}, featured_tag="une"
    ).proposed
    assert found.notes == (
        "reporté du n° 2",
        "déjà dans le brouillon n° 3",
        "étiquetée «\u00a0à la une\u00a0»",
    )


NOVEMBER = Period(date(2018, 11, 1), date(2018, 11, 30))


def test_dates_of_the_agenda_s_period_come_last_in_their_order() -> None:
    cards = [
        dated(2, date(2018, 11, 19), "design"),
        card(3, "lieux"),
        dated(1, date(2018, 11, 5), published=OLD),
        dated(4, date(2018, 12, 1), "design"),
    ]
    found = sorted_out(cards, agenda=NOVEMBER)
    assert where(found) == [(4, "Le design"), (3, "Les lieux"), (1, "agenda"), (2, "agenda")]


def test_a_date_is_proposed_again_each_time_its_day_is_still_to_come() -> None:
    """An issue's agenda is not in the ledger, but a page carried in a rubric is."""
    event = dated(1, date(2018, 11, 5))
    assert where(sorted_out([event], agenda=NOVEMBER, carried={1: 40})) == [(1, "agenda")]


def test_a_date_that_was_postponed_or_is_held_elsewhere_says_so() -> None:
    (found,) = sorted_out(
        [dated(1, date(2018, 11, 5))], agenda=NOVEMBER, waiting={1: "n° 2"}, drafts={1: "n° 3"}
    ).proposed
    assert found.notes == ("reporté du n° 2", "déjà dans le brouillon n° 3")


def test_a_date_that_was_decided_is_on_its_pile_not_in_the_agenda() -> None:
    made = composition(choices={"rejected": {1: False}, "postponed": (2,)})
    cards = [dated(pk, date(2018, 11, 5)) for pk in (1, 2, 3)]
    found = sorted_out(cards, made=made, agenda=NOVEMBER, banned=frozenset({3}))
    assert found.proposed == ()
    assert ([c.page_id for c, _ in found.rejected], ids(found.postponed)) == ([1], [2])
    assert ids(found.banned) == [3]


def test_without_an_agenda_dates_are_pages_like_the_others() -> None:
    found = sorted_out([dated(1, date(2018, 11, 5), "design")])
    assert where(found) == [(1, "Le design")]


def test_every_listed_page_of_the_period_is_on_exactly_one_pile() -> None:
    made = composition(
        part("a", 1, title="Le design"), choices={"rejected": {2: True}, "postponed": (3,)}
    )
    tags = (("design",), ("lieux",), ("autre",), ())
    cards = [card(pk, *tags[pk % 4]) for pk in range(1, 41)]
    found = sorted_out(
        cards,
        Rule("Le design", frozenset({"design"}), maximum=4),
        PLACES,
        made=made,
        carried={4: 9, 5: 9},
        waiting={6: "n° 1", 7: "n° 1"},
        banned=frozenset({8}),
    )
    piles = [
        *(p.card.page_id for p in found.proposed),
        *ids(found.forgotten + found.postponed + found.unplaced + found.banned),
        *(c.page_id for c, _ in (*found.carried, *found.rejected, *found.crowded)),
    ]
    assert sorted(piles) == list(range(2, 41))
