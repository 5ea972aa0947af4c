"""GET, HEAD and what is neither: at no address of the letter do they change a row.

A mail scanner follows every link of a message before its reader does.
"""

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client
from django.urls import URLPattern
from wagtail.models import Page

from newsletter.models import ReaderMail, Subscription
from newsletter.readers.mail_texts import data_token
from newsletter.urls import urlpatterns
from tests.newsletter.sending import bulletin, issue, reader

pytestmark = pytest.mark.django_db
NAMES = [pattern.name for pattern in urlpatterns if isinstance(pattern, URLPattern)]


def addresses() -> dict[str, list[str]]:
    """For each address of the letter, readers in every state."""
    letter = bulletin()
    page = issue()
    people = [reader(f"{state}@exemple.fr", state) for state in Subscription.Status.values]
    other = bulletin("autre", title="Autre")
    people.append(reader("confirmed@exemple.fr", to=other))
    return {
        "metrics": ["/metrics/"],
        "returns_webhook": ["/courriel/retours/brevo/"],
        "subscribe": ["/abonnement/", "/abonnement/?email=a@exemple.fr&action=tout"],
        "confirm": [f"/abonnement/confirmer/{one.confirmation_token}/" for one in people],
        "preferences": [f"/abonnement/preferences/{one.token}/" for one in people],
        "personal_data": [
            f"/abonnement/mes-donnees/{data_token(one.subscriber)}/" for one in people
        ],
        "unsubscribe": [f"/d/{one.token}" for one in people] + ["/d/essai", "/d/inconnu"],
        "issue_file": [f"{page.url.rstrip('/')}.ris", f"{letter.url}atom.xml"],
    }


def rows() -> list[str]:
    found = []
    for table in apps.get_app_config("newsletter").get_models():
        if issubclass(table, Page):
            continue
        names = [field.attname for field in table._meta.concrete_fields]
        found += sorted(f"{table.__name__} {row}" for row in table.objects.values_list(*names))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_looking_changes_nothing(name: str):
    known = addresses()
    known.setdefault(name, [])
    if not known[name]:
        pytest.skip(f"{name} belongs to another test")
    before = rows()
    stranger = Client(enforce_csrf_checks=True)
    query = {
        "action": "effacer-vraiment",
        "raison": "too-many",
        "List-Unsubscribe": "One-Click",
        "frequency": "weekly",
    }
    for path in known[name]:
        for method in ("get", "head", "options", "put", "delete", "patch"):
            data = query if method in ("get", "head") and "?" not in path else None
            response = getattr(stranger, method)(path, data or {})
            assert response.status_code < 500, (method, path)
    assert rows() == before
    assert mail.outbox == []
    assert not ReaderMail.objects.exists()


def test_every_page_of_a_reader_takes_get_and_post_alone():
    known = addresses()
    stranger = Client(enforce_csrf_checks=True)
    for name in ("confirm", "preferences", "personal_data", "unsubscribe"):
        for method in ("put", "delete", "patch", "options"):
            assert getattr(stranger, method)(known[name][1]).status_code == 405


def test_no_page_of_a_reader_redirects_sets_a_cookie_or_may_be_indexed():
    known = addresses()
    stranger = Client(enforce_csrf_checks=True)
    for name in ("confirm", "preferences", "personal_data", "unsubscribe"):
        for path in known[name]:
            for response in (stranger.get(path), stranger.head(path)):
                assert response.status_code in (200, 404, 410), path
                assert response.cookies == {}
                assert response["X-Robots-Tag"] == "noindex"
                assert response["Referrer-Policy"] == "no-referrer"
                assert "no-store" in response["Cache-Control"]
