"""A list page costs the same whatever it lists: the number of queries is constant."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from home.models import HomePage
from tests.newsletter import factories as letters
from tests.resources.factories import case_study
from tests.veille.factories import agenda_entry, notice, organisation

FEW, MANY = 2, 9


def notices(home: HomePage, count: int) -> str:
    body = organisation("Fédération nationale des agences d'urbanisme")
    for _ in range(count):
        notice(home, topics=("Design", "Lieux"), tags=("tiers-lieux",), authors=(body,))
    return "/notices/"


def dates(home: HomePage, count: int) -> str:
    for number in range(count):
        agenda_entry(home, starts_on=timezone.localdate() + timedelta(days=number), tags=("a",))
    return "/agenda/"


def past_dates(home: HomePage, count: int) -> str:
    for number in range(1, count + 1):
        agenda_entry(home, starts_on=timezone.localdate() - timedelta(days=number))
    return "/agenda/?passes=1"


def experiences(home: HomePage, count: int) -> str:
    for _ in range(count):
        case_study(home, topics=("Design",), tags=("mobilité",))
    return "/retours-d-experience/"


def archive(home: HomePage, count: int) -> str:
    letter = letters.bulletin(home)
    page = notice(home)
    for number in range(1, count + 1):
        letters.issue(letter, page.pk, number=number, slug=f"numero-{number}")
    return letter.url


def one_issue(home: HomePage, count: int) -> str:
    pages = [notice(home, topics=("Design",)).pk for _ in range(count)]
    return letters.issue(letters.bulletin(home), *pages).url


def shelves(home: HomePage, count: int) -> str:
    notices(home, count)
    dates(home, count)
    experiences(home, count)
    return "/"


def results(home: HomePage, count: int) -> str:
    notices(home, count)
    experiences(home, count)
    return "/recherche/?q=design"


def site_map(home: HomePage, count: int) -> str:
    notices(home, count)
    return "/plan-du-site/"


def machines_map(home: HomePage, count: int) -> str:
    notices(home, count)
    return "/sitemap.xml"


LISTS = [
    notices,
    dates,
    past_dates,
    experiences,
    archive,
    one_issue,
    shelves,
    results,
    site_map,
    machines_map,
]


def cost(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.django_db
@pytest.mark.parametrize("fill", LISTS, ids=lambda fill: fill.__name__)
def test_the_number_of_queries_does_not_grow_with_the_list(
    home: HomePage, client: Client, fill: Callable[[HomePage, int], str], settings: object
) -> None:
    few = cost(client, fill(home, FEW))
    for page in home.get_children().specific():
        page.delete()
    home.refresh_from_db()
    cache.clear()
    assert cost(client, fill(home, MANY)) == few
