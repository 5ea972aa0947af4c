"""What the public lists show, hide, and cost."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from home.models import HomePage
from tests.veille.factories import agenda_entry, notice, organisation, person
from veille.models import (
    AgendaEntry,
    AgendaOrganiser,
    Contribution,
    Notice,
    NoticePublisher,
    Periodical,
)


def queries_of(client: Client, path: str) -> int:
    client.get(path)  # warms the site's and the content types' caches
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def full_notice(home: HomePage, rank: int) -> Notice:
    page = notice(
        home,
        topics=("Action publique", f"Thème {rank}"),
        tags=(f"mot {rank}", "usagers"),
        date_edtf="2018-05",
        periodical=Periodical.objects.create(title=f"Revue {rank}"),
    )
    page.contributions = [
        Contribution(person=person("Besson", f"Raphaël {rank}")),
        Contribution(organisation=organisation(f"Agence {rank}")),
    ]
    page.publishers = [NoticePublisher(organisation=organisation(f"Éditeur {rank}"))]
    page.save()
    page.save_revision().publish()
    return page


def full_entry(home: HomePage, rank: int, starts_on: date) -> AgendaEntry:
    page = agenda_entry(home, topics=(f"Thème {rank}",), tags=("usagers",), starts_on=starts_on)
    page.organisers = [
        AgendaOrganiser(organisation=organisation(f"Agence {rank}")),
        AgendaOrganiser(organisation=organisation("CGET")),
    ]
    page.save()
    page.save_revision().publish()
    return page


def test_a_page_of_notices_costs_the_same_for_three_as_for_twelve(
    client: Client, home: HomePage
) -> None:
    for rank in range(3):
        full_notice(home, rank)
    few = queries_of(client, "/notices/")
    for rank in range(3, 12):
        full_notice(home, rank)
    assert queries_of(client, "/notices/") == few
    assert len(client.get("/notices/").context["cards"]) == 12


@pytest.mark.parametrize(("query", "days"), [("", 10), ("?passes=1", -10)])
def test_the_agenda_costs_the_same_for_three_as_for_twelve(
    query: str, days: int, client: Client, home: HomePage
) -> None:
    starts_on = timezone.localdate() + timedelta(days=days)
    for rank in range(3):
        full_entry(home, rank, starts_on)
    few = queries_of(client, f"/agenda/{query}")
    for rank in range(3, 12):
        full_entry(home, rank, starts_on)
    assert queries_of(client, f"/agenda/{query}") == few
    assert len(client.get(f"/agenda/{query}").context["cards"]) == 12


def restrict(page: Page) -> None:
    PageViewRestriction.objects.create(page=page, restriction_type="login")


def titles(client: Client, path: str) -> list[str]:
    return [card.title for card in client.get(path).context["cards"]]


def test_a_draft_and_a_private_page_are_not_listed(client: Client, home: HomePage) -> None:
    shown = notice(home, title="Public")
    notice(home, title="Brouillon", live=False)
    restrict(notice(home, title="Réservé"))
    assert titles(client, "/notices/") == [shown.title]
    soon = timezone.localdate()
    agenda_entry(home, title="Publique", starts_on=soon)
    agenda_entry(home, title="Brouillon", starts_on=soon, live=False)
    restrict(agenda_entry(home, title="Réservée", starts_on=soon))
    assert titles(client, "/agenda/") == ["Publique"]


def test_the_agenda_shows_what_comes_then_on_demand_what_is_over(
    client: Client, home: HomePage
) -> None:
    today = timezone.localdate()
    for title, days in (("hier", -1), ("avant-hier", -2), ("demain", 1), ("aujourd'hui", 0)):
        agenda_entry(home, title=title, starts_on=today + timedelta(days=days))
    assert titles(client, "/agenda/") == ["aujourd'hui", "demain"]
    assert titles(client, "/agenda/?passes=1") == ["hier", "avant-hier"]
    assert client.get("/agenda/").context["past"] is False
    assert client.get("/agenda/?passes=1").context["past"] is True
    assert titles(client, "/agenda/?passes=oui") == ["aujourd'hui", "demain"]


def test_notices_are_listed_the_last_published_first(client: Client, home: HomePage) -> None:
    now = timezone.now()
    for title, days in (("ancienne", 30), ("récente", 1), ("moyenne", 10)):
        notice(home, title=title, published=now - timedelta(days=days))
    assert titles(client, "/notices/") == ["récente", "moyenne", "ancienne"]


@pytest.mark.parametrize("fields", [{}, {"month_only": True}, {"kind": "deadline"}])
def test_the_page_of_a_date_opens(client: Client, home: HomePage, fields: dict) -> None:
    entry = agenda_entry(home, **fields)
    assert client.get(entry.url).status_code == 200


def test_the_page_of_a_bare_and_of_a_full_notice_opens(client: Client, home: HomePage) -> None:
    for page in (notice(home), full_notice(home, 1)):
        response = client.get(page.url)
        assert response.status_code == 200
        assert page.title in response.content.decode()
