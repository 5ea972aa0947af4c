"""What a reader chooses by the link of every mail, and how they leave or come back."""

import pytest
from django.core import mail
from django.test import Client

from home.models import Topic
from newsletter.models import ConsentEvent, ReaderMail, Subscription, Suppression
from newsletter.readers import mails
from newsletter.readers.preferences import theme_groups
from newsletter.readers.subscriptions import confirm
from newsletter.readers.wordings import WORDING
from tests.newsletter.sending import bulletin, reader

pytestmark = pytest.mark.django_db
TO = "jeanne@exemple.fr"


@pytest.fixture
def stranger() -> Client:
    """A browser without cookie nor CSRF token."""
    return Client(enforce_csrf_checks=True)


def topics() -> dict[str, Topic]:
    health = Topic.objects.create(name="Santé", position=1)
    moving = Topic.objects.create(name="Mobilités", position=2)
    bike = Topic.objects.create(name="Vélo", parent=moving)
    lane = Topic.objects.create(name="Pistes cyclables", parent=bike)
    return {"health": health, "moving": moving, "bike": bike, "lane": lane}


def choose(client: Client, subscription: Subscription, **fields: object):
    data = {"action": "choisir"} | fields
    return client.post(f"/abonnement/preferences/{subscription.token}/", data)


def leave(client: Client, subscription: Subscription, **fields: str):
    return client.post(f"/d/{subscription.token}", fields)


# Choosing -------------------------------------------------------------------------------


def test_themes_are_boxes_by_tree_in_the_centres_order():
    of = topics()
    tree, alone = theme_groups({of["bike"].pk})
    assert (tree.title, alone.title) == ("Mobilités", "")
    assert [(t.name, t.depth, t.is_checked) for t in tree.themes] == [
        ("Mobilités", 0, False),
        ("Vélo", 1, True),
        ("Pistes cyclables", 2, False),
    ]
    assert [t.name for t in alone.themes] == ["Santé"]


def test_a_choice_is_kept_proved_and_shown(stranger: Client):
    of, subscription = topics(), reader(TO)
    chosen = [of["health"].pk, of["bike"].pk]
    response = choose(stranger, subscription, frequency="monthly", topics=chosen)
    page = response.content.decode()
    assert (response.status_code, response.cookies) == (200, {})
    assert "Vos choix sont enregistrés" in page
    assert f'value="{of["bike"].pk}" checked' in page
    assert 'value="monthly" checked' in page
    subscription.refresh_from_db()
    assert subscription.frequency == "monthly"
    assert set(subscription.topics.values_list("pk", flat=True)) == set(chosen)
    assert len(subscription.topics_key) == 16
    event = ConsentEvent.objects.get()
    assert (event.kind, event.channel) == ("changed", "mail")
    assert event.page == "/abonnement/preferences/…/"
    assert event.detail == "Un résumé par mois – Vélo, Santé"


def test_the_same_choice_twice_is_written_once_and_none_means_every_theme(stranger: Client):
    of, subscription = topics(), reader(TO)
    for _ in range(2):
        choose(stranger, subscription, frequency="weekly", topics=[of["health"].pk])
    assert ConsentEvent.objects.count() == 1
    choose(stranger, subscription, frequency="weekly")
    subscription.refresh_from_db()
    assert subscription.topics_key == ""
    assert not subscription.topics.exists()
    assert ConsentEvent.objects.first().detail == "Un résumé par semaine – tous les thèmes"


@pytest.mark.parametrize(
    "fields",
    [
        {"frequency": "daily"},
        {"frequency": "weekly", "topics": ["0"]},
        {"frequency": "weekly", "topics": ["\0"]},
        {"frequency": "weekly", "topics": ["9" * 40]},
        {"frequency": "weekly", "topics": ["²"]},
    ],
)
def test_a_choice_that_does_not_exist_changes_nothing_and_is_told(stranger: Client, fields):
    topics()
    subscription = reader(TO)
    response = choose(stranger, subscription, **fields)
    assert response.status_code == 422
    assert "ne sont pas enregistrés" in response.content.decode()
    subscription.refresh_from_db()
    assert subscription.frequency == "issue"
    assert not ConsentEvent.objects.exists()


def test_a_post_that_asks_nothing_changes_nothing(stranger: Client):
    subscription = reader(TO, frequency="weekly")
    for data in ({}, {"action": "x"}, {"List-Unsubscribe": "One-Click"}, {"frequency": "issue"}):
        url = f"/abonnement/preferences/{subscription.token}/"
        assert stranger.post(url, data).status_code == 200
    subscription.refresh_from_db()
    assert (subscription.frequency, subscription.status) == ("weekly", "confirmed")
    assert not ConsentEvent.objects.exists()


def test_a_bulletin_without_digests_or_one_that_was_left_has_nothing_to_choose(stranger: Client):
    plain = reader(TO, to=bulletin("simple", title="Simple", offers_digests=False))
    left = reader("b@exemple.fr", "ended")
    for subscription in (plain, left):
        response = choose(stranger, subscription, frequency="weekly")
        assert response.status_code == 200
        assert "Enregistrer mes choix" not in response.content.decode()
    assert set(Subscription.objects.values_list("frequency", flat=True)) == {"issue"}


def test_the_page_never_shows_the_address_and_says_whose_it_is(stranger: Client):
    subscription = reader(TO)
    for path in (f"/abonnement/preferences/{subscription.token}/", f"/d/{subscription.token}"):
        page = stranger.get(path).content.decode()
        assert TO not in page
        assert "j•••@exemple.fr" in page
        assert "Ce n'est pas votre adresse&nbsp;?" in page
        assert page.index("j•••@exemple.fr") < page.index('method="post"')


def test_the_private_link_is_mailed_three_times_an_hour_at_most(stranger: Client):
    subscription = reader(TO)
    for _ in range(5):
        response = stranger.post(
            f"/abonnement/preferences/{subscription.token}/", {"action": "donnees"}
        )
        mails.post_due()
    page = response.content.decode()
    subscription.subscriber.refresh_from_db()
    assert subscription.subscriber.data_token not in page
    assert TO not in page
    assert [message.to for message in mail.outbox] == [[TO]] * 3


# Leaving --------------------------------------------------------------------------------


def test_a_reason_may_be_given_afterwards_and_only_by_who_has_left(stranger: Client):
    subscription = reader(TO)
    leave(stranger, subscription, action="raison", raison="too-many")
    subscription.refresh_from_db()
    assert (subscription.status, subscription.leave_reason) == ("confirmed", "")
    page = leave(stranger, subscription).content.decode()
    assert "Pourquoi partez-vous" in page
    page = leave(stranger, subscription, action="raison", raison="too-many").content.decode()
    assert "Merci de votre réponse" in page
    assert "Pourquoi partez-vous" not in page
    leave(stranger, subscription, action="raison", raison="inventée")
    leave(stranger, subscription, action="raison")
    subscription.refresh_from_db()
    assert (subscription.status, subscription.leave_reason) == ("ended", "too-many")
    assert list(ConsentEvent.objects.values_list("kind", flat=True)) == ["ended"]


def test_who_reads_several_may_stop_all_and_an_import_does_not_bring_them_back(stranger: Client):
    one = reader(TO)
    two = reader(TO, to=bulletin("autre", title="Autre"))
    reader("b@exemple.fr")
    page = stranger.get(f"/d/{one.token}").content.decode()
    assert "un autre bulletin" in page
    assert "Tout arrêter" in page
    assert "aucun bulletin du centre" in leave(stranger, one, action="tout").content.decode()
    for subscription in (one, two):
        subscription.refresh_from_db()
        assert (subscription.status, subscription.end_reason) == ("ended", "reader")
    assert Suppression.objects.get().reason == "unsubscribe"
    assert Subscription.objects.confirmed().count() == 1
    assert list(ConsentEvent.objects.values_list("channel", flat=True)) == ["mail"] * 2


def test_leaving_one_of_two_leaves_the_other(stranger: Client):
    one = reader(TO)
    two = reader(TO, to=bulletin("autre", title="Autre"))
    page = leave(stranger, one).content.decode()
    assert "Tout arrêter" in page
    two.refresh_from_db()
    assert two.status == "confirmed"
    assert not Suppression.objects.exists()


def test_coming_back_is_a_fresh_double_opt_in(stranger: Client):
    topic = Topic.objects.create(name="Santé")
    subscription = reader(TO, frequency="weekly")
    subscription.topics.add(topic)
    page = leave(stranger, subscription).content.decode()
    assert WORDING in page.replace("&#x27;", "'")
    page = leave(stranger, subscription, action="revenir").content.decode()
    assert "Vérifiez votre messagerie" in page
    subscription.refresh_from_db()
    assert subscription.status == "pending"
    assert ReaderMail.objects.get().kind == "confirm"
    event = ConsentEvent.objects.first()
    assert (event.kind, event.page, event.wording) == ("requested", "/d/…", WORDING)
    confirm(subscription.confirmation_token)
    subscription.refresh_from_db()
    assert (subscription.status, subscription.frequency) == ("confirmed", "weekly")
    assert list(subscription.topics.all()) == [topic]


def test_coming_back_after_everything_was_stopped_lifts_it_once_confirmed(stranger: Client):
    subscription = reader(TO)
    leave(stranger, subscription, action="tout")
    leave(stranger, subscription, action="revenir")
    assert Suppression.objects.holds(TO)
    subscription.refresh_from_db()
    confirm(subscription.confirmation_token)
    assert not Suppression.objects.holds(TO)


def test_one_click_is_never_taken_for_another_action(stranger: Client):
    subscription = reader(TO)
    two = reader(TO, to=bulletin("autre", title="Autre"))
    data = {"List-Unsubscribe": "One-Click", "action": "tout"}
    assert (
        stranger.post(f"/d/{subscription.token}", data).content == "Vous êtes désabonné.".encode()
    )
    two.refresh_from_db()
    assert two.status == "confirmed"


def test_a_test_messages_links_show_and_change_nothing(stranger: Client, home):
    reader(TO)
    for path in ("/d/essai", "/abonnement/preferences/essai/"):
        for answer in (stranger.get(path), stranger.post(path, {"action": "donnees"})):
            assert answer.status_code == 200
            assert "message d'essai" in answer.content.decode()
    assert not ReaderMail.objects.exists()
    assert Subscription.objects.get().status == "confirmed"
