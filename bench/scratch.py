"""Benches that need a database: a site of 500 pages in a test database, made once a run."""

from collections.abc import Callable
from functools import cache

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext, setup_databases
from wagtail.models import Page

from home.models import Keyword, KeywordItem, brief_cards
from newsletter.assembling import create_issue, select_for
from newsletter.composer.proposing import circumstances
from newsletter.models import Bulletin, Issue
from newsletter.rules import criteria_of, rule_blocks
from tests.factories import site_tree
from tests.newsletter.factories import bulletin
from tests.veille.factories import notice

Act = Callable[[], object]
PAGES, RUBRICS, IN_ISSUE = 500, 10, 100


@cache
def site() -> Bulletin:
    """500 notices, of which 100 carry one of the ten keywords of the rules."""
    setup_databases(verbosity=0, interactive=False)
    home = site_tree()
    letter = bulletin(home)
    words = [Keyword.objects.create(name=f"Mot {n}") for n in range(RUBRICS)]
    other = Keyword.objects.create(name="Ailleurs")
    with transaction.atomic():
        for rank in range(PAGES):
            page = notice(home, slug=f"n-{rank}", title=f"Notice {rank}")
            word = words[rank % RUBRICS] if rank < IN_ISSUE else other
            KeywordItem.objects.create(tag=word, content_object=page)
    return letter


def issue() -> Issue:
    letter = site()
    made = Issue(title="Veille", bulletin=letter, kind="regular", dated="2026-12")
    made.rules = rule_blocks([(f"Rubrique {n}", (f"mot-{n}",)) for n in range(RUBRICS)])
    return made


def select_from_site() -> int:
    """How many pages the rules place."""
    made = issue()
    found = select_for(criteria_of(made), brief_cards(), circumstances(made))
    return sum(len(placed.items) for placed in found.rubrics)


def assembly() -> tuple[Act, Act]:
    site()
    if (placed := select_from_site()) != IN_ISSUE:
        raise RuntimeError(f"{placed} pages placed instead of {IN_ISSUE}")
    return select_from_site, (lambda: list(Page.objects.live().specific()))


def queries(act: Act) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def assembly_facts() -> dict[str, float]:
    return {"queries": queries(select_from_site)}


def store(*, full: bool) -> Issue:
    made = issue()
    if not full:
        made.rules = []
    with transaction.atomic():
        stored = create_issue(site(), made, fill=full)
        transaction.set_rollback(True)
    return stored


def draft() -> tuple[Act, Act]:
    site()
    return (lambda: store(full=True)), (lambda: store(full=False))


def draft_facts() -> dict[str, float]:
    return {"queries": queries(lambda: store(full=True))}
