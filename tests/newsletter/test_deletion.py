"""What has left stays, and the person is told why; what has not may go."""

import pytest
from django.test import Client
from django.urls import reverse

from home.models import HomePage
from newsletter.models import Bulletin, Issue, Mailing
from tests.newsletter.factories import bulletin, issue
from tests.newsletter.sending import reader
from tests.veille.factories import notice


@pytest.fixture
def letter(home: HomePage) -> Bulletin:
    return bulletin(home)


def delete(client: Client, page: Bulletin | Issue) -> str:
    url = reverse("wagtailadmin_pages:delete", args=[page.pk])
    return client.post(url, follow=True).content.decode()


def test_a_draft_can_be_deleted(letter: Bulletin, admin_client: Client) -> None:
    made = issue(letter, notice(letter.get_parent().get_parent().specific).pk, live=False)
    delete(admin_client, made)
    assert not Issue.objects.exists()


def test_an_issue_that_has_left_stays(letter: Bulletin, admin_client: Client) -> None:
    made = issue(letter)
    Mailing.objects.create(issue=made, bulletin=letter)
    assert "a déjà été envoyé" in delete(admin_client, made)
    assert "a déjà été envoyé" in delete(admin_client, letter.get_parent())
    assert Issue.objects.exists()


def test_a_bulletin_with_readers_stays(letter: Bulletin, admin_client: Client) -> None:
    reader("lecteur@example.org", to=letter)
    assert "a des abonnements" in delete(admin_client, letter)
    assert Bulletin.objects.exists()


def test_a_bulletin_goes_with_its_issues(letter: Bulletin, admin_client: Client) -> None:
    issue(letter)
    delete(admin_client, letter)
    assert not Bulletin.objects.exists()
    assert not Issue.objects.exists()


def test_deleting_several_at_once_is_refused_too(letter: Bulletin, admin_client: Client) -> None:
    """Wagtail refuses a protected page by itself, but does not look at what lies below it."""
    made = issue(letter)
    Mailing.objects.create(issue=made, bulletin=letter)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    answer = admin_client.post(f"{url}?id={letter.get_parent().pk}&next=/admin/", follow=True)
    assert "a déjà été envoyé" in answer.content.decode()
    assert Issue.objects.exists()
