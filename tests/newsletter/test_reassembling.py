"""Assembling again proposes what is new, and never undoes an editor's choice."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from home.models import HomePage, User, brief_cards
from newsletter.assembling import assemble
from newsletter.composer.proposals import Proposals, propose
from newsletter.composer.proposing import circumstances, composition_of, proposals_for
from newsletter.models import Bulletin, Issue, LedgerEntry
from newsletter.rules import criteria_of
from tests.newsletter.composer.desk import do, editor, now
from tests.newsletter.factories import bulletin
from tests.veille.factories import agenda_entry, notice, topic

SPEC: dict[str, Any] = {
    "bulletin": "en-quelques-clics",
    "kind": "regular",
    "number": 1,
    "date": "2018-10",
    "title": "Innovation publique",
    "rubrics": [
        {"title": "Le design", "tags": ["design"]},
        {"title": "Les lieux", "tags": ["lieux"]},
    ],
}


@pytest.fixture
def letter(home: HomePage) -> Bulletin:
    topic("Design"), topic("Lieux")
    return bulletin(home)


@pytest.fixture
def claire(home: HomePage) -> User:
    return editor(home, "claire")


def made_by(report: dict[str, Any]) -> Issue:
    return Issue.objects.get(pk=report["issue"])


def aside_of(made: Issue) -> Proposals:
    return proposals_for(Issue.objects.get(pk=made.pk).get_latest_revision_as_object())


def test_assembling_again_names_what_is_new_and_touches_nothing(
    home: HomePage, letter: Bulletin, claire: User
) -> None:
    kept, unwanted = (notice(home, slug=slug, topics=("Design",)) for slug in ("garde", "ecartee"))
    first = assemble(SPEC)
    assert first["proposed"] == []
    made = made_by(first)
    do(made, claire, "rejeter", page=unwanted.pk)
    do(made, claire, "reecrire-rubrique", part=now(made).parts[0].id, titre="Concevoir")
    do(made, claire, "supprimer-rubrique", part=now(made).parts[1].id)
    before = now(made), Issue.objects.get(pk=made.pk).latest_revision_id
    notice(home, slug="nouvelle", topics=("Design",))
    notice(home, slug="lieu", topics=("Lieux",))
    again = assemble(SPEC)
    assert (again["issue"], again["created"]) == (made.pk, False)
    assert again["proposed"] == ["/notices/nouvelle/", "/notices/lieu/"]
    assert again["rubrics"] == [
        {"title": "Concevoir", "items": [f"/notices/{kept.slug}/"], "discover": []}
    ]
    assert (now(made), Issue.objects.get(pk=made.pk).latest_revision_id) == before


def test_the_next_issue_takes_what_was_postponed_and_nothing_carried(
    home: HomePage, letter: Bulletin, claire: User
) -> None:
    slugs = ("parue", "reportee", "ecartee", "jamais")
    pages = {slug: notice(home, slug=slug, topics=("Design",)).pk for slug in slugs}
    first = made_by(assemble(SPEC))
    do(first, claire, "reporter", page=pages["reportee"])
    do(first, claire, "rejeter", page=pages["ecartee"])
    do(first, claire, "rejeter", page=pages["jamais"], toujours=1)
    first.refresh_from_db()
    first.get_latest_revision().publish()
    assert LedgerEntry.objects.get().page_id == pages["parue"]
    second = made_by(assemble(SPEC | {"number": 2}))
    assert now(second).page_ids == {pages["reportee"], pages["ecartee"]}
    aside = aside_of(second)
    assert [(c.page_id, carrier) for c, carrier in aside.carried] == [(pages["parue"], first.pk)]
    assert [card.page_id for card in aside.banned] == [pages["jamais"]]


def test_what_was_postponed_is_proposed_in_the_next_whatever_its_period(
    home: HomePage, letter: Bulletin, claire: User
) -> None:
    page = notice(home, slug="reportee", topics=("Design",))
    first = made_by(assemble(SPEC))
    do(first, claire, "reporter", page=page.pk)
    later = SPEC | {"number": 2, "period": {"from": "2999-01-01"}}
    second = made_by(assemble(later))
    assert now(second).page_ids == {page.pk}
    do(second, claire, "retirer", item=next(now(second).items).id)
    (found,) = aside_of(second).proposed
    assert (found.card.page_id, found.rubric, found.notes) == (
        page.pk,
        "Le design",
        ("reporté du n°\u00a01",),
    )


def test_a_date_is_assembled_into_the_agenda_once(home: HomePage, letter: Bulletin) -> None:
    event = agenda_entry(home, starts_on=date(2018, 10, 12), topics=("Autre",))
    made = made_by(assemble(SPEC))
    assert [item.page_id for item in now(made).agenda] == [event.pk]
    assert assemble(SPEC)["proposed"] == []


def cost(made: Issue) -> int:
    """The queries of what an assembly selects and of what it proposes then."""
    fresh = Issue.objects.get(pk=made.pk).get_latest_revision_as_object()
    with CaptureQueriesContext(connection) as captured:
        held, criteria = composition_of(fresh), criteria_of(fresh)
        propose(brief_cards(), criteria, held, circumstances(fresh))
    return len(captured)


def test_the_cost_of_proposing_is_the_same_for_twenty_pages_and_for_sixty(
    home: HomePage, letter: Bulletin
) -> None:
    made, _ = made_by(assemble(SPEC)), assemble(SPEC | {"number": 2})
    for _ in range(20):
        notice(home, topics=("Design",), tags=("mot",))
    twenty = cost(made)
    for _ in range(40):
        notice(home, topics=("Design",), tags=("mot",))
    assemble(SPEC | {"number": 3})
    assert cost(made) == twenty
    assert twenty <= 25
