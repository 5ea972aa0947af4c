"""What an editor does to a line: each move takes a composition and gives another. Pure.

A move that names an item or a part that is not there (somebody else took it away meanwhile)
raises a `MoveError`, whose words are for the editor; the composition it was given is untouched.
"""

from dataclasses import replace

from newsletter.composer.composition import (
    AGENDA,
    FEATURED,
    Box,
    Composition,
    Item,
    item_of,
)
from newsletter.composer.lists import (
    MoveError,
    at_most,
    change_lists,
    item_in,
    list_at,
    place_of,
    put,
    rubric_in,
    with_item,
    without_page,
)

LINE_TITLE, LINE_SUMMARY = 300, 1200


def accept(
    composition: Composition,
    page_id: int,
    place: str,
    box: Box = "items",
    position: int | None = None,
) -> Composition:
    """The page enters at `place` (AGENDA, FEATURED or a part's id); its former rejection or
    postponement is forgotten. A page that the issue holds already is refused."""
    if page_id in composition.page_ids:
        raise MoveError("Cette page est déjà dans le numéro.")
    return _insert(undecided(composition, page_id), item_of(page_id), place, box, position)


def remove(composition: Composition, item_id: str) -> Composition:
    """The line goes, without a decision: its page may be proposed again."""
    item_in(composition, item_id)
    return change_lists(
        composition, lambda items: tuple(item for item in items if item.id != item_id)
    )


def reject(composition: Composition, page_id: int, *, for_ever: bool = False) -> Composition:
    """The page is not for this issue; with `for_ever`, for none of the bulletin."""
    cleared = undecided(without_page(composition, page_id), page_id)
    rejected = {**cleared.choices.rejected, page_id: for_ever}
    return replace(cleared, choices=replace(cleared.choices, rejected=rejected))


def postpone(composition: Composition, page_id: int) -> Composition:
    """The page waits for the next issue, which will propose it first."""
    cleared = undecided(without_page(composition, page_id), page_id)
    postponed = (*cleared.choices.postponed, page_id)
    return replace(cleared, choices=replace(cleared.choices, postponed=postponed))


def undecided(composition: Composition, page_id: int) -> Composition:
    """What had been decided of the page is forgotten."""
    choices = composition.choices
    return replace(
        composition,
        choices=replace(
            choices,
            rejected={pk: ever for pk, ever in choices.rejected.items() if pk != page_id},
            postponed=tuple(pk for pk in choices.postponed if pk != page_id),
        ),
    )


def move(
    composition: Composition,
    item_id: str,
    place: str,
    box: Box = "items",
    position: int | None = None,
) -> Composition:
    """The line goes to `position` (counted without itself; None: the end) of `place`."""
    if place == FEATURED:
        return pin(composition, item_id)
    item = item_in(composition, item_id)
    return _insert(remove(composition, item_id), item, place, box, position)


def shift(composition: Composition, item_id: str, step: int) -> Composition:
    """The line goes `step` places down its list (up when negative), within it."""
    place, box = place_of(composition, item_id)
    siblings = list_at(composition, place, box)
    rank = next(n for n, item in enumerate(siblings) if item.id == item_id)
    target = min(max(rank + step, 0), len(siblings) - 1)
    return move(composition, item_id, place, box, target) if place != FEATURED else composition


def pin(composition: Composition, item_id: str) -> Composition:
    """The line is put « à la une »; what stood there goes back to its rubric."""
    item = item_in(composition, item_id)
    origin, _ = place_of(composition, item_id)
    if origin == FEATURED:
        return composition
    freed = remove(composition, item_id)
    for former in freed.featured:
        freed = unpin(freed, former.id)
    choices = freed.choices
    if item.page_id is not None:
        choices = replace(choices, origins={**choices.origins, item.page_id: origin})
    return replace(freed, featured=(item,), choices=choices)


def unpin(composition: Composition, item_id: str) -> Composition:
    """The line leaves « à la une » for the rubric it came from, or the first."""
    item = item_in(composition, item_id)
    if item not in composition.featured:
        raise MoveError("Cette ligne n'est plus à la une.")
    origins = dict(composition.choices.origins)
    home = origins.pop(item.page_id, "") if item.page_id is not None else ""
    freed = replace(
        remove(composition, item_id), choices=replace(composition.choices, origins=origins)
    )
    places = {part.id for part in freed.rubrics} | {AGENDA}
    if home not in places:
        if not freed.rubrics:
            raise MoveError("Ajoutez d'abord une rubrique\u00a0: cette ligne n'a pas où aller.")
        home = freed.rubrics[0].id
    return _insert(freed, item, home, "items", 0)


def rewrite(composition: Composition, item_id: str, title: str, summary: str) -> Composition:
    """The words of the line in this issue; "" for the page's own."""
    title, summary = " ".join(title.split()), summary.strip()
    at_most(title, LINE_TITLE, "Le titre")
    at_most(summary, LINE_SUMMARY, "Le texte")
    item_in(composition, item_id)

    def change(items: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(
            replace(item, title=title, summary=summary) if item.id == item_id else item
            for item in items
        )

    return change_lists(composition, change)


def _insert(
    composition: Composition, item: Item, place: str, box: Box, position: int | None
) -> Composition:
    if place == FEATURED:
        aside = composition
        for former in composition.featured:
            aside = unpin(aside, former.id)
        return replace(aside, featured=(item,))
    if place == AGENDA:
        return replace(composition, agenda=with_item(composition.agenda, item, position))
    part = rubric_in(composition, place)
    if box == "discover":
        changed = replace(part, discover=with_item(part.discover, item, position))
    else:
        changed = replace(part, items=with_item(part.items, item, position))
    return put(composition, changed)
