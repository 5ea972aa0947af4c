"""The sending panel: who may, by what method, and what it says."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from home.models import HomePage, User
from newsletter.models import Issue, Mailing
from tests.newsletter.factories import bulletin, issue
from tests.newsletter.sending import reader
from tests.veille.factories import notice


@pytest.fixture
def ready(home: HomePage) -> Issue:
    letter = bulletin(home)
    for number in range(3):
        reader(f"lecteur{number}@example.org", to=letter)
    return issue(letter, notice(home).pk)


@pytest.fixture
def editor(client: Client, db: None) -> Client:
    """Somebody who enters the admin, and nothing more."""
    user = User.objects.create_user("redacteur", password="x")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user)
    return client


def address(name: str, made: Issue) -> str:
    return reverse(name, args=[made.pk])


def test_the_panel_says_how_many_readers(ready: Issue, admin_client: Client) -> None:
    text = admin_client.get(address("newsletter_sending", ready)).content.decode()
    assert "Envoyer à 3 abonnés" in text


@pytest.mark.parametrize("name", ["newsletter_sending", "newsletter_progress"])
def test_without_the_permission_nothing_is_shown(ready: Issue, editor: Client, name: str) -> None:
    assert editor.get(address(name, ready)).status_code == 302


def test_without_the_permission_nothing_is_sent(ready: Issue, editor: Client) -> None:
    editor.post(address("newsletter_send", ready))
    assert Mailing.objects.count() == 0


@pytest.mark.parametrize("name", ["newsletter_send", "newsletter_send_test"])
def test_a_get_sends_nothing(ready: Issue, admin_client: Client, name: str) -> None:
    assert admin_client.get(address(name, ready)).status_code == 405
    assert Mailing.objects.count() == 0


def test_pressed_twice_it_sends_once(
    ready: Issue, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.engine.dispatch.ring", lambda mailing_id: True)
    admin_client.post(address("newsletter_send", ready))
    answer = admin_client.post(address("newsletter_send", ready), follow=True)
    assert Mailing.objects.get().counts()["total"] == 3
    assert "Ce numéro a déjà l" in answer.content.decode()


def test_the_progress_is_counts(
    ready: Issue, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.engine.dispatch.ring", lambda mailing_id: True)
    admin_client.post(address("newsletter_send", ready))
    seen: dict[str, Any] = admin_client.get(address("newsletter_progress", ready)).json()
    assert (seen["state"], seen["total"], seen["pending"], seen["sent"]) == ("ready", 3, 3, 0)


def test_a_withdrawn_page_is_named_and_blocks(ready: Issue, admin_client: Client) -> None:
    page = ready.rubrics[0].value["items"][0]["page"]
    page.unpublish()
    text = admin_client.get(address("newsletter_sending", ready)).content.decode()
    assert 'data-code="withdrawn"' in text
    assert page.title in text
    assert "Pas encore bon à diffuser" in text
    for absent in ("Envoyer à 3", address("newsletter_send", ready), "Programmer</button>"):
        assert absent not in text


def test_the_editor_s_bar_offers_the_sending_to_who_may(ready: Issue, admin_client: Client) -> None:
    text = admin_client.get(f"/admin/pages/{ready.pk}/edit/").content.decode()
    assert address("newsletter_sending", ready) in text


def test_the_listings_open(ready: Issue, admin_client: Client) -> None:
    for name in ("numeros", "bulletins"):
        assert admin_client.get(f"/admin/{name}/").status_code == 200
