"""What a message from the mailbox changes, and what it must not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.models import Bounce, ConsentEvent, Delivery, Subscription, Suppression
from newsletter.readers.subscriptions import end, erase
from newsletter.returns.decisions import Result, handle
from tests.newsletter.returns.coming_back import ADDRESS, complaint, dsn, long_before, sent
from tests.newsletter.sending import bulletin, reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery(home) -> Delivery:
    return sent()


def state(subscription: Subscription) -> tuple[str, str]:
    subscription.refresh_from_db()
    return subscription.status, subscription.end_reason


def test_a_dead_address_ends_every_subscription_and_is_suppressed(delivery: Delivery):
    other = reader(ADDRESS, to=bulletin("autre", title="Autre"), confirmed_at=long_before())
    pending = reader(ADDRESS, "pending", to=bulletin("encore", title="Encore"))
    handled = handle(dsn(delivery))
    assert handled.result is Result.ENDED
    for subscription in (delivery.subscription, other, pending):
        assert state(subscription) == ("ended", "bounce")
        event = subscription.events.get()
        assert (event.kind, event.channel) == ("ended", "return")
        assert event.detail == "Adresse qui n'existe pas 5.1.1"
    assert Suppression.objects.get().reason == "bounce"
    row = Bounce.objects.get()
    assert (row.kind, row.source, row.decision) == ("hard", "mailbox", "ended")
    assert (row.status_code, row.reporting_server) == ("5.1.1", "mx.exemple.fr")
    assert (row.subscriber, row.delivery, row.mailing) == (
        delivery.subscription.subscriber,
        delivery,
        delivery.mailing,
    )
    assert "n'existe pas" in row.explanation


def test_no_address_is_kept_in_what_the_server_said(delivery: Delivery):
    handle(dsn(delivery, said=f"550 5.1.1 <{ADDRESS}>: jeanne.martin unknown"))
    assert Bounce.objects.get().diagnostic == "550 5.1.1 <(adresse)>: (adresse) unknown"


def test_the_same_return_counts_once(delivery: Delivery):
    handle(dsn(delivery, "5.2.2", "full"))
    assert handle(dsn(delivery, "5.2.2", "full")).result is Result.REPLAY
    assert Bounce.objects.count() == 1


def test_one_mailing_counts_once_however_many_returns_it_makes(delivery: Delivery):
    for name in ("un", "deux", "trois", "quatre"):
        handled = handle(dsn(delivery, "5.2.2", "full", name=name))
    assert handled.result is Result.COUNTED
    assert handled.bounce.score == pytest.approx(1.0, abs=0.01)
    assert state(delivery.subscription) == ("confirmed", "")


def test_passing_refusals_end_at_the_limit_and_do_not_suppress(delivery: Delivery):
    subscription = delivery.subscription
    results = [handle(dsn(delivery, "5.2.2", "full")).result]
    for number in (3, 4, 5):
        results.append(handle(dsn(sent(subscription, number), "4.4.7", "x", name=f"{number}")))
    assert results[0] is Result.COUNTED
    assert [one.result for one in results[1:3]] == [Result.COUNTED, Result.COUNTED]
    # Three of one moment weigh a hair under three.
    assert results[3].result is Result.ENDED
    assert state(subscription) == ("ended", "bounce")
    assert not Suppression.objects.exists()
    assert "répétition" in results[3].bounce.explanation


def test_passing_refusals_fade(delivery: Delivery, settings):
    settings.SOFT_BOUNCE_LIMIT, settings.SOFT_BOUNCE_HALF_LIFE_DAYS = 1.9, 30
    handle(dsn(delivery, "5.2.2", "full"))
    Bounce.objects.update(at=timezone.now() - timedelta(days=30))
    handled = handle(dsn(sent(delivery.subscription, 3), "5.2.2", "full", name="deux"))
    assert handled.result is Result.COUNTED
    assert handled.bounce.score == pytest.approx(1.5, abs=0.01)
    assert "1,9" in handled.bounce.explanation


def test_refusals_from_before_a_new_confirmation_are_forgotten(delivery: Delivery, settings):
    settings.SOFT_BOUNCE_LIMIT = 1.5
    handle(dsn(delivery, "5.2.2", "full"))
    Bounce.objects.update(at=timezone.now() - timedelta(days=2))
    Subscription.objects.update(confirmed_at=timezone.now() - timedelta(days=1))
    subscription = Subscription.objects.get()
    handled = handle(dsn(sent(subscription, 3), "5.2.2", "full", name="deux"))
    assert handled.result is Result.COUNTED


def test_policy_never_blames_the_reader(delivery: Delivery):
    for number in range(6):
        handled = handle(dsn(delivery, "5.7.26", "DMARC", name=f"{number}"))
        assert handled.result is Result.NONE
    assert state(delivery.subscription) == ("confirmed", "")
    assert set(Bounce.objects.values_list("kind", flat=True)) == {"policy"}
    assert not ConsentEvent.objects.exists()


def test_a_delay_a_success_and_an_absence_leave_no_trace(delivery: Delivery):
    for action, status in (("delayed", "4.4.1"), ("relayed", "2.1.5"), ("expanded", "2.0.0")):
        assert handle(dsn(delivery, status, "x", action=action)).result is Result.AUTO
    assert not Bounce.objects.exists()
    assert state(delivery.subscription) == ("confirmed", "")


def test_a_forged_token_is_ignored_and_shown(delivery: Delivery):
    forged = f"rebonds+{delivery.pk}-{'0' * 20}@lettre.exemple.fr"
    handled = handle(dsn(delivery, to=forged))
    assert handled.result is Result.UNKNOWN_TOKEN
    assert (handled.bounce.decision, handled.bounce.subscriber) == ("none", None)
    assert handled.bounce.explanation.startswith("Jeton inconnu")
    assert state(delivery.subscription) == ("confirmed", "")


def test_an_address_alone_proves_nothing(delivery: Delivery):
    handled = handle(dsn(delivery, to="veille@lettre.exemple.fr", recipient=ADDRESS))
    assert handled.result is Result.UNKNOWN_TOKEN
    assert state(delivery.subscription) == ("confirmed", "")


def test_the_token_of_our_own_header_proves_whose_it_was(delivery: Delivery):
    header = f"List-Unsubscribe: <https://lettre.exemple.fr/d/{delivery.token}>"
    handled = handle(dsn(delivery, to="veille@lettre.exemple.fr", original=header))
    assert handled.result is Result.ENDED
    assert handled.bounce.delivery == delivery


def test_a_failed_forward_is_not_the_readers_mailbox(delivery: Delivery):
    handled = handle(dsn(delivery, recipient="ailleurs@autre.example"))
    assert (handled.result, handled.bounce.kind) == (Result.COUNTED, "soft")
    assert "fait suivre" in handled.bounce.explanation
    assert not Suppression.objects.exists()


def test_a_return_older_than_a_new_confirmation_changes_nothing(delivery: Delivery):
    Subscription.objects.update(confirmed_at=timezone.now() + timedelta(seconds=1))
    handled = handle(dsn(delivery))
    assert handled.result is Result.NONE
    assert "plus ancien" in handled.bounce.explanation
    assert state(delivery.subscription) == ("confirmed", "")


def test_a_return_about_a_corrected_address_changes_nothing(delivery: Delivery):
    subscriber = delivery.subscription.subscriber
    subscriber.email = "jeanne.durand@exemple.fr"
    subscriber.save()
    assert handle(dsn(delivery)).result is Result.NONE
    assert state(delivery.subscription) == ("confirmed", "")


def test_a_return_about_somebody_erased_changes_nothing(delivery: Delivery):
    message = dsn(delivery)
    erase(delivery.subscription.subscriber)
    handled = handle(message)
    assert (handled.result, handled.bounce.subscriber) == (Result.NONE, None)
    assert Suppression.objects.get().reason == "erasure"


def test_a_return_about_who_has_left_changes_nothing(delivery: Delivery):
    end(delivery.subscription, "mail")
    assert handle(dsn(delivery)).result is Result.NONE
    assert state(delivery.subscription) == ("ended", "reader")
    assert not Suppression.objects.exists()


def test_a_complaint_ends_everything_at_once(delivery: Delivery):
    assert handle(complaint(delivery)).result is Result.ENDED
    assert state(delivery.subscription) == ("ended", "complaint")
    assert Suppression.objects.get().reason == "complaint"


def test_a_complaint_outranks_what_a_reader_could_lift(delivery: Delivery):
    Suppression.objects.hold(ADDRESS, "unsubscribe")
    handle(complaint(delivery))
    assert Suppression.objects.get().reason == "complaint"


@pytest.mark.parametrize("kind", ["not-spam", "virus", "auth-failure", "dmarc", "", "x" * 300])
def test_another_report_is_no_complaint(delivery: Delivery, kind: str):
    assert handle(complaint(delivery, kind)).result is Result.NONE
    assert state(delivery.subscription) == ("confirmed", "")


def test_a_return_costs_the_same_for_many_subscriptions(
    delivery: Delivery, django_assert_max_num_queries
):
    with django_assert_max_num_queries(16):
        handle(dsn(delivery))
