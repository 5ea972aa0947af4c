"""What an editor does to rubrics and free blocks, and what is refused in words."""

from collections.abc import Callable

import pytest

from newsletter.composer import parts
from newsletter.composer.composition import Composition, Part
from newsletter.composer.lists import MoveError
from tests.newsletter.composer.samples import composition, free, held, ids, items, part

GONE = "Cette rubrique n'est plus dans le numéro."


@pytest.fixture
def made() -> Composition:
    return composition(
        part("a", 1, 2, 3, discover=(4,)),
        free("f"),
        part("b", 5),
        featured=items(6),
        agenda=items(7),
    )


def order(made: Composition) -> list[str]:
    return [p.title for p in made.parts]


def refusal(act: Callable, *args: object) -> str:
    with pytest.raises(MoveError) as caught:
        act(*args)
    return str(caught.value)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("", ["Rubrique a", "Un mot", "Rubrique b", "Neuve"]),
        ("a", ["Rubrique a", "Neuve", "Un mot", "Rubrique b"]),
        ("f", ["Rubrique a", "Un mot", "Neuve", "Rubrique b"]),
        ("partie", ["Rubrique a", "Un mot", "Rubrique b", "Neuve"]),
    ],
)
def test_a_new_part_stands_after_the_one_named_or_last(
    made: Composition, after: str, expected: list[str]
) -> None:
    assert order(parts.add_rubric(made, "Neuve", after)) == expected
    assert order(parts.add_free(made, "Neuve", "<p>Oui</p>", after)) == expected


def test_a_new_rubric_is_empty_and_has_an_id_of_its_own(made: Composition) -> None:
    twice = parts.add_rubric(parts.add_rubric(made, "  Neuve\n ici "), "Neuve ici")
    first, second = twice.parts[-2:]
    assert (first.title, first.items, first.discover, first.is_free) == ("Neuve ici", (), (), False)
    assert first.id != second.id


@pytest.mark.parametrize("title", ["", "   ", "\u00a0\u202f"])
def test_a_part_without_a_title_is_refused(made: Composition, title: str) -> None:
    assert refusal(parts.add_rubric, made, title) == "Donnez un titre."
    assert refusal(parts.add_free, made, title, "<p>Oui</p>") == "Donnez un titre."
    assert refusal(parts.rewrite_rubric, made, "a", title, "", "") == "Donnez un titre."
    assert refusal(parts.rewrite_free, made, "f", title, "<p>Oui</p>") == "Donnez un titre."
    assert refusal(parts.split, made, "i2", title) == "Donnez un titre."


def test_a_title_of_a_thousand_characters_is_refused_with_its_length(made: Composition) -> None:
    words = "Le titre dépasse 150\u00a0caractères (1000)."
    long = "x" * 1000
    assert refusal(parts.add_rubric, made, long) == words
    assert refusal(parts.rewrite_rubric, made, "a", long, "", "") == words
    assert refusal(parts.rewrite_rubric, made, "a", "Titre", "", long) == words
    assert refusal(parts.split, made, "i2", long) == words
    assert parts.add_rubric(made, "x" * 150).parts[-1].title == "x" * 150


def test_a_free_block_has_its_title_and_its_text(made: Composition) -> None:
    block = parts.add_free(made, "Appel", "<p>Venez</p>").parts[-1]
    assert (block.title, block.is_free) == ("Appel", True)
    assert block.free == {"text": "<p>Venez</p>", "image": None}


def test_a_free_block_without_words_is_refused(made: Composition) -> None:
    assert refusal(parts.add_free, made, "Appel", " ") == "Écrivez le texte du bloc libre."
    assert refusal(parts.rewrite_free, made, "f", "Appel", "") == "Écrivez le texte du bloc libre."


def test_a_rewritten_block_keeps_its_image() -> None:
    image = {"image": 3, "decorative": True}
    block = Part("f", "Avant", free={"title": "Avant", "text": "<p>Avant</p>", "image": image})
    after = parts.rewrite_free(composition(block), "f", "Après", "<p>Après</p>").parts[0]
    assert (after.id, after.title) == ("f", "Après")
    assert after.free == {"title": "Avant", "text": "<p>Après</p>", "image": image}


def test_a_rubric_is_rewritten_and_its_lines_stay(made: Composition) -> None:
    after = parts.rewrite_rubric(made, "a", "Le design", "  Un chapô.\n\nEn deux. ", "À lire")
    changed = after.parts[0]
    assert (changed.id, changed.title, changed.discover_title) == ("a", "Le design", "À lire")
    assert changed.introduction == "Un chapô.\n\nEn deux."
    assert held(after) == held(made)
    assert after.parts[1:] == made.parts[1:]


def test_a_box_without_a_title_takes_the_usual_one(made: Composition) -> None:
    assert parts.rewrite_rubric(made, "a", "A", "", "").parts[0].discover_title == "À découvrir"


def test_a_chapo_that_is_too_long_is_refused_with_its_length(made: Composition) -> None:
    words = refusal(parts.rewrite_rubric, made, "a", "A", "x" * 601, "")
    assert words == "Le chapô dépasse 600\u00a0caractères (601)."


def test_a_rubric_and_a_block_are_not_taken_for_one_another(made: Composition) -> None:
    words = refusal(parts.rewrite_free, made, "a", "Titre", "<p>Oui</p>")
    assert words == "Ceci est une rubrique, pas un bloc libre."
    assert refusal(parts.rewrite_rubric, made, "f", "Titre", "", "") == (
        "Un bloc libre ne reçoit pas de ligne."
    )


def test_a_part_that_is_gone_can_not_be_touched(made: Composition) -> None:
    assert refusal(parts.rewrite_free, made, "zzz", "Titre", "<p>Oui</p>") == GONE
    assert refusal(parts.rewrite_rubric, made, "zzz", "Titre", "", "") == GONE
    assert refusal(parts.shift_part, made, "zzz", 1) == GONE
    assert refusal(parts.remove_part, made, "zzz") == GONE
    assert refusal(parts.split, made, "zzz", "Titre") == "Cette ligne n'est plus dans le numéro."


@pytest.mark.parametrize(
    ("part_id", "step", "expected"),
    [
        ("a", 1, ["Un mot", "Rubrique a", "Rubrique b"]),
        ("b", -1, ["Rubrique a", "Rubrique b", "Un mot"]),
        ("a", -1, ["Rubrique a", "Un mot", "Rubrique b"]),
        ("b", 1, ["Rubrique a", "Un mot", "Rubrique b"]),
        ("a", 50, ["Un mot", "Rubrique b", "Rubrique a"]),
        ("b", -(10**9), ["Rubrique b", "Rubrique a", "Un mot"]),
    ],
)
def test_a_part_shifts_among_the_parts(
    made: Composition, part_id: str, step: int, expected: list[str]
) -> None:
    after = parts.shift_part(made, part_id, step)
    assert order(after) == expected
    assert held(after) == held(made)


def test_a_split_takes_the_line_and_what_follows_it(made: Composition) -> None:
    after = parts.split(made, "i2", "La suite")
    assert order(after) == ["Rubrique a", "La suite", "Un mot", "Rubrique b"]
    assert [(ids(p.items), ids(p.discover)) for p in after.rubrics] == [
        ([1], [4]),
        ([2, 3], []),
        ([5], []),
    ]
    assert after.rubrics[0].id == "a"


def test_a_split_at_the_first_line_leaves_an_empty_rubric(made: Composition) -> None:
    after = parts.split(made, "i1", "Tout")
    assert [ids(p.items) for p in after.rubrics] == [[], [1, 2, 3], [5]]


@pytest.mark.parametrize("line", ["i4", "i6", "i7"])
def test_only_the_lines_of_a_rubric_can_open_another(made: Composition, line: str) -> None:
    assert refusal(parts.split, made, line, "Titre") == (
        "Seules les lignes d'une rubrique peuvent ouvrir une autre rubrique."
    )


def test_the_pages_of_a_removed_rubric_are_undecided(made: Composition) -> None:
    after = parts.remove_part(made, "a")
    assert order(after) == ["Un mot", "Rubrique b"]
    assert held(after) == {5: 1, 6: 1, 7: 1}
    assert after.choices == made.choices
    assert order(parts.remove_part(made, "f")) == ["Rubrique a", "Rubrique b"]
