"""The sending panel: who may, by what method, and what it says."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from home.models import HomePage, User
from newsletter.engine import dispatch, steering
from newsletter.models import Issue, Mailing, Subscription
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
    assert "Ce numéro a déjà l" in answer.content.decode()
    mailing = Mailing.objects.get()
    dispatch.prepare(mailing.pk)
    assert mailing.counts()["total"] == 3


def test_the_progress_goes_from_the_preparation_to_counts(
    ready: Issue, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.engine.dispatch.ring", lambda mailing_id: True)
    admin_client.post(address("newsletter_send", ready))
    mailing = Mailing.objects.get()
    text = admin_client.get(address("newsletter_sending", ready)).content.decode()
    assert "<p data-preparing>Préparation de l'envoi…" in text
    where = f"{address('newsletter_progress', ready)}?envoi={mailing.pk}"
    seen: dict[str, Any] = admin_client.get(where).json()
    assert (seen["state"], seen["state_label"], seen["total"]) == (
        "preparing",
        "En préparation",
        0,
    )
    dispatch.prepare(mailing.pk)
    seen = admin_client.get(where).json()
    assert (seen["state"], seen["total"], seen["pending"], seen["sent"]) == ("ready", 3, 3, 0)


def test_a_sending_refused_while_it_was_prepared_says_why_and_may_be_asked_again(
    ready: Issue, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.engine.dispatch.ring", lambda mailing_id: True)
    admin_client.post(address("newsletter_send", ready))
    Subscription.objects.update(status="ended", ended_at=timezone.now(), end_reason="reader")
    mailing = Mailing.objects.get()
    assert not dispatch.prepare(mailing.pk)
    note = Mailing.objects.get().note
    assert note
    where = f"{address('newsletter_progress', ready)}?envoi={mailing.pk}"
    assert admin_client.get(where).json()["state"] == "cancelled"
    text = admin_client.get(address("newsletter_sending", ready)).content.decode()
    assert "L'envoi demandé n'est pas parti" in text
    assert escape(note) in text
    assert 'id="envoi-suite"' in text
    Subscription.objects.update(status="confirmed", ended_at=None, end_reason="")
    admin_client.post(address("newsletter_send", ready))
    text = admin_client.get(address("newsletter_sending", ready)).content.decode()
    assert "L'envoi demandé n'est pas parti" not in text
    assert Mailing.objects.of_issue(ready.pk).get().state == "preparing"


def test_a_sending_that_a_person_cancelled_is_not_called_refused(
    ready: Issue, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.engine.dispatch.ring", lambda mailing_id: True)
    mailing = dispatch.start(ready)
    Mailing.objects.update(note="Pause")
    steering.cancel(mailing)
    text = admin_client.get(address("newsletter_sending", ready)).content.decode()
    assert "L'envoi demandé n'est pas parti" not in text


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
