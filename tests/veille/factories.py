"""The least that a test needs of the watch, published unless told otherwise."""

from datetime import date
from itertools import count
from typing import Any

from django.utils import timezone

from home.models import Entry, HomePage, Keyword, Topic
from veille.models import (
    AgendaEntry,
    AgendaIndexPage,
    Contribution,
    Notice,
    NoticeIndexPage,
    Organisation,
    Person,
)

NUMBERS = count(1)


def topic(name: str) -> Topic:
    return Topic.objects.get_or_create(name=name)[0]


def keyword(name: str) -> Keyword:
    return Keyword.objects.get_or_create(name=name)[0]


def put(
    parent: Any,
    page: Entry,
    *,
    topics: tuple[str, ...] = (),
    tags: tuple[str, ...] = (),
    live: bool = True,
    published: Any = None,
) -> Any:
    """Adds the page under its index, tagged; published through a revision when `live`."""
    page.live = False
    parent.add_child(instance=page)
    page.topics.set([topic(name) for name in topics])
    page.tags.set([keyword(name) for name in tags])
    page.first_published_at = published
    page.save()
    revision = page.save_revision()
    if live:
        revision.publish()
        page.refresh_from_db()
    return page


def notice_index(home: HomePage) -> NoticeIndexPage:
    found = NoticeIndexPage.objects.child_of(home).first()
    return found or home.add_child(instance=NoticeIndexPage(title="Notices", slug="notices"))


def agenda_index(home: HomePage) -> AgendaIndexPage:
    found = AgendaIndexPage.objects.child_of(home).first()
    return found or home.add_child(instance=AgendaIndexPage(title="Agenda", slug="agenda"))


def notice(
    home: HomePage,
    *,
    topics: tuple[str, ...] = (),
    tags: tuple[str, ...] = (),
    live: bool = True,
    published: Any = None,
    authors: tuple[Person | Organisation, ...] = (),
    **fields: Any,
) -> Notice:
    title = fields.pop("title", f"Notice {next(NUMBERS)}")
    page = Notice(title=title, **fields)
    page.contributions = [
        Contribution(**{"person" if isinstance(a, Person) else "organisation": a}) for a in authors
    ]
    return put(notice_index(home), page, topics=topics, tags=tags, live=live, published=published)


def agenda_entry(
    home: HomePage,
    *,
    topics: tuple[str, ...] = (),
    tags: tuple[str, ...] = (),
    live: bool = True,
    published: Any = None,
    **fields: Any,
) -> AgendaEntry:
    title = fields.pop("title", f"Rencontre {next(NUMBERS)}")
    starts_on: date = fields.pop("starts_on", timezone.localdate())
    page = AgendaEntry(title=title, starts_on=starts_on, **fields)
    return put(agenda_index(home), page, topics=topics, tags=tags, live=live, published=published)


def person(family_name: str, given_name: str = "") -> Person:
    return Person.objects.get_or_create(family_name=family_name, given_name=given_name)[0]


def organisation(name: str, **fields: Any) -> Organisation:
    return Organisation.objects.get_or_create(name=name, defaults=fields)[0]
