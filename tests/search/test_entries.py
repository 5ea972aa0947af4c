"""The search with the apps' own entries: it names no type, and finds them all."""

import html
from datetime import date

import pytest
from django.test import Client

from home.models import HomePage, Topic
from search.indexing import rebuild
from tests.resources.factories import case_study
from tests.search.conftest import ask, titles
from tests.veille.factories import agenda_entry, notice, organisation, person

pytestmark = [
    pytest.mark.usefixtures("real_types"),
    pytest.mark.filterwarnings("ignore:No directory at"),
]


def publish_some(home: HomePage, number: int) -> None:
    body = organisation("Agence nouvelle")
    for index in range(number):
        author = person("Besson", f"Raphaël {index}")
        notice(home, title=f"Ruche {index}", authors=(author, body), topics=("Lieux",), tags=("a",))
        case_study(home, title=f"Ruche partagée {index}", topics=("Lieux",))
        agenda_entry(home, title=f"Fête de la ruche {index}", starts_on=date(2027, 1, 1))
    rebuild()


def test_a_notice_is_found_by_its_author_and_its_title(home: HomePage) -> None:
    title = "L’innovation dans les territoires périurbains ou ruraux ?"
    notice(home, title=title, authors=(person("Besson", "Raphaël"),))
    notice(home, title="Les périurbains", abstract="D'après Besson et d'autres.")
    notice(home, title="Tiers-lieux", authors=(person("Besson", "Raphaël"),))
    rebuild()
    assert titles(ask("besson periurbain")) == [title, "Les périurbains"]
    assert titles(ask("besson innovation periurbain")) == [title]


def test_a_body_is_found_by_its_acronym(home: HomePage) -> None:
    body = organisation("Direction de la transformation publique", acronym="DITP")
    notice(home, title="Un rapport", authors=(body,))
    rebuild()
    assert titles(ask("ditp")) == ["Un rapport"]


def test_every_collection_is_found_and_filtered(home: HomePage) -> None:
    publish_some(home, 1)
    assert ask("ruche").total == 3
    assert titles(ask("ruche", type="agenda")) == ["Fête de la ruche 0"]
    assert titles(ask("ruche", type="retour-d-experience")) == ["Ruche partagée 0"]
    assert titles(ask("ruche", theme="lieux", type="notice")) == ["Ruche 0"]


def test_publishing_an_entry_makes_it_found(
    home: HomePage, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        page = notice(home, title="Ruche")
    assert titles(ask("ruche")) == ["Ruche"]
    with django_capture_on_commit_callbacks(execute=True):
        page.unpublish()
    assert ask("ruche").total == 0


def test_a_person_or_topic_renamed_is_found_by_the_new_name(
    home: HomePage, django_capture_on_commit_callbacks
) -> None:
    author = person("Besson", "Raphaël")
    with django_capture_on_commit_callbacks(execute=True):
        notice(home, title="Ruche", authors=(author,), topics=("Lieux",))
    author.family_name = "Martin"
    theme = Topic.objects.get(name="Lieux")
    theme.name = "Fabriques"
    with django_capture_on_commit_callbacks(execute=True):
        author.save()
        theme.save()
    assert titles(ask("martin fabrique")) == ["Ruche"]


def test_the_page_costs_as_many_queries_for_few_as_for_many(
    client: Client, home: HomePage, django_assert_max_num_queries
) -> None:
    def cost(expected: int) -> int:
        with django_assert_max_num_queries(80) as queries:
            response = client.get("/recherche/", {"q": "ruche", "theme": "lieux"})
        assert len(response.context["results"]) == expected
        assert "Ruche" in html.unescape(response.content.decode())
        return len(queries)

    publish_some(home, 1)
    cost(2)
    few = cost(2)
    publish_some(home, 8)
    assert cost(18) == few
