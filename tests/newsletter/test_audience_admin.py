import html

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from home.models import User
from newsletter.models import Subscriber, Suppression
from newsletter.readers.audience_admin import neutralise
from tests.newsletter.sending import mailing_to, reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(home) -> Client:
    """Someone who may read and change subscribers, and see deliveries; not export."""
    names = ["access_admin", "view_subscriber", "change_subscriber", "delete_subscriber"]
    names += ["view_delivery", "change_delivery", "view_mailing", "delete_delivery"]
    user = User.objects.create_user("editrice", password="x")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)
    return client


def test_the_list_finds_filters_and_says_the_state_in_french(editor: Client):
    reader("ana@exemple.fr")
    reader("bob@exemple.fr", "ended")
    page = editor.get("/admin/abonnes/").content.decode()
    assert "En quelques clics\u00a0: confirmé" in page
    found = editor.get("/admin/abonnes/?q=ana").content.decode()
    assert "ana@exemple.fr" in found
    assert "bob@exemple.fr" not in found
    ended = editor.get("/admin/abonnes/?subscriptions__status__exact=ended").content.decode()
    assert "bob@exemple.fr" in ended
    assert "ana@exemple.fr" not in ended


def test_the_list_costs_the_same_for_many(editor: Client, django_assert_max_num_queries):
    reader("l0@exemple.fr")
    editor.get("/admin/abonnes/")
    with django_assert_max_num_queries(40) as few:
        editor.get("/admin/abonnes/")
    for n in range(1, 20):
        reader(f"l{n}@exemple.fr")
    with django_assert_max_num_queries(len(few)):
        editor.get("/admin/abonnes/")


def test_exporting_needs_its_own_permission(editor: Client):
    reader("ana@exemple.fr")
    refused = editor.get("/admin/abonnes/?export=csv")
    assert refused.status_code != 200
    assert b"ana@exemple.fr" not in refused.content
    assert "export=csv" not in editor.get("/admin/abonnes/").content.decode()
    permission = Permission.objects.get(codename="export_subscriber")
    User.objects.get(username="editrice").user_permissions.add(permission)
    exported = editor.get("/admin/abonnes/?export=csv")
    assert b"ana@exemple.fr" in b"".join(exported.streaming_content)


@pytest.mark.parametrize("typed", ["=HYPERLINK(1)", "+1", "-1+1", "@x", "\tx"])
def test_a_spreadsheet_does_not_run_what_a_stranger_typed(typed: str):
    assert neutralise(typed) == f"'{typed}"
    assert neutralise("Ana") == "Ana"
    assert neutralise("-") == "-"


def test_nobody_is_subscribed_by_hand_without_a_proof(editor: Client):
    assert editor.get("/admin/abonnes/create/").status_code != 200
    assert not Subscriber.objects.exists()


def test_the_address_of_a_subscriber_is_not_edited(editor: Client):
    subscriber = reader("ana@exemple.fr").subscriber
    url = f"/admin/abonnes/edit/{subscriber.pk}/"
    editor.post(url, {"email": "autre@exemple.fr", "name": "Ana", "organisation": "Ville"})
    subscriber.refresh_from_db()
    assert (subscriber.email, subscriber.name) == ("ana@exemple.fr", "Ana")


def test_deleting_a_subscriber_erases_the_person_everywhere(editor: Client):
    subscriber = reader("ana@exemple.fr").subscriber
    editor.post(f"/admin/abonnes/delete/{subscriber.pk}/")
    assert not Subscriber.objects.exists()
    assert Suppression.objects.holds("ana@exemple.fr")


def test_deliveries_are_read_and_nothing_else(editor: Client):
    mailing = mailing_to(2, state="sent", finished_at=timezone.now())
    row = mailing.deliveries.first()
    assert "lecteur1@exemple.fr" in editor.get("/admin/lignes-d-envoi/").content.decode()
    for action in ("create/", f"edit/{row.pk}/", f"delete/{row.pk}/"):
        assert editor.post(f"/admin/lignes-d-envoi/{action}").status_code != 200
    assert mailing.deliveries.count() == 2
    listed = editor.get("/admin/envois/").content.decode()
    assert "newsletter/readers-admin.css" in listed
    assert "Label" not in listed
    shown = editor.get(f"/admin/envois/inspect/{mailing.pk}/").content.decode()
    assert "ce/cette" not in shown
    assert f"Envoi de «\u00a0{mailing.label}\u00a0»" in html.unescape(shown)


@pytest.mark.parametrize(
    "query",
    ["bulletin=99999999999999999999999", "created_at__gte=zzz", "zz=1", "p=zz", "o=zz"],
)
def test_a_filter_typed_by_hand_breaks_nothing(editor: Client, query: str):
    assert editor.get(f"/admin/abonnes/?{query}").status_code in {200, 302}


@pytest.mark.parametrize("key", ["abc", "9" * 30, "99"])
def test_a_key_typed_by_hand_is_not_found(editor: Client, key: str):
    assert editor.get(f"/admin/abonnes/edit/{key}/").status_code == 404


def test_an_export_writes_local_time(admin_client: Client):
    reader("ana@exemple.fr")
    text = b"".join(admin_client.get("/admin/abonnes/?export=csv").streaming_content).decode()
    assert timezone.localtime().strftime("%d/%m/%Y %H") in text
