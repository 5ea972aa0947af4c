"""Finding and replacing what a composition holds: what the moves are made of. Pure."""

from collections.abc import Callable
from dataclasses import replace

from newsletter.composer.composition import (
    AGENDA,
    FEATURED,
    Box,
    Composition,
    Item,
    Part,
)
from newsletter.errors import LetterError

TITLE_CHARACTERS = 150


class MoveError(LetterError):
    """This move can not be made here; its text says why."""


def item_in(composition: Composition, item_id: str) -> Item:
    for item in composition.items:
        if item.id == item_id:
            return item
    raise MoveError("Cette ligne n'est plus dans le numéro.")


def part_in(composition: Composition, part_id: str) -> Part:
    for part in composition.parts:
        if part.id == part_id:
            return part
    raise MoveError("Cette rubrique n'est plus dans le numéro.")


def place_of(composition: Composition, item_id: str) -> tuple[str, Box]:
    """Where an item stands: FEATURED, AGENDA or a part's id, and which of its boxes."""
    for item in composition.featured:
        if item.id == item_id:
            return FEATURED, "items"
    for part in composition.parts:
        if any(item.id == item_id for item in part.items):
            return part.id, "items"
        if any(item.id == item_id for item in part.discover):
            return part.id, "discover"
    item_in(composition, item_id)
    return AGENDA, "items"


def checked_title(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise MoveError("Donnez un titre.")
    at_most(title, TITLE_CHARACTERS, "Le titre")
    return title


def at_most(text: str, limit: int, name: str) -> None:
    if len(text) > limit:
        raise MoveError(f"{name} dépasse {limit}\u00a0caractères ({len(text)}).")


def rubric_in(composition: Composition, part_id: str) -> Part:
    part = part_in(composition, part_id)
    if part.is_free:
        raise MoveError("Un bloc libre ne reçoit pas de ligne.")
    return part


def put(composition: Composition, changed: Part) -> Composition:
    parts = tuple(changed if part.id == changed.id else part for part in composition.parts)
    return replace(composition, parts=parts)


def add_part(composition: Composition, made: Part, after: str) -> Composition:
    ids = [part.id for part in composition.parts]
    rank = ids.index(after) + 1 if after in ids else len(ids)
    parts = (*composition.parts[:rank], made, *composition.parts[rank:])
    return replace(composition, parts=parts)


def list_at(composition: Composition, place: str, box: Box) -> tuple[Item, ...]:
    if place == FEATURED:
        return composition.featured
    return composition.agenda if place == AGENDA else part_in(composition, place).box(box)


def with_item(items: tuple[Item, ...], item: Item, position: int | None) -> tuple[Item, ...]:
    rank = len(items) if position is None else min(max(position, 0), len(items))
    return (*items[:rank], item, *items[rank:])


def without_page(composition: Composition, page_id: int) -> Composition:
    return change_lists(
        composition, lambda items: tuple(item for item in items if item.page_id != page_id)
    )


def change_lists(
    composition: Composition, change: Callable[[tuple[Item, ...]], tuple[Item, ...]]
) -> Composition:
    return replace(
        composition,
        featured=change(composition.featured),
        parts=tuple(
            replace(part, items=change(part.items), discover=change(part.discover))
            for part in composition.parts
        ),
        agenda=change(composition.agenda),
    )
