"""« Mes données »: seen, taken away, corrected, erased, by a link that only the mailbox has."""

import html
import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import mail
from django.db import models
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from newsletter.models import (
    Bounce,
    ConsentEvent,
    DataExport,
    ReaderMail,
    Subscriber,
    SubscriberImport,
    Subscription,
    Suppression,
)
from newsletter.readers import mails
from newsletter.readers.mail_texts import data_token
from newsletter.readers.subscriptions import Proof, _witness, ask_for_data_link, erase, sign_up
from newsletter.readers.wordings import WORDING, WORDING_VERSION
from tests.newsletter.sending import bulletin, mailing_to, reader

pytestmark = pytest.mark.django_db
TO = "lecteur1@exemple.fr"


@pytest.fixture
def subscriber() -> Subscriber:
    """A reader with a bit of everything."""
    mailing = mailing_to(2)
    person = Subscriber.objects.get(email=TO)
    person.name, person.organisation = "Jeanne 🙂 \u200fعلي", "Ville <b>"
    person.save()
    subscription = person.subscriptions.get()
    proof = Proof("form", "/abonnement/", WORDING, WORDING_VERSION)
    _witness(subscription, "requested", timezone.now(), proof)
    now = timezone.now()
    row = mailing.deliveries.get(email=TO)
    mailing.deliveries.filter(pk=row.pk).update(state="sent", begun_at=now, finished_at=now)
    values = {"decision": "counted", "explanation": "Boîte pleine.", "at": now}
    Bounce.objects.create(kind="soft", source="smtp", subscriber=person, delivery=row, **values)
    ReaderMail.objects.create(kind="welcome", subscription=subscription, state="sent", sent_at=now)
    data_token(person)
    return person


@pytest.fixture
def stranger() -> Client:
    return Client(enforce_csrf_checks=True)


def at(subscriber: Subscriber) -> str:
    return f"/abonnement/mes-donnees/{subscriber.data_token}/"


def test_the_page_shows_all_that_is_held_and_nothing_of_others(stranger: Client, subscriber):
    response = stranger.get(at(subscriber))
    page = response.content.decode()
    for words in (
        TO,
        "Jeanne 🙂",
        "Ville &lt;b&gt;",
        "Demande",
        "Boîte pleine.",
        "Objet",
        "Envoyé",
        "Messages de service",
        "Bienvenue",
    ):
        assert words in page
    assert WORDING in page.replace("&#x27;", "'")
    assert "lecteur2" not in page
    assert (response["X-Robots-Tag"], response["Referrer-Policy"]) == ("noindex", "no-referrer")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("token", ["inconnu", "é", "a" * 500, "\x00", "None", "essai"])
def test_an_unknown_link_is_not_found(stranger: Client, home, token: str):
    reader("sans-lien@exemple.fr")
    for answer in (stranger.get, stranger.post):
        response = answer(f"/abonnement/mes-donnees/{token}/")
        assert response.status_code == 404
        assert "Lien inutilisable" in response.content.decode()


def test_an_old_link_is_gone_whatever_one_does_with_it(stranger: Client, subscriber, settings):
    old = timezone.now() - timedelta(hours=settings.DATA_LINK_HOURS, seconds=1)
    Subscriber.objects.filter(pk=subscriber.pk).update(data_token_at=old)
    for action in ("exporter", "corriger", "effacer-vraiment"):
        response = stranger.post(at(subscriber), {"action": action, "name": "x"})
        assert response.status_code == 410
        assert "Ce lien privé a expiré" in response.content.decode()
        assert TO not in response.content.decode()
    assert stranger.get(at(subscriber)).status_code == 410
    assert Subscriber.objects.filter(email=TO).exists()
    assert not DataExport.objects.exists()


def test_the_token_of_the_mails_opens_no_private_page(stranger: Client, subscriber):
    token = subscriber.subscriptions.get().token
    assert stranger.get(f"/abonnement/mes-donnees/{token}/").status_code == 404


# Taking away ----------------------------------------------------------------------------


def test_the_export_is_json_whole_and_written_down_without_a_name(stranger: Client, subscriber):
    response = stranger.post(at(subscriber), {"action": "exporter"})
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"].startswith('attachment; filename="mes-donnees-')
    held = json.loads(response.content)
    assert (held["adresse"], held["nom"]) == (TO, "Jeanne 🙂 \u200fعلي")
    (subscription,) = held["abonnements"]
    assert subscription["etat"] == "Confirmé"
    (event,) = subscription["consentements"]
    assert (event["texte_presente"], event["version_du_texte"]) == (WORDING, WORDING_VERSION)
    assert [row["objet"] for row in held["envois"]] == ["Objet"]
    assert [row["explication"] for row in held["retours"]] == ["Boîte pleine."]
    assert [row["nature"] for row in held["courriels"]] == ["Bienvenue"]
    assert held["exclusions"] == []
    noted = DataExport.objects.get()
    assert (noted.by, noted.count) == (None, 1)
    assert "jeanne" not in (noted.what + noted.detail).lower()
    assert TO not in noted.what + noted.detail


def test_looking_is_no_export(stranger: Client, subscriber):
    stranger.get(at(subscriber) + "?action=exporter")
    assert not DataExport.objects.exists()


# Correcting -----------------------------------------------------------------------------


def test_a_correction_is_kept_proved_and_changes_the_link(stranger: Client, subscriber):
    data = {"action": "corriger", "name": " Zoé\r\nBcc: x\u202e\0 ", "organisation": "É" * 200}
    assert stranger.post(at(subscriber), data).status_code == 422  # a NUL is no letter
    data["name"] = " Zoé\r\n\u202eMartin 🙂 "
    response = stranger.post(at(subscriber), data)
    old = subscriber.data_token
    subscriber.refresh_from_db()
    assert subscriber.data_token != old
    assert response.status_code == 302
    assert response["Location"] == f"{at(subscriber)}?corrige=1"
    assert (subscriber.name, subscriber.organisation) == ("Zoé Martin 🙂", "É" * 200)
    assert stranger.get(f"/abonnement/mes-donnees/{old}/").status_code == 404
    assert (
        "Vos corrections sont enregistrées" in stranger.get(response["Location"]).content.decode()
    )
    event = ConsentEvent.objects.first()
    assert (event.kind, event.channel, event.detail) == ("corrected", "private", "nom, organisme")


def test_the_old_link_says_why_and_saying_the_same_changes_nothing(stranger: Client, subscriber):
    old, same = at(subscriber), {"name": subscriber.name, "organisation": "Ville <b>"}
    personal = {"action": "corriger"} | same
    Subscriber.objects.update(name="Jeanne")
    response = stranger.post(old, personal | {"name": "Jeanne"})
    assert response["Location"] == old
    assert "Vos corrections" not in stranger.get(old).content.decode()
    assert stranger.post(old, personal | {"name": "Zoé"})["Location"] != old
    assert "une correction l'a remplacé" in html.unescape(stranger.get(old).content.decode())


def test_what_was_never_sent_and_what_stops_us_is_shown(stranger: Client):
    person = reader(TO).subscriber
    data_token(person)
    page = stranger.get(at(person)).content.decode()
    assert "Aucun numéro ni résumé encore." in page
    assert "Messages de service" not in page
    Suppression.objects.hold(TO, Suppression.Reason.UNSUBSCRIBE)
    assert "Désabonnement de tout, le " in stranger.get(at(person)).content.decode()


def test_a_name_too_long_is_told_beside_its_field_and_nothing_is_written(
    stranger: Client, subscriber
):
    response = stranger.post(at(subscriber), {"action": "corriger", "name": "x" * 151})
    assert response.status_code == 422
    assert 'id="id_name_error"' in response.content.decode()
    assert Subscriber.objects.get(email=TO).name == subscriber.name


def test_the_address_is_not_changed_by_this_form(stranger: Client, subscriber):
    data = {"action": "corriger", "name": "x", "organisation": "", "email": "pirate@exemple.fr"}
    stranger.post(at(subscriber), data)
    assert not Subscriber.objects.filter(email="pirate@exemple.fr").exists()
    assert Subscriber.objects.filter(email=TO).exists()


# Erasing --------------------------------------------------------------------------------


def test_an_erasure_asks_once_more(stranger: Client, subscriber):
    page = stranger.post(at(subscriber), {"action": "effacer"}).content.decode()
    assert "ne se défait pas" in page
    assert 'value="effacer-vraiment"' in page
    assert Subscriber.objects.filter(email=TO).exists()


def test_an_erasure_leaves_nothing_that_names_the_person_in_any_table(stranger: Client, subscriber):
    SubscriberImport.objects.create(
        bulletin=bulletin(),
        filename="f.csv",
        error=f"Ligne 3 : {TO.upper()}",
        report={"rejected": [{"line": 3, "reason": f"« {TO} » déjà là", TO: [TO]}], "read": 3},
    )
    ModelLogEntry.objects.log_action(subscriber, "wagtail.edit", data={"email": TO})
    subscription = subscriber.subscriptions.get()
    tokens = [subscription.token, subscription.confirmation_token, subscriber.data_token]
    response = stranger.post(at(subscriber), {"action": "effacer-vraiment"})
    assert "Données effacées" in response.content.decode()
    assert TO not in response.content.decode()
    everything = "\n".join(_rows())
    for trace in (TO, "Jeanne", *tokens):
        assert trace not in everything, trace
    assert TO.upper() not in everything
    assert Suppression.objects.get().reason == "erasure"
    event = ConsentEvent.objects.get(subscription=None)
    assert (event.kind, event.channel) == ("erased", "private")
    report = SubscriberImport.objects.get().report
    assert report["rejected"][0]["reason"] == "« adresse effacée » déjà là"
    for path in (f"/d/{tokens[0]}", f"/abonnement/preferences/{tokens[0]}/", at(subscriber)):
        assert stranger.get(path).status_code == 404
    assert Subscriber.objects.filter(email="lecteur2@exemple.fr").exists()


def _rows() -> list[str]:
    """Every value of every table of the letter and of the admin's journal, as text."""
    tables: list[type[models.Model]] = [*apps.get_app_config("newsletter").get_models()]
    found = []
    for table in [*tables, ModelLogEntry]:
        names = [f.attname for f in table._meta.concrete_fields if f.name != "address_hash"]
        found += [f"{table.__name__} {values}" for values in table.objects.values_list(*names)]
    return found


def test_who_was_erased_may_come_back_by_asking_alone(subscriber):
    erase(subscriber)
    back = sign_up(TO, bulletin(), "/")
    assert back.status == "pending"
    assert Subscription.objects.get(subscriber__email=TO).token == back.token
    assert mails.post_due() == 1
    assert mail.outbox[0].subject.startswith("Confirmez")


def test_a_link_asked_before_an_erasure_never_leaves(subscriber):
    ask_for_data_link(subscriber.subscriptions.get())
    erase(subscriber)
    assert mails.post_due() == 0
    assert mail.outbox == []
