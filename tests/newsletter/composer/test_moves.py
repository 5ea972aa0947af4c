"""What an editor does to a line, and what is refused in words."""

import pytest

from newsletter.composer import moves
from newsletter.composer.composition import Composition, Item
from newsletter.composer.lists import MoveError
from tests.newsletter.composer.samples import composition, free, held, ids, item, items, part

GONE = "Cette ligne n'est plus dans le numéro."
NO_PART = "Cette rubrique n'est plus dans le numéro."
FREE = "Un bloc libre ne reçoit pas de ligne."


@pytest.fixture
def made() -> Composition:
    return composition(
        part("a", 1, 2, 3, discover=(4,)),
        free("f"),
        part("b", 5),
        featured=items(6),
        agenda=items(7, 8),
        choices={"rejected": {20: False, 21: True}, "postponed": (22, 23), "origins": {6: "b"}},
    )


def lists(made: Composition) -> dict[str, list[int | None]]:
    found = {"featured": ids(made.featured), "agenda": ids(made.agenda)}
    for rubric in made.rubrics:
        found[rubric.id] = ids(rubric.items)
        found[f"{rubric.id}/discover"] = ids(rubric.discover)
    return found


def refusal(act: object, *args: object, **options: object) -> str:
    with pytest.raises(MoveError) as caught:
        act(*args, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (None, [1, 2, 3, 9]),
        (0, [9, 1, 2, 3]),
        (2, [1, 2, 9, 3]),
        (-5, [9, 1, 2, 3]),
        (10**9, [1, 2, 3, 9]),
    ],
)
def test_an_accepted_page_enters_where_it_was_asked(
    made: Composition, position: int | None, expected: list[int]
) -> None:
    assert lists(moves.accept(made, 9, "a", position=position))["a"] == expected


def test_a_page_may_enter_the_box_the_agenda_or_the_front(made: Composition) -> None:
    assert lists(moves.accept(made, 9, "a", "discover", 0))["a/discover"] == [9, 4]
    assert lists(moves.accept(made, 9, "agenda", "items", 1))["agenda"] == [7, 9, 8]
    front = lists(moves.accept(made, 9, "featured"))
    assert (front["featured"], front["b"]) == ([9], [6, 5])


def test_a_page_that_the_issue_holds_is_not_accepted_twice(made: Composition) -> None:
    for held_id in (1, 4, 6, 7):
        words = refusal(moves.accept, made, held_id, "b")
        assert words == "Cette page est déjà dans le numéro."


def test_what_had_been_decided_is_forgotten_when_the_page_enters(made: Composition) -> None:
    choices = moves.accept(moves.accept(made, 21, "a"), 22, "a").choices
    assert (choices.rejected, choices.postponed) == ({20: False}, (23,))


@pytest.mark.parametrize(("place", "words"), [("zzz", NO_PART), ("", NO_PART), ("f", FREE)])
def test_a_place_that_takes_no_line_is_refused(made: Composition, place: str, words: str) -> None:
    assert refusal(moves.accept, made, 9, place) == words
    assert refusal(moves.move, made, "i1", place) == words


def test_a_line_that_is_gone_can_not_be_touched(made: Composition) -> None:
    for act in (moves.remove, moves.pin, moves.unpin):
        assert refusal(act, made, "i99") == GONE
    assert refusal(moves.move, made, "i99", "a") == GONE
    assert refusal(moves.shift, made, "i99", 1) == GONE
    assert refusal(moves.rewrite, made, "i99", "Titre", "") == GONE


def test_a_removed_line_leaves_no_decision(made: Composition) -> None:
    after = moves.remove(made, "i2")
    assert lists(after)["a"] == [1, 3]
    assert after.choices == made.choices


def test_a_rejected_page_leaves_every_list_and_is_remembered(made: Composition) -> None:
    twice = composition(part("a", 1, 2), agenda=(Item("other", 1),))
    after = moves.reject(twice, 1)
    assert held(after) == {2: 1}
    assert after.choices.rejected == {1: False}
    assert moves.reject(twice, 1, for_ever=True).choices.rejected == {1: True}


def test_the_last_decision_about_a_page_is_the_one_that_counts(made: Composition) -> None:
    choices = moves.postpone(moves.reject(made, 1, for_ever=True), 1).choices
    assert 1 not in choices.rejected
    assert choices.postponed == (22, 23, 1)
    choices = moves.reject(moves.postpone(made, 20), 20, for_ever=True).choices
    assert (choices.rejected, choices.postponed) == ({21: True, 20: True}, (22, 23))
    assert moves.postpone(made, 22).choices.postponed == (23, 22)


def test_a_page_that_stands_outside_is_decided_too(made: Composition) -> None:
    assert moves.reject(made, 30).choices.rejected[30] is False
    assert held(moves.postpone(made, 30)) == held(made)


def test_nothing_decided_is_as_before(made: Composition) -> None:
    after = moves.undecided(moves.undecided(made, 21), 22)
    assert (after.choices.rejected, after.choices.postponed) == ({20: False}, (23,))
    assert moves.undecided(made, 999) == made


@pytest.mark.parametrize(
    ("line", "place", "box", "position", "changed"),
    [
        ("i1", "b", "items", None, {"a": [2, 3], "b": [5, 1]}),
        ("i1", "b", "items", 0, {"a": [2, 3], "b": [1, 5]}),
        ("i1", "a", "items", 1, {"a": [2, 1, 3]}),
        ("i1", "a", "items", None, {"a": [2, 3, 1]}),
        ("i3", "a", "items", -5, {"a": [3, 1, 2]}),
        ("i1", "a", "discover", 10**9, {"a": [2, 3], "a/discover": [4, 1]}),
        ("i4", "a", "items", 0, {"a": [4, 1, 2, 3], "a/discover": []}),
        ("i7", "a", "items", 0, {"a": [7, 1, 2, 3], "agenda": [8]}),
        ("i7", "agenda", "items", 1, {"agenda": [8, 7]}),
        ("i6", "a", "items", 0, {"featured": [], "a": [6, 1, 2, 3]}),
        ("i1", "featured", "items", 3, {"featured": [1], "a": [2, 3], "b": [6, 5]}),
    ],
)
def test_a_line_moves_to_the_place_and_rank_asked(
    made: Composition, line: str, place: str, box: str, position: int | None, changed: dict
) -> None:
    assert lists(moves.move(made, line, place, box, position)) == lists(made) | changed


def test_a_line_moves_with_its_words_and_its_id(made: Composition) -> None:
    written = moves.rewrite(made, "i1", "Autre titre", "Autre texte")
    for place in ("b", "agenda", "featured"):
        moved = moves.move(written, "i1", place)
        assert Item("i1", 1, "Autre titre", "Autre texte") in tuple(moved.items)


@pytest.mark.parametrize(
    ("line", "step", "place", "expected"),
    [
        ("i1", 1, "a", [2, 1, 3]),
        ("i3", -1, "a", [1, 3, 2]),
        ("i1", -1, "a", [1, 2, 3]),
        ("i3", 1, "a", [1, 2, 3]),
        ("i1", 50, "a", [2, 3, 1]),
        ("i4", 1, "a/discover", [4]),
        ("i7", 1, "agenda", [8, 7]),
        ("i6", 1, "featured", [6]),
    ],
)
def test_a_line_shifts_within_its_list(
    made: Composition, line: str, step: int, place: str, expected: list[int]
) -> None:
    assert lists(moves.shift(made, line, step)) == lists(made) | {place: expected}


def test_a_pinned_line_takes_the_front_and_the_former_goes_home(made: Composition) -> None:
    after = moves.pin(made, "i2")
    assert lists(after) == lists(made) | {"featured": [2], "a": [1, 3], "b": [6, 5]}
    assert after.choices.origins == {2: "a"}
    assert moves.pin(after, "i2") == after


def test_an_unpinned_line_goes_back_where_it_came_from(made: Composition) -> None:
    assert lists(moves.unpin(made, "i6"))["b"] == [6, 5]
    assert moves.unpin(made, "i6").choices.origins == {}
    back = moves.unpin(moves.pin(made, "i8"), "i8")
    assert lists(back)["agenda"] == [8, 7]


def test_a_line_whose_rubric_was_removed_goes_to_the_first(made: Composition) -> None:
    orphan = composition(free("f"), part("z", 1), featured=items(6), choices={"origins": {6: "b"}})
    assert lists(moves.unpin(orphan, "i6")) == {
        "featured": [],
        "agenda": [],
        "z": [6, 1],
        "z/discover": [],
    }


def test_the_front_is_not_left_for_nowhere() -> None:
    bare = composition(free("f"), featured=items(6))
    words = "Ajoutez d'abord une rubrique\u00a0: cette ligne n'a pas où aller."
    assert refusal(moves.unpin, bare, "i6") == words
    assert refusal(moves.accept, bare, 9, "featured") == words


def test_only_what_is_at_the_front_can_leave_it(made: Composition) -> None:
    assert refusal(moves.unpin, made, "i5") == "Cette ligne n'est plus à la une."


def test_a_page_that_stands_twice_is_pinned_and_unpinned_one_line_at_a_time() -> None:
    """The same page, a rubric's line and a date of the agenda."""
    twice = composition(part("a", 1, 2), agenda=(Item("date", 1), item(3)))
    rubric_pinned = moves.pin(twice, "i1")
    assert lists(rubric_pinned) | {"a/discover": []} == {
        "featured": [1],
        "agenda": [1, 3],
        "a": [2],
        "a/discover": [],
    }
    date_pinned = moves.pin(rubric_pinned, "date")
    assert [line.id for line in date_pinned.featured] == ["date"]
    assert (lists(date_pinned)["a"], lists(date_pinned)["agenda"]) == ([1, 2], [3])
    assert lists(moves.unpin(date_pinned, "date"))["agenda"] == [1, 3]
    assert lists(moves.remove(twice, "date")) == lists(twice) | {"agenda": [3]}


def test_a_line_whose_page_is_gone_can_be_moved_pinned_and_removed() -> None:
    made = composition(part("a", 1, None), part("b"))
    assert lists(moves.move(made, "iNone", "b"))["b"] == [None]
    pinned = moves.pin(made, "iNone")
    assert (lists(pinned)["featured"], pinned.choices.origins) == ([None], {})
    assert lists(moves.unpin(pinned, "iNone"))["a"] == [None, 1]
    assert held(moves.remove(made, "iNone")) == {1: 1}


def test_the_words_of_a_line_are_trimmed_and_only_its_own(made: Composition) -> None:
    after = moves.rewrite(made, "i4", "  Un\n titre  ", "\n Un texte\n\nen deux ")
    assert after.parts[0].discover == (Item("i4", 4, "Un titre", "Un texte\n\nen deux"),)
    assert moves.rewrite(after, "i4", "", "") == made


def test_words_that_are_too_long_are_refused_with_their_length(made: Composition) -> None:
    words = refusal(moves.rewrite, made, "i1", "x" * 1000, "")
    assert words == "Le titre dépasse 300\u00a0caractères (1000)."
    words = refusal(moves.rewrite, made, "i1", "", "x" * 1201)
    assert words == "Le texte dépasse 1200\u00a0caractères (1201)."
    assert moves.rewrite(made, "i1", "x" * 300, "y" * 1200).parts[0].items[0].title == "x" * 300


def test_a_move_leaves_the_composition_it_was_given_as_it_was(made: Composition) -> None:
    before = lists(made), made.choices
    moves.accept(made, 9, "a")
    moves.reject(made, 1, for_ever=True)
    moves.pin(made, "i2")
    assert (lists(made), made.choices) == before
