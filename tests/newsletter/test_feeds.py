"""A bulletin's Atom feed."""

import pytest
from django.test import Client
from lxml import etree
from pytest_django.fixtures import Settings

from home.models import HomePage
from newsletter.models import Issue
from tests.newsletter.factories import bulletin, issue, rubric
from tests.veille.factories import notice

URL = "/bulletins/en-quelques-clics/atom.xml"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
SITE = "https://lettre.example.org"


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    settings.SITE_URL = SITE


def feed(client: Client) -> etree._Element:
    answer = client.get(URL)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return etree.fromstring(answer.content)


def words(root: etree._Element, path: str) -> list[str]:
    return [
        found if isinstance(found, str) else found.text
        for found in root.xpath(path, namespaces=ATOM)
    ]


def test_the_feed_has_one_entry_a_public_issue_the_newest_first(
    home: HomePage, client: Client
) -> None:
    letter = bulletin(home, tagline="La veille du centre")
    page = notice(home, topics=("Design",))
    issue(letter, number=1, title="Ancien", dated="2017-05", slug="a")
    made = issue(
        letter,
        number=2,
        kind="special",
        title="Récent",
        dated="2018-10",
        slug="b",
        introduction="<p>Un <b>mot</b>.</p>",
        rubrics=[rubric("Les lieux", page.pk), rubric("Le design", page.pk)],
    )
    issue(letter, number=3, title="Caché", dated="2018-11", slug="c", live=False)
    root = feed(client)
    day = made.first_published_at
    assert words(root, "a:title") == ["En quelques clics"]
    assert words(root, "a:link[@rel='self']/@href") == [SITE + URL]
    assert words(root, "a:link[@rel='alternate']/@href") == [f"{SITE}/bulletins/en-quelques-clics/"]
    assert words(root, "a:author/a:name") != [""]
    assert words(root, "a:entry/a:title") == ["Hors-Série #2 – Récent", "n°\xa01 – Ancien"]
    (first, _) = root.findall("a:entry", ATOM)
    assert words(first, "a:link/@href") == [f"{SITE}/bulletins/en-quelques-clics/b/"]
    assert words(first, "a:summary") == ["Un mot. Au sommaire\xa0: Les lieux, Le design."]
    assert words(first, "a:category/@term") == ["Design"]
    assert words(first, "a:id")[0].startswith("tag:lettre.example.org,")
    assert words(first, "a:updated") == [made.last_published_at.isoformat()]
    assert words(first, "a:published") == [day.isoformat()]


def test_an_entry_keeps_its_name_when_its_address_changes(home: HomePage, client: Client) -> None:
    made = issue(bulletin(home), slug="avant")
    before = words(feed(client), "a:entry/a:id")
    made.slug, made.title = "apres", "Titre changé"
    made.save_revision().publish()
    root = feed(client)
    assert words(root, "a:entry/a:id") == before
    assert words(root, "a:entry/a:link/@href") == [f"{SITE}/bulletins/en-quelques-clics/apres/"]


def test_hostile_words_make_a_valid_feed(home: HomePage, client: Client) -> None:
    letter = bulletin(home)
    made = issue(letter, slug="un", rubrics=[rubric("x", notice(home).pk)])
    Issue.objects.filter(pk=made.pk).update(
        title="<b>Titre</b> & \x0b « ]]> » \u2028 fin",
        introduction="<p>a\x0c<script>&lt;i&gt;</p>",
        themes=[{"slug": "t", "name": '"\x01>', "count": 1}],
    )
    root = feed(client)
    assert words(root, "a:entry/a:title") == ["n°\xa01 – <b>Titre</b> & « ]]> » fin"]
    assert words(root, "a:entry/a:category/@term") == ['">']


def test_an_empty_feed_is_valid_and_always_the_same(home: HomePage, client: Client) -> None:
    bulletin(home)
    root, answer = feed(client), client.get(URL)
    assert root.findall("a:entry", ATOM) == []
    again = client.get(URL, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def test_the_feed_answers_get_and_head_only_and_says_when_nothing_is_new(
    home: HomePage, client: Client
) -> None:
    issue(bulletin(home))
    answer = client.get(URL)
    assert client.head(URL)["Content-Length"] == str(len(answer.content))
    dated = {"if-modified-since": answer["Last-Modified"]}
    assert client.get(URL, headers=dated).status_code == 304
    assert client.post(URL).status_code == 405


def test_a_bulletin_that_is_not_published_has_no_feed(home: HomePage, client: Client) -> None:
    letter = bulletin(home)
    letter.unpublish()
    assert client.get(URL).status_code == 404
