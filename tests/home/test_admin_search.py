"""Whatever is typed in the admin's search box is looked for, never a server error."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.search.backends import get_search_backend

from home.admin_search import SpeakableQueries, speakable
from home.models import HomePage, Territory
from tests.veille.editing import editor
from tests.veille.factories import notice

TERRITORIES = "wagtailsnippets_home_territory:list"
AWKWARD = [
    '"',
    'a"b',
    '""',
    '"Lille',
    'Lille"',
    "a\x00b",
    "\x00",
    "'",
    "*",
    "a:b",
    "(",
    "NEAR",
    "^",
]


@pytest.mark.parametrize("query", AWKWARD)
@pytest.mark.parametrize("name", ["notices:index", TERRITORIES])
def test_no_character_breaks_a_search(
    query: str, name: str, client: Client, home: HomePage
) -> None:
    notice(home, title="Une notice")
    Territory.objects.create(name="Lille")
    response = editor(client).get(reverse(name), {"q": query})
    assert response.status_code == 200


def test_a_quoted_word_is_found(client: Client, home: HomePage) -> None:
    page = notice(home, title="Un mook sur les lieux")
    Territory.objects.create(name="Lille")
    editor(client)
    found = client.get(reverse("notices:index"), {"q": '"mook"'}).context["object_list"]
    assert [row.title for row in found] == [page.title]
    assert "Lille" in client.get(reverse(TERRITORIES), {"q": 'Lil"'}).content.decode()


@pytest.mark.django_db
def test_the_backend_stays_the_database_s_own() -> None:
    backend = get_search_backend()
    assert isinstance(backend, SpeakableQueries)
    assert type(backend).__mro__[2].__module__.startswith("modelsearch.backends.database")


def test_quotes_alone_find_nothing(client: Client, home: HomePage) -> None:
    notice(home, title="Une notice - et « son » titre")
    response = editor(client).get(reverse("notices:index"), {"q": '""'})
    assert list(response.context["object_list"]) == []


def test_a_query_that_is_not_a_text_is_left_alone() -> None:
    query = object()
    assert speakable(query) is query
    assert speakable("") == ""
    assert speakable('a"b\x00c') == "a b c"
