"""From what the composer posts to a change of the composition, with the words of the history.

One function an action; each reads its own fields and refuses in words. `ACTIONS` names them.
"""

from collections.abc import Callable
from functools import partial

from home.models import cards_by_id
from newsletter.composer import moves, parts
from newsletter.composer.accepting import accept, accept_all
from newsletter.composer.composition import AGENDA, Composition, Item
from newsletter.composer.fields import (
    Fields,
    box_of,
    check_dated,
    named,
    number,
    page_title,
    place_name,
    position_of,
    title_of,
)
from newsletter.composer.lists import MoveError, item_in, part_in
from newsletter.composer.plain import rich
from newsletter.composer.saving import Change
from newsletter.models import Issue

Action = Callable[[Issue, Composition, Fields], tuple[Composition, str]]


def change_for(name: str, fields: Fields) -> Change:
    """The change that a post asks for; raises MoveError for an unknown action."""
    if name not in ACTIONS:
        raise MoveError("Cette action n'existe pas.")
    return partial(_call, ACTIONS[name], fields)


def _call(
    action: Action, fields: Fields, issue: Issue, composition: Composition
) -> tuple[Composition, str]:
    return action(issue, composition, fields)


def reject(_: Issue, composition: Composition, fields: Fields) -> tuple[Composition, str]:
    """`page`; `toujours` for « ne plus proposer »."""
    page_id, for_ever = number(fields, "page"), bool(fields.get("toujours"))
    title = page_title(page_id)
    words = "ne sera plus proposée" if for_ever else "écartée de ce numéro"
    return moves.reject(composition, page_id, for_ever=for_ever), f"{named(title)} {words}"


def postpone(_: Issue, composition: Composition, fields: Fields) -> tuple[Composition, str]:
    page_id = number(fields, "page")
    title = page_title(page_id)
    return moves.postpone(composition, page_id), f"{named(title)} reportée au prochain numéro"


def restore(_: Issue, composition: Composition, fields: Fields) -> tuple[Composition, str]:
    page_id = number(fields, "page")
    title = title_of(Item("", page_id))
    return moves.undecided(composition, page_id), f"{named(title)} peut être proposée de nouveau"


def remove(_: Issue, composition: Composition, fields: Fields) -> tuple[Composition, str]:
    item = item_in(composition, fields.get("item", ""))
    return moves.remove(composition, item.id), f"{named(title_of(item))} retirée"


def move(_: Issue, composition: Composition, fields: Fields) -> tuple[Composition, str]:
    """`item`, `place`, `box`, `position`."""
    item, place = item_in(composition, fields.get("item", "")), fields.get("place", "")
    if place == AGENDA and item not in composition.agenda:
        check_dated(cards_by_id([item.page_id or 0], only_listed=False).get(item.page_id or 0))
    moved = moves.move(composition, item.id, place, box_of(fields), position_of(fields))
    return moved, f"{named(title_of(item))} déplacée vers {place_name(moved, place)}"


def shift(_: Issue, composition: Composition, fields: Fields) -> tuple[Composition, str]:
    item, step = item_in(composition, fields.get("item", "")), number(fields, "pas")
    words = "montée" if step < 0 else "descendue"
    return moves.shift(composition, item.id, step), f"{named(title_of(item))} {words}"


def pin(_: Issue, composition: Composition, fields: Fields) -> tuple[Composition, str]:
    item = item_in(composition, fields.get("item", ""))
    return moves.pin(composition, item.id), f"{named(title_of(item))} mise à la une"


def unpin(_: Issue, composition: Composition, fields: Fields) -> tuple[Composition, str]:
    item = item_in(composition, fields.get("item", ""))
    return moves.unpin(composition, item.id), f"{named(title_of(item))} n'est plus à la une"


def rewrite(_: Issue, composition: Composition, fields: Fields) -> tuple[Composition, str]:
    item = item_in(composition, fields.get("item", ""))
    words = fields.get("titre", ""), fields.get("texte", "")
    return moves.rewrite(composition, item.id, *words), f"{named(title_of(item))} réécrite"


def add_rubric(_: Issue, composition: Composition, fields: Fields) -> tuple[Composition, str]:
    made = parts.add_rubric(composition, fields.get("titre", ""), fields.get("apres", ""))
    return made, f"Rubrique {named(fields.get('titre', ''))} ajoutée"


def add_free(_: Issue, composition: Composition, fields: Fields) -> tuple[Composition, str]:
    title, text = fields.get("titre", ""), rich(fields.get("texte", ""))
    made = parts.add_free(composition, title, text, fields.get("apres", ""))
    return made, f"Bloc libre {named(title)} ajouté"


def rewrite_free(_: Issue, composition: Composition, fields: Fields) -> tuple[Composition, str]:
    title = fields.get("titre", "")
    part = part_in(composition, fields.get("part", ""))
    changed = parts.rewrite_free(composition, part.id, title, rich(fields.get("texte", "")))
    return changed, f"Bloc libre {named(title)} réécrit"


def rewrite_rubric(_: Issue, composition: Composition, fields: Fields) -> tuple[Composition, str]:
    part = part_in(composition, fields.get("part", ""))
    words = (fields.get("titre", ""), fields.get("chapo", ""), fields.get("encadre", ""))
    return parts.rewrite_rubric(composition, part.id, *words), (
        f"Rubrique {named(words[0])} réécrite"
    )


def shift_part(_: Issue, composition: Composition, fields: Fields) -> tuple[Composition, str]:
    part, step = part_in(composition, fields.get("part", "")), number(fields, "pas")
    words = "montée" if step < 0 else "descendue"
    return parts.shift_part(composition, part.id, step), f"{named(part.title)} {words}"


def split(_: Issue, composition: Composition, fields: Fields) -> tuple[Composition, str]:
    title = fields.get("rubrique", "")
    made = parts.split(composition, fields.get("item", ""), title)
    return made, f"Rubrique scindée\u00a0: {named(title)}"


def remove_part(_: Issue, composition: Composition, fields: Fields) -> tuple[Composition, str]:
    part = part_in(composition, fields.get("part", ""))
    return parts.remove_part(composition, part.id), f"{named(part.title)} supprimée"


ACTIONS: dict[str, Action] = {
    "accepter": accept,
    "tout-accepter": accept_all,
    "rejeter": reject,
    "reporter": postpone,
    "remettre": restore,
    "retirer": remove,
    "deplacer": move,
    "decaler": shift,
    "une": pin,
    "plus-une": unpin,
    "reecrire": rewrite,
    "ajouter-rubrique": add_rubric,
    "ajouter-bloc": add_free,
    "reecrire-bloc": rewrite_free,
    "reecrire-rubrique": rewrite_rubric,
    "decaler-rubrique": shift_part,
    "scinder": split,
    "supprimer-rubrique": remove_part,
}
