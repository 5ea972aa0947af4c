from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from newsletter.addresses import AddressError
from newsletter.models import ConsentEvent, Subscriber, Subscription, Suppression
from newsletter.readers import mails, subscriptions
from newsletter.readers.subscriptions import (
    ExpiredLinkError,
    UnknownTokenError,
    confirm,
    end,
    erase,
    sign_up,
    suppress,
    to_confirm,
)
from tests.newsletter.sending import bulletin, mailing_to, reader

pytestmark = pytest.mark.django_db
TO = "jeanne@exemple.fr"
Reason = Suppression.Reason


def ask(address: str = TO) -> Subscription:
    subscription = sign_up(address, bulletin(), "/abonnement/")
    assert subscription is not None
    return subscription


def kinds(subscription: Subscription) -> list[str]:
    return list(subscription.events.order_by("pk").values_list("kind", flat=True))


def test_a_request_is_pending_proved_and_written_to(settings):
    subscription = ask(" Jeanne@Exemple.FR ")
    assert (subscription.status, subscription.subscriber.email) == ("pending", TO)
    event = subscription.events.get()
    assert (event.kind, event.channel, event.page) == ("requested", "form", "/abonnement/")
    assert (event.wording, event.wording_version) == (
        subscriptions.WORDING,
        subscriptions.WORDING_VERSION,
    )
    assert mail.outbox == []  # nothing leaves inside a request
    mails.post_due()
    (message,) = mail.outbox
    assert message.to == [TO]
    assert message.subject == "Confirmez votre abonnement à En quelques clics"
    link = f"{settings.SITE_URL}/abonnement/confirmer/{subscription.confirmation_token}/"
    assert link in message.body
    assert subscription.token not in message.body
    assert "&#x27;" not in message.body


def test_a_confirmation_is_proved_and_happens_once():
    subscription = ask()
    assert confirm(subscription.confirmation_token).status == "confirmed"
    confirm(subscription.confirmation_token)
    assert kinds(subscription) == ["requested", "confirmed"]


def test_looking_at_a_confirmation_changes_nothing():
    subscription = ask()
    to_confirm(subscription.confirmation_token)
    assert Subscription.objects.get().status == "pending"
    assert kinds(subscription) == ["requested"]


def test_a_confirmation_that_comes_too_late_is_refused(settings):
    subscription = ask()
    limit = timezone.now() - timedelta(days=settings.SUBSCRIPTION_CONFIRM_DAYS)
    Subscription.objects.update(requested_at=limit - timedelta(seconds=1))
    with pytest.raises(ExpiredLinkError):
        confirm(subscription.confirmation_token)
    assert Subscription.objects.get().status == "pending"
    Subscription.objects.update(requested_at=limit + timedelta(minutes=1))
    assert confirm(subscription.confirmation_token).status == "confirmed"


@pytest.mark.parametrize("token", ["", "x", "é", "a" * 500, "a'; DROP TABLE", "\x00"])
def test_an_unknown_token_is_refused(token: str):
    with pytest.raises(UnknownTokenError):
        to_confirm(token)
    with pytest.raises(UnknownTokenError):
        subscriptions.by_token(token)


def test_asking_again_while_pending_writes_again_and_keeps_one_row():
    first = ask()
    mails.post_due()
    second = ask()
    mails.post_due()
    assert first.pk == second.pk
    assert first.confirmation_token == second.confirmation_token
    assert len(mail.outbox) == 2


def test_a_reader_who_asks_again_is_told_so_and_nothing_changes():
    subscription = reader(TO)
    ask()
    mails.post_due()
    assert mail.outbox[0].subject == "Vous êtes déjà abonné à En quelques clics"
    assert "/abonnement/confirmer/" not in mail.outbox[0].body
    assert kinds(subscription) == []
    assert Subscription.objects.get().status == "confirmed"


def test_who_left_may_come_back_by_confirming_and_an_old_link_does_not_do_it():
    subscription = reader(TO)
    old_link, way_out = subscription.confirmation_token, subscription.token
    assert end(subscription, "mail")
    back = ask()
    assert (back.status, back.token) == ("pending", way_out)
    with pytest.raises(UnknownTokenError):
        confirm(old_link)
    assert confirm(back.confirmation_token).status == "confirmed"
    assert kinds(subscription) == ["ended", "requested", "confirmed"]


def test_a_link_to_confirm_does_not_revive_who_left_since():
    subscription = ask()
    end(subscription, "mail")
    with pytest.raises(ExpiredLinkError):
        confirm(subscription.confirmation_token)


def test_leaving_twice_is_recorded_once():
    subscription = reader(TO)
    assert end(subscription, "one-click") is True
    assert end(subscription, "one-click") is False
    assert kinds(subscription) == ["ended"]
    subscription.refresh_from_db()
    assert (subscription.status, subscription.end_reason) == ("ended", "reader")


@pytest.mark.parametrize("reason", [Reason.COMPLAINT, Reason.ADMIN])
def test_what_the_reader_did_not_decide_a_request_does_not_lift(reason: str):
    Suppression.objects.hold(TO, reason)
    assert sign_up(TO, bulletin(), "/") is None
    assert not Subscriber.objects.exists()
    assert mails.post_due() == 0
    assert mail.outbox == []


@pytest.mark.parametrize("reason", [Reason.UNSUBSCRIBE, Reason.ERASURE, Reason.BOUNCE])
def test_what_the_reader_decided_their_confirmation_lifts_and_not_their_request(reason: str):
    Suppression.objects.hold(TO, reason)
    subscription = ask()
    assert Suppression.objects.holds(TO)
    confirm(subscription.confirmation_token)
    assert not Suppression.objects.holds(TO)


def test_a_suppression_ends_every_subscription_of_the_address():
    one, two = reader(TO), reader(TO, to=bulletin("autre", title="Autre"))
    suppress(TO, Reason.COMPLAINT)
    for subscription in (one, two):
        subscription.refresh_from_db()
        assert (subscription.status, subscription.end_reason) == ("ended", "suppressed")
    assert Suppression.objects.holds(TO)


def test_an_erasure_leaves_a_hash_an_event_and_nothing_readable():
    mailing = mailing_to(2)
    subscriber = Subscriber.objects.get(email="lecteur1@exemple.fr")
    ConsentEvent.objects.create(
        subscription=subscriber.subscriptions.get(),
        kind="confirmed",
        at=timezone.now(),
        channel="mail",
    )
    erase(subscriber)
    assert Suppression.objects.get().reason == "erasure"
    assert list(ConsentEvent.objects.values_list("kind", "subscription")) == [("erased", None)]
    row = mailing.deliveries.order_by("pk").first()
    assert (row.state, row.email, row.subscription) == ("skipped", "", None)
    assert not Subscriber.objects.filter(email="lecteur1@exemple.fr").exists()


def test_an_unusable_address_is_refused():
    with pytest.raises(AddressError):
        sign_up("pas une adresse", bulletin(), "/")
