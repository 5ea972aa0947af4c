"""Moves of rubrics and free blocks. Pure; refusals are `MoveError`s."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from newsletter.composer.composition import (
    AGENDA,
    DISCOVER_TITLE,
    FEATURED,
    Composition,
    Part,
    new_id,
)
from newsletter.composer.lists import (
    MoveError,
    add_part,
    at_most,
    checked_title,
    part_in,
    place_of,
    put,
    rubric_in,
)

CHAPO = 600


def add_rubric(composition: Composition, title: str, after: str = "") -> Composition:
    """A new rubric after the part `after`, or at the end."""
    return add_part(composition, Part(new_id(), checked_title(title)), after)


def add_free(composition: Composition, title: str, text_html: str, after: str = "") -> Composition:
    """A new free block; `text_html` is rich text already sanitised."""
    if not text_html.strip():
        raise MoveError("Écrivez le texte du bloc libre.")
    free: Mapping[str, Any] = {"text": text_html, "image": None}
    return add_part(composition, Part(new_id(), checked_title(title), free=free), after)


def rewrite_free(composition: Composition, part_id: str, title: str, text_html: str) -> Composition:
    part = part_in(composition, part_id)
    if part.free is None:
        raise MoveError("Ceci est une rubrique, pas un bloc libre.")
    if not text_html.strip():
        raise MoveError("Écrivez le texte du bloc libre.")
    changed = replace(part, title=checked_title(title), free={**part.free, "text": text_html})
    return put(composition, changed)


def rewrite_rubric(
    composition: Composition, part_id: str, title: str, introduction: str, discover_title: str
) -> Composition:
    """The rubric's title, its chapô and the title of its box."""
    part = rubric_in(composition, part_id)
    introduction = introduction.strip()
    at_most(introduction, CHAPO, "Le chapô")
    box_title = checked_title(discover_title or DISCOVER_TITLE)
    changed = replace(
        part, title=checked_title(title), introduction=introduction, discover_title=box_title
    )
    return put(composition, changed)


def shift_part(composition: Composition, part_id: str, step: int) -> Composition:
    part = part_in(composition, part_id)
    others = [other for other in composition.parts if other.id != part_id]
    rank = composition.parts.index(part)
    others.insert(min(max(rank + step, 0), len(others)), part)
    return replace(composition, parts=tuple(others))


def split(composition: Composition, item_id: str, title: str) -> Composition:
    """A new rubric, right after, takes the line and all that follows it in its list."""
    place, box = place_of(composition, item_id)
    if place in (FEATURED, AGENDA) or box == "discover":
        raise MoveError("Seules les lignes d'une rubrique peuvent ouvrir une autre rubrique.")
    part = part_in(composition, place)
    rank = next(n for n, item in enumerate(part.items) if item.id == item_id)
    kept = put(composition, replace(part, items=part.items[:rank]))
    made = Part(new_id(), checked_title(title), items=part.items[rank:])
    return add_part(kept, made, part.id)


def remove_part(composition: Composition, part_id: str) -> Composition:
    """The rubric or block goes; its pages, of which nothing is decided, may be proposed again."""
    part_in(composition, part_id)
    parts = tuple(part for part in composition.parts if part.id != part_id)
    return replace(composition, parts=parts)
