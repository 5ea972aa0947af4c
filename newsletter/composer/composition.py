"""What an editor composes, as a plain value, and how it lies in the page's stream fields. Pure.

Words used here: an *item* is a line of the issue, known by an id of its own (the same page may
not stand twice); a *part* is a rubric or a free block; a *box* is one of a rubric's two lists;
*choices* are what was decided about pages that stand outside the issue.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid4, uuid5

from home.cards import Card
from newsletter.selection import Selection

Box = Literal["items", "discover"]
BOXES: tuple[Box, ...] = ("items", "discover")
FEATURED, AGENDA = "featured", "agenda"
DISCOVER_TITLE = "À découvrir"


@dataclass(frozen=True, slots=True)
class Item:
    """A line: `page_id` is None once its page has been deleted; `title` and `summary` are the
    words written for this issue, "" for the page's own."""

    id: str
    page_id: int | None
    title: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A rubric, or a free block whose raw stream value is `free`."""

    id: str
    title: str
    introduction: str = ""
    items: tuple[Item, ...] = ()
    discover: tuple[Item, ...] = ()
    discover_title: str = DISCOVER_TITLE
    free: Mapping[str, Any] | None = None

    @property
    def is_free(self) -> bool:
        return self.free is not None

    def box(self, name: Box) -> tuple[Item, ...]:
        return self.items if name == "items" else self.discover


@dataclass(frozen=True, slots=True)
class Choices:
    """`rejected` is {page id: for ever?}; `postponed` goes to the next issue; `homes` is
    {title of a rule: id of the part where its pages go}; `origins` is {page id: id of the part
    that it left for « à la une »}."""

    rejected: Mapping[int, bool] = field(default_factory=dict)
    postponed: tuple[int, ...] = ()
    homes: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Composition:
    featured: tuple[Item, ...] = ()
    parts: tuple[Part, ...] = ()
    agenda: tuple[Item, ...] = ()
    choices: Choices = field(default_factory=Choices)

    @property
    def items(self) -> Iterator[Item]:
        """Every line, in reading order."""
        yield from self.featured
        for part in self.parts:
            yield from part.items
            yield from part.discover
        yield from self.agenda

    @property
    def page_ids(self) -> frozenset[int]:
        return frozenset(item.page_id for item in self.items if item.page_id is not None)

    @property
    def rubrics(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if not part.is_free)


def new_id() -> str:
    return str(uuid4())


def item_of(page_id: int) -> Item:
    return Item(new_id(), page_id)


def first_composition(selection: Selection) -> Composition:
    """What an assembly proposes for a new issue, each page in the rubric that takes it."""
    parts = tuple(
        Part(
            new_id(),
            placed.title,
            items=tuple(item_of(card.page_id) for card in placed.items),
            discover=tuple(item_of(card.page_id) for card in placed.discover),
        )
        for placed in selection.rubrics
    )
    homes: dict[str, str] = {}
    for part in parts:
        homes.setdefault(part.title, part.id)
    featured: tuple[Card, ...] = (selection.featured,) if selection.featured else ()
    return Composition(
        featured=tuple(item_of(card.page_id) for card in featured),
        parts=parts,
        agenda=tuple(item_of(card.page_id) for card in selection.agenda),
        choices=Choices(homes=homes),
    )


def read(
    featured: list[dict[str, Any]],
    rubrics: list[dict[str, Any]],
    agenda: list[dict[str, Any]],
    proposal: Mapping[str, Any],
) -> Composition:
    """The composition that lies in raw stream values; ids that were never stored are derived
    from the place, so that two readings of the same revision agree."""
    return Composition(
        featured=_items(featured, FEATURED),
        parts=tuple(_part(block, rank) for rank, block in enumerate(rubrics)),
        agenda=_items(agenda, AGENDA),
        choices=Choices(
            rejected={int(pk): bool(ever) for pk, ever in proposal.get("rejected", {}).items()},
            postponed=tuple(int(pk) for pk in proposal.get("postponed", ())),
            homes=dict(proposal.get("homes", {})),
            origins={int(pk): part for pk, part in proposal.get("origins", {}).items()},
        ),
    )


def written(composition: Composition) -> dict[str, Any]:
    """The fields of the issue: raw stream values of `featured`, `rubrics`, `agenda`, and the
    `proposal`."""
    choices = composition.choices
    return {
        "featured": [_line(item) for item in composition.featured],
        "rubrics": [_block(part) for part in composition.parts],
        "agenda": [_line(item) for item in composition.agenda],
        "proposal": {
            "rejected": {str(pk): ever for pk, ever in choices.rejected.items()},
            "postponed": list(choices.postponed),
            "homes": dict(choices.homes),
            "origins": {str(pk): part for pk, part in choices.origins.items()},
        },
    }


def _items(blocks: list[Any], place: str) -> tuple[Item, ...]:
    items = []
    for rank, block in enumerate(blocks):
        # A list block's older form is the bare value.
        value = block.get("value", block)
        items.append(
            Item(
                block.get("id") or _derived(f"{place}/{rank}/{value.get('page')}"),
                value.get("page"),
                value.get("title") or "",
                value.get("summary") or "",
            )
        )
    return tuple(items)


def _part(block: Mapping[str, Any], rank: int) -> Part:
    value = block["value"]
    part_id = block.get("id") or _derived(f"part/{rank}/{value['title']}")
    if block["type"] == "free":
        return Part(part_id, value["title"], free=dict(value))
    return Part(
        part_id,
        value["title"],
        value.get("introduction") or "",
        _items(value.get("items") or [], f"{part_id}/items"),
        _items(value.get("discover") or [], f"{part_id}/discover"),
        value.get("discover_title") or DISCOVER_TITLE,
    )


def _derived(place: str) -> str:
    return str(uuid5(NAMESPACE_URL, place))


def _line(item: Item) -> dict[str, Any]:
    return {"type": "line", "id": item.id, "value": _value(item)}


def _value(item: Item) -> dict[str, Any]:
    return {"page": item.page_id, "title": item.title, "summary": item.summary}


def _block(part: Part) -> dict[str, Any]:
    if part.free is not None:
        return {"type": "free", "id": part.id, "value": {**part.free, "title": part.title}}
    value: dict[str, Any] = {
        "title": part.title,
        "introduction": part.introduction,
        "discover_title": part.discover_title,
    }
    for name in BOXES:
        value[name] = [
            {"type": "item", "id": item.id, "value": _value(item)} for item in part.box(name)
        ]
    return {"type": "rubric", "id": part.id, "value": value}
