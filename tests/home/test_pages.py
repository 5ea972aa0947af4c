"""Every public template: one title, one h1, a skip link first, nothing inline, nobody else's."""

import itertools
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from lxml import html
from lxml.html import HtmlElement

from home.models import HomePage
from tests.home.every_page import LEGAL, MENU, PATHS, every_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(home: HomePage) -> HomePage:
    return every_page(home)


def read(client: Client, path: str) -> HtmlElement:
    response = client.get(path)
    assert response.status_code == 200, path
    return html.fromstring(response.content)


def focusable(tree: HtmlElement) -> Iterator[HtmlElement]:
    return (e for e in tree.iter("a", "button", "input", "select", "summary", "textarea"))


@pytest.mark.parametrize("path", PATHS)
def test_a_page_has_one_h1_and_skips_no_level(client: Client, site: HomePage, path: str) -> None:
    tree = read(client, path)
    levels = [int(e.tag[1]) for e in tree.find(".//main").iter("h1", "h2", "h3", "h4", "h5")]
    assert len(list(tree.iter("h1"))) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("path", PATHS)
def test_the_skip_link_comes_first_and_leads_to_main(
    client: Client, site: HomePage, path: str
) -> None:
    tree = read(client, path)
    first = next(focusable(tree))
    assert (first.text_content(), first.get("href")) == ("Aller au contenu", "#contenu")
    assert tree.find(".//main").get("id") == "contenu"


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(
    client: Client, site: HomePage, path: str
) -> None:
    tree = read(client, path)
    assert not list(tree.iter("style", "script", "iframe"))
    for element in tree.iter():
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]
    loaded = tree.xpath(
        "//link[not(@rel='canonical')]/@href | //img/@src | //img/@srcset | //source/@src"
    )
    assert loaded
    assert [url for url in loaded if not url.startswith("/")] == []
    policy = client.get(path)["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy


@pytest.mark.parametrize("path", PATHS)
def test_identifiers_are_unique_and_fields_are_labelled(
    client: Client, site: HomePage, path: str
) -> None:
    tree = read(client, path)
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    labelled = set(tree.xpath("//label/@for"))
    fields = tree.xpath("//input[not(@type='hidden')] | //select | //textarea")
    assert [f.get("name") for f in fields if f.get("id") not in labelled] == []
    for name in tree.xpath("//@aria-labelledby | //@aria-describedby"):
        assert set(name.split()) <= set(ids)


@pytest.mark.parametrize("path", PATHS)
def test_the_frame_offers_search_menu_and_legal_pages(
    client: Client, site: HomePage, path: str
) -> None:
    tree = read(client, path)
    assert tree.xpath("//header//form[@role='search']/@action") == ["/recherche/"]
    assert tree.xpath("//header//nav//a/@href") == MENU
    links = tree.xpath("//footer//a/@href")
    assert set(LEGAL) | {"/plan-du-site/"} <= set(links)
    assert tree.get("lang") == "fr"


def test_no_two_pages_bear_the_same_title(client: Client, site: HomePage) -> None:
    titles = [read(client, path).findtext("head/title") for path in PATHS]
    assert len(set(titles)) == len(PATHS)
    assert all(title.endswith(" – Centre de ressources") for title in titles)


def test_the_menu_says_where_one_is(client: Client, site: HomePage) -> None:
    tree = read(client, "/bulletins/en-quelques-clics/")
    assert tree.xpath("//header//nav//a[@aria-current]/text()") == ["La lettre"]
    assert tree.xpath("//header//nav//a/@aria-current") == ["true"]


def test_home_offers_the_last_issue_and_the_sign_up(client: Client, site: HomePage) -> None:
    main = read(client, "/").find(".//main")
    assert "Innovation publique et territoires" in main.text_content()
    form = main.xpath(".//form[@action='/abonnement/']")[0]
    assert set(form.xpath(".//input/@name")) == {
        "csrfmiddlewaretoken",
        "email",
        "instant",
        "site_web",
    }


def test_empty_shelves_say_so(client: Client, home: HomePage) -> None:
    text = read(client, "/").find(".//main").text_content()
    assert "Aucune ressource n’est encore publiée." in text
    assert "Aucune date à venir." in text


def test_an_issue_links_within_the_host_it_is_read_on(client: Client, site: HomePage) -> None:
    main = read(client, "/bulletins/en-quelques-clics/hors-serie-2/").find(".//main")
    assert [url for url in main.xpath(".//a/@href") if url.startswith(settings.SITE_URL)] == []
