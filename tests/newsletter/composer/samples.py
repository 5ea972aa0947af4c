"""Small compositions and cards, as values: no database."""

from collections import Counter
from datetime import date
from typing import Any

from home.cards import Card, Term, When
from newsletter.composer.composition import Choices, Composition, Item, Part
from newsletter.selection import Criteria, Period, Rule

DESIGN = Rule("Le design", frozenset({"design"}))
PLACES = Rule("Les lieux", frozenset({"lieux"}))


def item(page_id: int | None, **words: str) -> Item:
    """A line named after its page: page 3 is the line « i3 »."""
    return Item(words.pop("id", f"i{page_id}"), page_id, **words)


def items(*page_ids: int) -> tuple[Item, ...]:
    return tuple(item(pk) for pk in page_ids)


def part(part_id: str, *page_ids: int, discover: tuple[int, ...] = (), **fields: Any) -> Part:
    values = {"title": f"Rubrique {part_id}"} | fields
    return Part(part_id, items=items(*page_ids), discover=items(*discover), **values)


def free(part_id: str, title: str = "Un mot") -> Part:
    return Part(part_id, title, free={"title": title, "text": "<p>Bonjour</p>", "image": None})


def composition(*parts: Part, **fields: Any) -> Composition:
    fields["choices"] = Choices(**fields.pop("choices", {}))
    return Composition(parts=parts, **fields)


def ids(lines: tuple[Item, ...]) -> list[int | None]:
    return [line.page_id for line in lines]


def held(made: Composition) -> Counter[int | None]:
    """How many lines each page has."""
    return Counter(line.page_id for line in made.items)


def card(pk: int, *tags: str, published: date | None = date(2018, 6, 15), **fields: Any) -> Card:
    values = {
        "collection": "notice",
        "label": "Rapport",
        "tint": "notice",
        "title": f"Titre {pk:03}",
        "url": f"/notices/{pk}/",
        "tags": tuple(Term(tag, tag.capitalize()) for tag in tags),
    }
    return Card(page_id=pk, published=published, **values | fields)


def dated(pk: int, day: date, *tags: str, **fields: Any) -> Card:
    return card(pk, *tags, when=When("1", "nov.", "2018", "", day, day), **fields)


def criteria(*rules: Rule, **fields: Any) -> Criteria:
    values = {
        "period": Period(date(2018, 1, 1), date(2018, 12, 31)),
        "agenda": None,
        "featured_tag": "",
        "discover_tag": "",
        "uses_ledger": True,
    }
    return Criteria(rules=rules, **values | fields)
