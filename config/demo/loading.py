"""Loads the whole demo, once: what exists already is left as it is."""

from collections.abc import Callable

from wagtail.models import Page

from config.demo import content, ground, subscribers
from config.demo.authorities import Authorities
from config.demo.entries import Makers
from home.models import entry_models
from search.indexing import rebuild


def load_everything(tick: Callable[[], object]) -> dict[str, int]:
    """Pages and subscribers of the demo; `tick` is called after each page.

    Returns:
        {"pages": entries on the site, "subscribers": addresses}, the same on every run.
    """
    home = ground.home_page()
    ground.settings(home)
    topics, places, images = ground.topics(), ground.territories(), ground.images()
    notices, cases, agenda, shelf = ground.indexes(home)
    ground.accounts([notices, cases, agenda, shelf])
    ground.standard_pages(home)
    bulletin = ground.bulletin(shelf, images)
    makers = Makers(Authorities.load(), topics, places, images, tick)
    for facts in content.many("notices-*"):
        makers.notice(notices, facts)
    for facts in content.facts("agenda-2018") + content.facts("agenda-upcoming"):
        makers.agenda_entry(agenda, facts)
    for facts in content.facts("case-studies"):
        makers.case_study(cases, facts)
    makers.relate(content.many("notices-*"))
    rebuild()
    readers = subscribers.load(bulletin)
    return {"pages": entry_count(home), "subscribers": readers}


def entry_count(home: Page) -> int:
    return sum(model.objects.descendant_of(home).live().count() for model in entry_models())
