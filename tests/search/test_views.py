import html

import pytest
from django.test import Client
from django.urls import reverse

from home.models import HomePage
from search.indexing import rebuild
from search.views import results
from tests.search.documents import document
from tests.search.test_engine import HOSTILE

# Nothing collects static files for a test run.
pytestmark = pytest.mark.filterwarnings("ignore:No directory at")


def page_text(client: Client, **params: object) -> str:
    response = client.get("/recherche/", params)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def test_the_page_has_its_address() -> None:
    assert reverse("search") == "/recherche/"
    assert results.__name__ == "results"


def test_the_page_shows_titles_and_marked_words(client: Client, library: HomePage) -> None:
    text = page_text(client, q="egalite numerique")
    assert "Égalité numérique : agir dans le quartier" in text
    text = page_text(client, q="metropole")
    assert "<mark>métropoles</mark>" in text


def test_the_title_says_question_total_and_page(client: Client, home: HomePage) -> None:
    for number in range(21):
        document(home, f"Ruche {number}")
    rebuild()
    response = client.get("/recherche/", {"q": "ruche", "page": 2})
    assert response.context["title"] == (
        "Recherche «\u00a0ruche\u00a0» – 21\u00a0résultats – page\u00a02"
    )
    assert response.context["pages"] == "?q=ruche&"
    assert len(response.context["results"]) == 1


@pytest.mark.parametrize("asked", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_the_page_answers(client: Client, library: HomePage, asked: str) -> None:
    asked = asked.encode("utf-8", "replace").decode()
    page_text(client, q=asked, type=asked, annee=asked, tri=asked, page=asked)


def test_broken_percent_encoding_is_survived(client: Client, library: HomePage) -> None:
    for query in ("q=%", "q=%ff%fe", "q=%00", "q=%E0%A4%A", "q[]=1", "q=a&q=besson", "&&=&"):
        assert client.get(f"/recherche/?{query}").status_code == 200


def test_nothing_found_offers_a_way_out(client: Client, library: HomePage) -> None:
    assert 'href="/recherche/"' in page_text(client, q="wxqzkj")


def test_a_question_is_escaped_where_it_is_shown(client: Client, library: HomePage) -> None:
    response = client.get("/recherche/", {"q": '"><script>alert(1)</script>'})
    assert b"<script>alert" not in response.content


def test_a_form_cannot_be_posted(client: Client, library: HomePage) -> None:
    assert client.post("/recherche/", {"q": "x"}).status_code == 405


def test_queries_do_not_grow_with_results(
    client: Client, home: HomePage, django_assert_max_num_queries
) -> None:
    def cost() -> int:
        with django_assert_max_num_queries(60) as queries:
            page_text(client, q="ruche lieux", type="notice")
        return len(queries)

    kinds = [("type", "notice", "Notice")]
    for number in range(2):
        document(home, f"Ruche {number} lieux", facets=kinds)
    rebuild()
    cost()
    few = cost()
    for number in range(18):
        document(home, f"Ruche {number} lieux", facets=kinds)
    rebuild()
    assert cost() == few
