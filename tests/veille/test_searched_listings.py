"""A list that is searched can still be sorted and filtered."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from home.models import HomePage, Keyword, Territory, Topic
from tests.veille.editing import editor
from tests.veille.factories import agenda_entry, notice, organisation, person, topic
from veille.models import Organisation, Periodical, Person

SNIPPETS = (Organisation, Person, Periodical, Topic, Territory, Keyword)
SORTS = {
    Organisation: {"name", "acronym", "kind", "becomes"},
    Person: {"given_name", "qualifier"},
    Periodical: {"title", "issn", "publisher"},
    Topic: {"name", "parent", "position"},
    Territory: {"name", "kind", "code"},
    Keyword: {"name", "slug"},
}
FILTERS = [
    (Organisation, "kind", "editeur"),
    (Topic, "parent", ""),
    (Topic, "parent", "99999999999999999999999"),
    (Territory, "kind", "commune"),
]


def list_of(model: type) -> str:
    return reverse(f"wagtailsnippets_{model._meta.app_label}_{model._meta.model_name}:list")


def example(model: type) -> None:
    if model is Organisation:
        organisation("Ville", becomes=organisation("Ville de Lille"))
    elif model is Person:
        person("Ville", "Jeanne")
    elif model is Periodical:
        Periodical.objects.create(title="Ville", publisher=organisation("Nesta"))
    else:
        model.objects.create(name="Ville")


@pytest.mark.parametrize("model", SNIPPETS)
@pytest.mark.django_db
def test_each_column_sorts_what_is_found(model: type, client: Client) -> None:
    editor(client)
    example(model)
    table = client.get(list_of(model)).context["table"]
    keys = {c.sort_key for c in table.columns.values() if c.sort_key}
    assert keys >= SORTS[model]
    for key in keys | {model._meta.ordering[0]}:
        for order in (key, f"-{key}"):
            response = client.get(list_of(model), {"q": "vil", "ordering": order})
            assert response.status_code == 200
            assert "Ville" in response.content.decode()


@pytest.mark.parametrize(("model", "name", "value"), FILTERS)
@pytest.mark.django_db
def test_each_filter_narrows_what_is_found(
    model: type, name: str, value: str, client: Client
) -> None:
    editor(client)
    example(model)
    for order in ("", "name", "-name"):
        query = urlencode({"q": "vil", name: value, "ordering": order})
        assert client.get(f"{list_of(model)}?{query}").status_code == 200


@pytest.mark.django_db
def test_topics_are_searched_under_a_parent(client: Client) -> None:
    editor(client)
    above = topic("Territoires")
    Topic.objects.create(name="Villes moyennes", parent=above)
    Topic.objects.create(name="Ville intelligente")
    query = {"q": "vil", "parent": above.pk, "ordering": "parent"}
    found = client.get(list_of(Topic), query).context["object_list"]
    assert [row.name for row in found] == ["Villes moyennes"]


@pytest.mark.parametrize("name", ["notices", "agenda"])
def test_each_column_sorts_the_pages_found(name: str, client: Client, home: HomePage) -> None:
    editor(client)
    {"notices": notice, "agenda": agenda_entry}[name](home, title="Ville")
    table = client.get(reverse(f"{name}:index")).context["table"]
    keys = {c.sort_key for c in table.columns.values() if c.sort_key}
    assert "date_max" in keys
    for key in keys:
        for order in (key, f"-{key}"):
            response = client.get(reverse(f"{name}:index"), {"q": "vil", "ordering": order})
            assert [page.title for page in response.context["object_list"]] == ["Ville"]


@pytest.mark.parametrize("typed", ["9" * 23, "-1", "deux", "1e3", "\u0661", "\x00", "9" * 18])
@pytest.mark.parametrize("name", ["notices", "agenda"])
def test_a_topic_that_cannot_be_is_no_server_error(
    typed: str, name: str, client: Client, home: HomePage
) -> None:
    response = editor(client).get(reverse(f"{name}:index"), {"topics": typed})
    assert response.status_code == 200


@pytest.mark.django_db
def test_keywords_are_listed_in_alphabetical_order() -> None:
    for name in ("mook", "atelier", "lieu"):
        Keyword.objects.create(name=name)
    assert [keyword.name for keyword in Keyword.objects.all()] == ["atelier", "lieu", "mook"]
