"""The least that a test needs of the letter."""

from typing import Any

from home.models import HomePage
from newsletter.models import Bulletin, BulletinIndexPage, Issue


def bulletin(home: HomePage, **fields: Any) -> Bulletin:
    shelf = BulletinIndexPage.objects.child_of(home).first() or home.add_child(
        instance=BulletinIndexPage(title="Bulletins", slug="bulletins")
    )
    values = {
        "title": "En quelques clics",
        "slug": "en-quelques-clics",
        "sender_name": "En quelques clics",
        "sender_email": "lettre@example.org",
        "reply_to": "veille@example.org",
    }
    return shelf.add_child(instance=Bulletin(**values | fields))


def line(page_id: int, **words: str) -> dict[str, Any]:
    return {"type": "line", "value": {"page": page_id, "title": "", "summary": ""} | words}


def rubric(title: str, *page_ids: int, discover: tuple[int, ...] = ()) -> dict[str, Any]:
    value = {"title": title, "introduction": "", "discover_title": "À découvrir"}
    value["items"] = [line(pk)["value"] for pk in page_ids]
    value["discover"] = [line(pk)["value"] for pk in discover]
    return {"type": "rubric", "value": value}


def issue(letter: Bulletin, *page_ids: int, live: bool = True, **fields: Any) -> Issue:
    """An issue with one rubric that holds these pages; published when `live`."""
    values = {"title": "Innovation", "kind": "regular", "number": 1, "dated": "2018-10"} | fields
    rubrics = values.pop("rubrics", [rubric("Rubrique", *page_ids)] if page_ids else [])
    made = Issue(**values, live=False)
    made.rubrics = rubrics
    letter.add_child(instance=made)
    revision = made.save_revision()
    if live:
        revision.publish()
        made.refresh_from_db()
    return made
