"""What the demo's accounts may do, and what stays the administrator's."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.permissions import policy_registry

from config.demo import ground, rights
from config.management.commands.demo import Command
from home.models import HomePage, Keyword, Territory, Topic, User
from newsletter.models import Bulletin, Issue
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


@pytest.fixture
def chief(person: User) -> User:
    return User.objects.get(username="redaction-en-chef")


def test_the_editor_in_chief_publishes_and_sends_letters_and_nothing_else(chief: User) -> None:
    assert [group.name for group in chief.groups.all()] == [rights.EDITORS_IN_CHIEF]
    granted = chief.get_all_permissions()
    assert [name for name in granted if name.startswith("newsletter.")] == ["newsletter.send_issue"]
    may = Page.objects.get(slug="bulletins").permissions_for_user(chief)
    assert (may.can_edit(), may.can_add_subpage(), may.can_publish_subpage()) == (True,) * 3
    for slug in set(SHELVES) - {"bulletins"}:
        assert not Page.objects.get(slug=slug).permissions_for_user(chief).can_edit(), slug
    assert not chief.is_superuser


def test_she_submits_a_letter_and_the_editor_in_chief_publishes_it(
    person: User, chief: User, client: Client
) -> None:
    shelf = Page.objects.get(slug="bulletins")
    letter = shelf.add_child(
        instance=Bulletin(title="Lettre", slug="lettre", sender_email="lettre@example.org")
    )
    issue = letter.add_child(instance=Issue(title="Numéro", number=1, live=False))
    issue.save_revision(user=person)
    assert issue.get_workflow().name == rights.LETTER_REVIEW
    issue.get_workflow().start(issue, person)
    edit = reverse("wagtailadmin_pages:edit", args=[issue.pk])
    client.force_login(person)
    assert "action-workflow-action-name" not in client.get(edit).content.decode()
    client.force_login(chief)
    task = Page.objects.get(pk=issue.pk).current_workflow_task_state
    url = reverse("wagtailadmin_pages:workflow_action", args=[issue.pk, "approve", task.pk])
    client.post(url, {"comment": ""})
    issue.refresh_from_db()
    assert (issue.live, issue.live_revision.user) == (True, person)


def test_an_issue_in_review_still_opens_for_both(person: User, chief: User, client: Client) -> None:
    letter = Page.objects.get(slug="bulletins").add_child(
        instance=Bulletin(title="Lettre", slug="lettre", sender_email="lettre@example.org")
    )
    issue = letter.add_child(instance=Issue(title="Numéro", number=1, live=False))
    issue.save_revision(user=person)
    issue.get_workflow().start(issue, person)
    for user in (person, chief):
        client.force_login(user)
        for name in ("newsletter_composer", "newsletter_preflight", "newsletter_sending"):
            answer = client.get(reverse(name, args=[issue.pk]))
            assert answer.status_code == 200, (user.username, name)


def test_the_demo_says_every_account(capsys: pytest.CaptureFixture, monkeypatch: Any) -> None:
    monkeypatch.setattr("config.management.commands.demo.subprocess.run", lambda *a, **k: None)
    command = Command()
    command.stderr.write = print
    command.serve(8000)
    shown = capsys.readouterr().out
    for name in ("demo", "documentaliste", "redaction-en-chef"):
        assert f"compte {name} (" in shown
