"""What the demo's documentalist may do, and what stays the administrator's."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.permissions import policy_registry

from config.demo import ground, rights
from home.models import HomePage, Keyword, Territory, Topic, User
from veille.models import Organisation, Periodical, Person

SHELVES = {
    "notices": {"add", "change", "publish"},
    "retours-d-experience": {"add", "change", "publish"},
    "agenda": {"add", "change", "publish"},
    "bulletins": {"add", "change"},
}


@pytest.fixture
def person(home: HomePage) -> User:
    ground.accounts(list(ground.indexes(home)))
    return User.objects.get(username="documentaliste")


def test_she_publishes_on_the_shelves_and_only_writes_letters(person: User) -> None:
    for slug, actions in SHELVES.items():
        may = Page.objects.get(slug=slug).permissions_for_user(person)
        found = {"add": may.can_add_subpage(), "change": may.can_edit()}
        found["publish"] = may.can_publish_subpage()
        assert {name for name, allowed in found.items() if allowed} == actions, slug
    root = HomePage.objects.get().permissions_for_user(person)
    assert (root.can_edit(), root.can_add_subpage(), root.can_publish()) == (False,) * 3


def test_she_keeps_the_vocabularies_but_deletes_nothing(person: User) -> None:
    for model in (Person, Organisation, Periodical, Topic, Keyword, Territory):
        app, name = model._meta.app_label, model._meta.model_name
        allowed = {
            a for a in ("add", "change", "view", "delete") if person.has_perm(f"{app}.{a}_{name}")
        }
        assert allowed == {"add", "change", "view"}, name


def test_she_neither_sends_nor_reads_the_subscribers(person: User) -> None:
    granted = person.get_all_permissions()
    assert [name for name in granted if name.startswith("newsletter.")] == []
    assert not person.is_superuser
    assert [group.name for group in person.groups.all()] == [rights.DOCUMENTALISTS]


def test_she_adds_a_picture_and_chooses_it(person: User) -> None:
    policy = policy_registry.get_by_type(get_image_model())
    assert policy.user_has_permission(person, "add")
    assert policy.user_has_permission(person, "choose")


def test_her_lists_open(person: User, client: Client) -> None:
    client.force_login(person)
    for name in (
        *("wagtailadmin_home", "notices:index", "agenda:index", "retours-d-experience:index"),
        *("wagtailsnippets_veille_person:list", "wagtailsnippets_home_topic:add"),
    ):
        assert client.get(reverse(name)).status_code == 200, name
    shelf = Page.objects.get(slug="notices")
    assert (
        client.get(
            reverse("wagtailadmin_pages:add", args=["veille", "notice", shelf.pk])
        ).status_code
        == 200
    )


def test_the_demo_loaded_again_leaves_the_rights_as_they_are(person: User, home: HomePage) -> None:
    group = person.groups.get()
    group.permissions.clear()
    ground.accounts(list(ground.indexes(home)))
    assert group.permissions.count() == 0
