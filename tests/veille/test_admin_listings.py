"""The admin's lists of the watch: in French, filtered, at a constant cost."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from home.models import HomePage
from tests.veille.editing import editor
from tests.veille.factories import agenda_entry, notice, organisation, person, topic
from veille.models import Contribution, Organisation, Periodical, Person


def listed(client: Client, name: str, query: str = "") -> list[str]:
    response = client.get(reverse(f"{name}:index") + query)
    assert response.status_code == 200
    return sorted(page.title for page in response.context["object_list"])


def test_notices_are_filtered_by_type_topic_and_publication(client: Client, home: HomePage) -> None:
    editor(client)
    notice(home, title="Un article", notice_type="article", topics=("Design",))
    notice(home, title="Un rapport", live=False, topics=("Design", "Territoires"))
    assert listed(client, "notices") == ["Un article", "Un rapport"]
    assert listed(client, "notices", "?notice_type=article") == ["Un article"]
    assert listed(client, "notices", f"?topics={topic('Territoires').pk}") == ["Un rapport"]
    assert listed(client, "notices", f"?topics={topic('Design').pk}&live=True") == ["Un article"]
    assert listed(client, "notices", "?live=False") == ["Un rapport"]
    assert listed(client, "notices", "?date_max_from=2018-01-01") == []


def test_a_filtered_list_can_be_searched(client: Client, home: HomePage) -> None:
    editor(client)
    page = notice(home, title="Fabriquer la ville", notice_type="article", topics=("Design",))
    every = (
        f"?q=fabriquer&topics={topic('Design').pk}&notice_type=article&live=True"
        "&language=fr&access=open&is_favourite=false&date_max_from=&date_max_to="
    )
    assert listed(client, "notices", every) == [page.title]
    agenda_entry(home, title="Une rencontre")
    assert listed(client, "agenda", "?q=rencontre&kind=event&status=confirmed") == ["Une rencontre"]
    assert listed(client, "agenda", "?q=rencontre&kind=deadline") == []


def test_the_lists_speak_french(client: Client, home: HomePage) -> None:
    editor(client)
    notice(home, notice_type="article", date_edtf="2018-05", topics=("Design",))
    text = client.get(reverse("notices:index")).content.decode()
    for words in ("Notices", "Article de revue", "mai 2018", "Thèmes", "Design", "Coup de cœur"):
        assert words in text
    for foreign in ("Is live", "Date max", "Notice type", "Latest revision"):
        assert foreign not in text


@pytest.mark.parametrize("name", ["notices", "agenda"])
def test_a_list_costs_the_same_for_three_as_for_twelve(
    name: str, client: Client, home: HomePage
) -> None:
    make = {"notices": notice, "agenda": agenda_entry}[name]
    editor(client)

    def cost() -> int:
        listed(client, name)
        with CaptureQueriesContext(connection) as seen:
            listed(client, name)
        return len(seen)

    for _ in range(3):
        make(home, topics=("Design", "Territoires"))
    few = cost()
    for _ in range(9):
        make(home, topics=("Design",))
    assert cost() == few


AUTHORITIES = [
    (Person, {"family_name": "Besson", "given_name": "Raphaël"}, "Besson"),
    (Organisation, {"name": "Nesta"}, "Nesta"),
    (Periodical, {"title": "Nectart"}, "Nectart"),
]


@pytest.mark.parametrize(("model", "fields", "words"), AUTHORITIES)
@pytest.mark.django_db
def test_an_authority_is_added_found_and_edited(
    client: Client, model: type, fields: dict, words: str
) -> None:
    editor(client)
    url = f"wagtailsnippets_{model._meta.app_label}_{model._meta.model_name}"
    assert client.get(reverse(f"{url}:add")).status_code == 200
    assert client.post(reverse(f"{url}:add"), fields).status_code == 302
    made = model.objects.get()
    response = client.get(reverse(f"{url}:list"), {"q": words})
    assert words in response.content.decode()
    assert client.get(reverse(f"{url}:edit", args=[made.pk])).status_code == 200


def test_usage_tells_which_notices_name_a_body(client: Client, home: HomePage) -> None:
    editor(client)
    nesta = organisation("Nesta")
    page = notice(home, title="Policy Labs")
    page.contributions = [Contribution(organisation=nesta)]
    page.save()
    url = reverse("wagtailsnippets_veille_organisation:usage", args=[nesta.pk])
    assert "Policy Labs" in client.get(url).content.decode()


def test_a_body_in_use_is_kept(client: Client, home: HomePage) -> None:
    editor(client)
    besson = person("Besson", "Raphaël")
    notice(home, authors=(besson,))
    url = reverse("wagtailsnippets_veille_person:delete", args=[besson.pk])
    assert client.get(url).status_code == 200
    client.post(url)
    assert Person.objects.filter(pk=besson.pk).exists()


@pytest.mark.django_db
def test_the_menu_gathers_the_watch_the_resources_and_the_vocabularies(client: Client) -> None:
    html = editor(client).get(reverse("wagtailadmin_home")).content.decode()
    text = html.encode("ascii", "xmlcharrefreplace").decode("unicode_escape")
    for words in ("Veille", "Ressources", "Vocabulaires", "Organismes", "Périodiques"):
        assert words in text
    assert "Fragments" not in text
