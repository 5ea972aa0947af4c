"""A bulletin's archive by year and by theme."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from home.models import HomePage, Topic
from newsletter.models import Issue
from tests.newsletter.factories import bulletin, issue
from tests.newsletter.keeping import LETTER, hors_serie, sent, texts, tree
from tests.veille.factories import notice
from veille.models import Notice


def three_issues(home: HomePage) -> None:
    letter = bulletin(home)
    design = notice(home, topics=("Design de services", "Lieux"))
    places = notice(home, topics=("Lieux",))
    issue(letter, design.pk, places.pk, number=1, title="Un", dated="2017-05", slug="un")
    issue(letter, places.pk, number=2, title="Deux", dated="2018-01", slug="deux")
    issue(letter, number=3, title="Trois", dated="2018-10", slug="trois")


def shown(page: BeautifulSoup) -> list[str]:
    return texts(page.select(".card__title"))


def test_publication_counts_the_topics_of_what_is_carried(home: HomePage) -> None:
    three_issues(home)
    themes = dict(Issue.objects.values_list("title", "themes"))
    assert themes["Un"] == [
        {"slug": "lieux", "name": "Lieux", "count": 2},
        {"slug": "design-de-services", "name": "Design de services", "count": 1},
    ]
    assert themes["Trois"] == []


def test_a_draft_counts_nothing_and_makes_no_revision(home: HomePage) -> None:
    page = notice(home, topics=("Lieux",))
    made = issue(bulletin(home), page.pk, live=False)
    assert Issue.objects.get().themes == []
    made.save_revision().publish()
    assert [theme["slug"] for theme in Issue.objects.get().themes] == ["lieux"]
    assert made.revisions.count() == 2


def test_the_sending_counts_the_topics_of_that_day(home: HomePage) -> None:
    made = hors_serie(home)
    Notice.objects.get(slug="tiers-lieux").topics.clear()
    page = Notice.objects.get(slug="tiers-lieux")
    page.topics.set([Topic.objects.get(name="Design")])
    page.save()
    sent(made)
    counts = {theme["slug"]: theme["count"] for theme in Issue.objects.get().themes}
    assert counts == {"design": 2, "lieux": 1}


@pytest.mark.parametrize(
    ("query", "found", "title"),
    [
        ("", ["Trois", "Deux", "Un"], "En quelques clics"),
        ("?theme=lieux", ["Deux", "Un"], "En quelques clics : thème « Lieux »"),
        ("?annee=2018", ["Trois", "Deux"], "En quelques clics : 2018"),
        (
            "?theme=lieux&annee=2018",
            ["Deux"],
            "En quelques clics : thème « Lieux », 2018",
        ),
    ],
)
def test_the_archive_is_narrowed_by_theme_and_year(
    home: HomePage, client: Client, query: str, found: list[str], title: str
) -> None:
    three_issues(home)
    page = tree(client, LETTER + query)
    assert shown(page) == found
    named = page.select("title")[0].text.replace("\xa0", " ")
    assert named.startswith(f"{title} –")
    (canonical,) = page.select('link[rel="canonical"]')
    assert canonical.get("href").endswith(LETTER + query)
    assert len(page.select(".choices [aria-current]")) == query.count("=")


def test_each_choice_says_how_many_issues_it_finds(home: HomePage, client: Client) -> None:
    three_issues(home)
    for query in ("", "?annee=2018", "?theme=lieux"):
        for link in tree(client, LETTER + query).select(".choices a"):
            found = shown(tree(client, link.get("href")))
            assert texts([link])[0].endswith(f": {len(found)} numéro{'s'[: len(found) > 1]}")


@pytest.mark.parametrize(
    "query",
    [
        "?theme=inconnu",
        "?annee=1900",
        "?annee=2018'%20OR%201=1",
        "?theme=%00",
        "?theme=%3Cscript%3E",
        "?theme=design-de-services&annee=2018",
        "?annee=201",
    ],
)
def test_a_choice_that_finds_nothing_says_what_to_do(
    home: HomePage, client: Client, query: str
) -> None:
    three_issues(home)
    page = tree(client, LETTER + query)
    assert shown(page) == []
    (empty,) = page.select(".empty")
    assert empty.select("a")[0].get("href") == LETTER
    assert "<script>" not in str(page)


def test_an_unknown_choice_is_not_a_page_of_its_own(home: HomePage, client: Client) -> None:
    three_issues(home)
    (canonical,) = tree(client, f"{LETTER}?theme=inconnu").select('link[rel="canonical"]')
    assert canonical.get("href").endswith(LETTER)


def test_the_archive_costs_the_same_whatever_it_lists(home: HomePage, client: Client) -> None:
    letter, page, costs = bulletin(home), notice(home, topics=("Lieux",)), []
    for number in range(1, 10):
        issue(letter, page.pk, number=number, slug=f"n-{number}", dated=f"20{10 + number}-01")
        if number in (2, 9):
            client.get(f"{LETTER}?theme=lieux")
            with CaptureQueriesContext(connection) as captured:
                assert len(shown(tree(client, f"{LETTER}?theme=lieux"))) == number
            costs.append(len(captured))
    assert costs[0] == costs[1]
