"""What is read from the stream fields is what was written there, and the reverse."""

import json
from typing import Any

from newsletter.composer.composition import (
    Choices,
    Composition,
    Item,
    Part,
    first_composition,
    read,
    written,
)
from newsletter.selection import Placed, Selection
from tests.newsletter.composer.samples import card, free, ids, item

WHOLE = Composition(
    featured=(Item("une", 1, "À la une, réécrit", "Texte de la une"),),
    parts=(
        Part(
            "r1",
            "Le design",
            "Un chapô.",
            (Item("a", 2), Item("b", 3, "Autre titre", "Autre texte")),
            (Item("c", 4, "", "Seul le texte"),),
            "À lire aussi",
        ),
        Part("libre", "Un mot", free={"title": "Un mot", "text": "<p>Oui</p>", "image": 12}),
        Part("r2", "Vide"),
    ),
    agenda=(Item("d", 5), Item("e", 2)),
    choices=Choices(
        rejected={6: False, 7: True},
        postponed=(8, 9),
        homes={"Le design": "r1"},
        origins={1: "r1"},
    ),
)


def reread(made: Composition) -> Composition:
    fields = json.loads(json.dumps(written(made)))
    return read(fields["featured"], fields["rubrics"], fields["agenda"], fields["proposal"])


def test_every_field_comes_back_from_json_as_it_went() -> None:
    assert reread(WHOLE) == WHOLE


def test_an_empty_composition_comes_back_empty() -> None:
    assert reread(Composition()) == Composition()
    assert read([], [], [], {}) == Composition()


def test_a_line_without_its_page_is_kept() -> None:
    made = Composition(featured=(item(None, id="perdue"),))
    assert reread(made).featured == (Item("perdue", None),)
    assert reread(made).page_ids == frozenset()


def test_the_stream_values_are_those_of_the_page_s_own_form() -> None:
    fields = written(WHOLE)
    assert fields["featured"] == [
        {
            "type": "line",
            "id": "une",
            "value": {"page": 1, "title": "À la une, réécrit", "summary": "Texte de la une"},
        }
    ]
    first, block, empty = fields["rubrics"]
    assert (first["type"], first["id"]) == ("rubric", "r1")
    assert first["value"]["items"][0] == {
        "type": "item",
        "id": "a",
        "value": {"page": 2, "title": "", "summary": ""},
    }
    assert {k: first["value"][k] for k in ("title", "introduction", "discover_title")} == {
        "title": "Le design",
        "introduction": "Un chapô.",
        "discover_title": "À lire aussi",
    }
    assert block == {
        "type": "free",
        "id": "libre",
        "value": {"title": "Un mot", "text": "<p>Oui</p>", "image": 12},
    }
    assert empty["value"]["items"] == empty["value"]["discover"] == []


def test_page_ids_of_the_choices_are_strings_in_json_and_numbers_in_the_value() -> None:
    assert written(WHOLE)["proposal"] == {
        "rejected": {"6": False, "7": True},
        "postponed": [8, 9],
        "homes": {"Le design": "r1"},
        "origins": {"1": "r1"},
    }


def test_a_free_block_keeps_what_the_composer_does_not_know() -> None:
    """An image of the form is a structure of its own; so may be a field to come."""
    image = {"image": 3, "decorative": True, "alt_text": ""}
    value = {"title": "Appel", "text": "<ul><li>un</li></ul>", "image": image, "later": [1]}
    block = {"type": "free", "id": "f", "value": value}
    made = read([], [block], [], {})
    assert made.parts[0].is_free
    assert made.rubrics == ()
    assert written(made)["rubrics"] == [block]


def rubric(**value: Any) -> dict[str, Any]:
    return {"type": "rubric", "value": {"title": "Le design"} | value}


def test_ids_that_were_never_stored_are_the_same_at_each_reading() -> None:
    line = {"page": 3, "title": "", "summary": ""}
    stored = ([{"type": "line", "value": line}], [rubric(items=[line, line], discover=[line])])
    first, second = (read(*stored, [{"type": "line", "value": line}], {}) for _ in range(2))
    assert first == second
    given = [line.id for line in first.items] + [part.id for part in first.parts]
    assert len(set(given)) == len(given) == 6
    assert all(given)


def test_a_derived_id_stays_once_written() -> None:
    stored = [rubric(items=[{"page": 3}, {"page": 4}])]
    first = read([], stored, [], {})
    assert [line.id for line in reread(first).items] == [line.id for line in first.items]
    assert reread(first).parts[0].id == first.parts[0].id


def test_the_older_form_of_a_list_is_read_too() -> None:
    older = rubric(items=[{"page": 3, "title": "Mots", "summary": None}], discover=None)
    newer = rubric(
        items=[{"type": "item", "id": "x", "value": {"page": 3, "title": "Mots", "summary": ""}}]
    )
    (before,), (after,) = read([], [older], [], {}).items, read([], [newer], [], {}).items
    assert (before.page_id, before.title, before.summary) == (3, "Mots", "")
    assert (after.id, after.page_id, after.title) == ("x", 3, "Mots")


def test_a_rubric_without_its_newer_fields_has_their_defaults() -> None:
    part = read([], [rubric(introduction=None)], [], {}).parts[0]
    assert (part.introduction, part.discover_title, part.items, part.discover) == (
        "",
        "À découvrir",
        (),
        (),
    )


def test_hostile_words_are_kept_to_the_letter() -> None:
    words = "<script>alert(1)</script> & «\u00a0a\u202f;» 🌱 \u202bשלום\u202c " + "x" * 1000
    made = Composition(featured=(Item("a", 1, words, words),), parts=(Part("r", words, words),))
    assert reread(made) == made


def test_reading_order_is_featured_rubrics_with_their_boxes_then_agenda() -> None:
    assert ids(tuple(WHOLE.items)) == [1, 2, 3, 4, 5, 2]
    assert WHOLE.page_ids == {1, 2, 3, 4, 5}
    assert [part.id for part in WHOLE.rubrics] == ["r1", "r2"]


def test_a_first_composition_places_what_was_selected_and_remembers_the_homes() -> None:
    selection = Selection(
        featured=card(1),
        rubrics=(Placed("A", (card(2),), (card(3),)), Placed("B"), Placed("A", (card(4),))),
        agenda=(card(5),),
        unplaced=(card(6),),
        carried=((card(7), 40),),
        crowded=((card(8), "A"),),
    )
    made = first_composition(selection)
    assert (ids(made.featured), ids(made.agenda)) == ([1], [5])
    assert [(p.title, ids(p.items), ids(p.discover)) for p in made.parts] == [
        ("A", [2], [3]),
        ("B", [], []),
        ("A", [4], []),
    ]
    assert made.choices == Choices(homes={"A": made.parts[0].id, "B": made.parts[1].id})
    given = [line.id for line in made.items]
    assert len(set(given)) == len(given)


def test_a_selection_without_featured_page_has_nothing_there() -> None:
    made = first_composition(Selection(None, (), (), (), ()))
    assert made == Composition()


def test_a_free_block_is_no_rubric() -> None:
    made = Composition(parts=(free("f"), Part("r", "A")))
    assert [part.id for part in made.rubrics] == ["r"]
