"""One reader in the admin: found, told whole, and what may be done for them, by whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from home.models import Topic
from newsletter.models import ConsentEvent, Delivery, Subscriber, Suppression
from newsletter.models.readers import DataExport, ReaderMail
from newsletter.models.returns import Bounce
from newsletter.readers.combinations import set_choices
from newsletter.readers.importing import import_subscribers
from tests.newsletter.audience.importing import dropped
from tests.newsletter.audience.people import refused, somebody
from tests.newsletter.sending import bulletin, mailing_to, reader

pytestmark = pytest.mark.django_db
LIST = "/admin/abonnes/"
VIEW, CHANGE = "view_subscriber", "change_subscriber"


def listed(client: Client, query: str) -> set[str]:
    page = client.get(f"{LIST}?{query}").content.decode()
    known = Subscriber.objects.values_list("email", flat=True)
    return {email.split("@")[0] for email in known if email in page}


def inspect(pk: object) -> str:
    return f"{LIST}inspect/{pk}/"


@pytest.fixture
def three(home: object) -> dict[str, object]:
    """Ana from the form follows a theme by the week; Bob from a file; Eve left."""
    topic = Topic.objects.create(name="Logement", slug="logement")
    ana = reader("ana@exemple.fr")
    ConsentEvent.objects.create(
        subscription=ana,
        kind="requested",
        channel="form",
        at=timezone.now(),
        wording="J'accepte.",
        wording_version="2026-11",
    )
    set_choices(ana, "weekly", [topic])
    dropped(b"email\n", provenance="Salon 2024")
    import_subscribers(b"email\nbob@exemple.fr\n", bulletin(), "Salon 2024")
    eve = reader("eve@exemple.fr", "ended")
    return {"topic": topic, "ana": ana, "eve": eve}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("theme={topic}", {"ana"}),
        ("theme=aucun", {"bob", "eve"}),
        ("frequence=weekly", {"ana"}),
        ("origine=form", {"ana"}),
        ("origine=import", {"bob"}),
        ("origine=fichier:Salon 2024", {"bob"}),
        ("subscriptions__status__exact=ended", {"eve"}),
        ("q=ANA@Exemple.fr", {"ana"}),
        ("q=bob@", {"bob"}),
        ("q=exemple eve", {"eve"}),
        ("q=a%00na", {"ana"}),
        ("theme=999999999999999999999999", {"ana", "bob", "eve"}),
        ("origine=fichier:autre&frequence=x", {"ana", "bob", "eve"}),
    ],
)
def test_readers_are_found_by_what_is_known_of_them(three: dict, query: str, names: set[str]):
    assert listed(somebody(VIEW), query.format(topic=three["topic"].pk)) == names


def test_a_whole_address_in_any_spelling_finds_its_reader(home: object):
    reader("jean@été.fr")
    assert "jean@" in somebody(VIEW).get(f"{LIST}?q=Jean@Été.fr").content.decode()


def test_a_reader_of_two_bulletins_comes_once(home: object):
    ana = reader("ana@exemple.fr")
    reader("ana@exemple.fr", to=bulletin("autre", title="Autre"))
    page = somebody(VIEW).get(f"{LIST}?frequence=issue&theme=aucun").content.decode()
    assert page.count(f'data-object-pk="{ana.subscriber_id}"') == 1


def test_everything_known_of_a_reader_is_told(three: dict):
    ana = three["ana"]
    mailing = mailing_to(1)
    row = mailing.deliveries.get()
    Delivery.objects.filter(pk=row.pk).update(
        subscription=ana, state="failed", finished_at=timezone.now(), smtp_code=550, error="Pleine"
    )
    Bounce.objects.create(
        **{"kind": "soft", "source": "smtp", "decision": "counted", "at": timezone.now()},
        subscriber=ana.subscriber,
        explanation="Sa boîte est <pleine>.",
    )
    ReaderMail.objects.create(subscription=ana, kind="welcome", state="sent")
    seen = somebody(VIEW).get(inspect(ana.subscriber_id)).content.decode()
    for words in (
        *("ana@exemple.fr", "Un résumé par semaine", "Logement", "2026-11", "J&#x27;accepte."),
        *("Échec", "550", "Pleine", "Sa boîte est &lt;pleine&gt;.", "bienvenue"),
    ):
        assert words in seen, words
    assert "Terminer" not in seen
    assert "Effacer" not in seen
    assert ana.token not in seen


def test_a_long_history_costs_no_more(three: dict):
    ana, client = three["ana"], somebody(VIEW)
    url = inspect(ana.subscriber_id)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _ in range(60):
        ConsentEvent.objects.create(
            subscription=ana, kind="changed", channel="private", at=timezone.now()
        )
        ReaderMail.objects.create(subscription=ana, kind="welcome", state="sent")
    with CaptureQueriesContext(connection) as many:
        page = client.get(url).content.decode()
    assert len(many) <= len(few)
    assert page.count("Choix modifiés") == 50


@pytest.mark.parametrize("key", ["9" * 30, "99", "abc", "١"])
@pytest.mark.parametrize("action", ["inspect", "edit", "delete", "history"])
def test_a_key_typed_by_hand_is_not_found(home: object, key: str, action: str):
    client = somebody(VIEW, CHANGE, "delete_subscriber")
    assert client.get(f"{LIST}{action}/{key}/").status_code == 404


RIGHTS = {
    "nobody": (),
    "viewer": (VIEW,),
    "changer": (CHANGE,),
    "importer": ("add_subscriber",),
    "exporter": ("export_subscriber",),
    "eraser": ("delete_subscriber",),
    "both": (VIEW, "export_subscriber"),
}


@pytest.mark.parametrize("name", RIGHTS)
def test_each_kind_of_account_does_what_its_rights_say_and_no_more(three: dict, name: str):
    client, ana = somebody(*RIGHTS[name]), three["ana"]
    sees = name in {"viewer", "changer", "eraser", "both"}
    answer = client.get(LIST)
    assert (answer.status_code == 200) is sees
    assert (b"ana@exemple.fr" in answer.content) is sees
    assert (client.get(inspect(ana.subscriber_id)).status_code == 200) is sees
    exported = client.get(f"{LIST}?export=csv")
    assert (exported.status_code == 200) is (name == "both")
    assert DataExport.objects.count() == (1 if name == "both" else 0)
    client.post(f"{LIST}edit/{ana.subscriber_id}/", {"name": "Changée", "organisation": ""})
    ana.subscriber.refresh_from_db()
    assert (ana.subscriber.name == "Changée") is (name == "changer")
    ended = client.post(reverse("newsletter_subscription_end", args=[ana.pk]))
    ana.refresh_from_db()
    assert (ana.status == "ended") is (name == "changer")
    assert refused(ended)
    client.post(f"{LIST}delete/{ana.subscriber_id}/")
    assert Subscriber.objects.filter(email="ana@exemple.fr").exists() is (name != "eraser")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_written_down_without_what_was_searched(three: dict, kind: str):
    client = somebody(VIEW, "export_subscriber", name="dpo")
    b"".join(client.get(f"{LIST}?export={kind}&q=ana&frequence=weekly").streaming_content)
    noted = DataExport.objects.get()
    assert (noted.by.username, noted.what, noted.count) == ("dpo", "Liste des abonnés", 1)
    assert noted.detail == f"{kind}, filtres\u00a0: frequence, recherche"


def test_ending_by_the_centre_is_proved_once(three: dict):
    client, ana = somebody(VIEW, CHANGE), three["ana"]
    url = reverse("newsletter_subscription_end", args=[ana.pk])
    assert client.get(url).status_code == 405
    assert client.post(url).url == inspect(ana.subscriber_id)
    client.post(url)
    ana.refresh_from_db()
    assert (ana.status, ana.end_reason) == ("ended", "admin")
    event = ana.events.get(kind="ended")
    assert event.channel == "admin"
    assert not Suppression.objects.exists()


def test_a_confirmation_is_sent_again_for_a_request_that_stands(home: object):
    client, waiting = somebody(VIEW, CHANGE), reader("attend@exemple.fr", "pending")
    url = reverse("newsletter_subscription_confirm", args=[waiting.pk])
    before = waiting.requested_at
    client.post(url)
    mail = ReaderMail.objects.get()
    assert (mail.kind, mail.state, mail.subscription) == ("confirm", "pending", waiting)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.requested_at) == ("pending", before)


def test_a_confirmation_is_not_sent_over_and_over(home: object):
    client, waiting = somebody(VIEW, CHANGE), reader("attend@exemple.fr", "pending")
    for _ in range(10):
        client.post(reverse("newsletter_subscription_confirm", args=[waiting.pk]))
        ReaderMail.objects.update(state="sent")
    assert ReaderMail.objects.count() == 3


@pytest.mark.parametrize("case", ["confirmed", "ended", "expired", "held", "viewer"])
def test_no_confirmation_leaves_in_the_readers_name(home: object, case: str):
    status = case if case in {"confirmed", "ended"} else "pending"
    asked = timezone.now() - timedelta(days=90 if case == "expired" else 0)
    subscription = reader("a@exemple.fr", status, requested_at=asked)
    if case == "held":
        Suppression.objects.hold("a@exemple.fr", Suppression.Reason.COMPLAINT)
    client = somebody(VIEW, *([] if case == "viewer" else [CHANGE]))
    client.post(reverse("newsletter_subscription_confirm", args=[subscription.pk]))
    assert not ReaderMail.objects.exists()


@pytest.mark.parametrize("key", ["9" * 30, "0"])
def test_a_subscription_that_is_not_there(home: object, key: str):
    client = somebody(CHANGE)
    for action in ("terminer", "confirmation"):
        assert client.post(f"/admin/lettre/abonnements/{key}/{action}/").status_code == 404


def test_the_history_of_a_reader_is_shown_to_who_may_see_readers_alone(three: dict):
    ana = three["ana"].subscriber
    row = mailing_to(1).deliveries.get()
    pages = [f"{LIST}history/{ana.pk}/", f"/admin/lignes-d-envoi/history/{row.pk}/"]
    pages.append(f"/admin/envois/history/{row.mailing_id}/")
    nobody = somebody()
    for page in pages:
        answer = nobody.get(page)
        assert refused(answer), page
        assert "ana@exemple.fr" not in answer.content.decode()
    viewer = somebody(VIEW, name="lectrice")
    assert "ana@exemple.fr" in viewer.get(pages[0]).content.decode()
