"""Reading what the composer posts, and naming things in the words of the history."""

from collections.abc import Mapping

from home.cards import Card, quoted, shorten
from home.models import cards_by_id
from newsletter.composer.composition import AGENDA, BOXES, FEATURED, Box, Composition, Item
from newsletter.composer.lists import MoveError, part_in

Fields = Mapping[str, str]
INCOMPLETE = "Cette demande est incomplète\u00a0: rechargez la page."
# What an id of the database can hold.
MOST = 2**31 - 1


def number(fields: Fields, name: str) -> int:
    try:
        found = int(fields.get(name, ""))
    except ValueError as error:
        raise MoveError(INCOMPLETE) from error
    if abs(found) > MOST:
        raise MoveError(INCOMPLETE)
    return found


def position_of(fields: Fields) -> int | None:
    return number(fields, "position") if fields.get("position") else None


def box_of(fields: Fields) -> Box:
    return "discover" if fields.get("box") == BOXES[1] else "items"


def named(text: str) -> str:
    """A title in the words of the history."""
    return quoted(shorten(text, 80))


def card_of(page_id: int) -> Card:
    """The listed entry of that id; raises MoveError for a page that is none."""
    card = cards_by_id([page_id]).get(page_id)
    if not card:
        raise MoveError("Cette page n'est pas publiée\u00a0: elle ne peut pas entrer.")
    return card


def page_title(page_id: int) -> str:
    """The title of an entry, listed or not; raises MoveError for a page that is none."""
    card = cards_by_id([page_id], only_listed=False).get(page_id)
    if not card:
        raise MoveError("Cette page n'existe plus\u00a0: retirez sa ligne.")
    return card.title


def check_dated(card: Card | None) -> None:
    if not card or not card.when:
        raise MoveError("Seule une page datée peut entrer dans l'agenda.")


def title_of(item: Item) -> str:
    if item.title or item.page_id is None:
        return item.title or "page supprimée"
    card = cards_by_id([item.page_id], only_listed=False).get(item.page_id)
    return card.title if card else "page supprimée"


def place_name(composition: Composition, place: str) -> str:
    names = {FEATURED: "«\u00a0À la une\u00a0»", AGENDA: "l'agenda"}
    return names.get(place) or named(part_in(composition, place).title)
