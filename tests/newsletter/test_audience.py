import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from newsletter.models import ConsentEvent, Subscriber, Subscription, Suppression
from tests.newsletter.sending import bulletin, reader

pytestmark = pytest.mark.django_db


def test_an_address_is_stored_once_whatever_its_case():
    Subscriber.objects.create(email="Jeanne@Exemple.fr")
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscriber.objects.bulk_create([Subscriber(email="JEANNE@exemple.fr")])
    assert Subscriber.objects.get().email == "jeanne@exemple.fr"


def test_one_address_has_one_subscription_to_a_bulletin():
    first = reader("a@exemple.fr")
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.create(
            subscriber=first.subscriber, bulletin=bulletin(), requested_at=timezone.now()
        )


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "confirmed"},
        {"status": "ended", "end_reason": "reader"},
        {"status": "ended", "ended_at": timezone.now()},
        {"status": "pending", "confirmed_at": timezone.now()},
        {"status": "confirmed", "confirmed_at": timezone.now(), "ended_at": timezone.now()},
    ],
)
def test_a_status_without_its_dates_is_refused_by_the_database(fields: dict):
    subscriber = Subscriber.objects.create(email="a@exemple.fr")
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.create(
            subscriber=subscriber, bulletin=bulletin(), requested_at=timezone.now(), **fields
        )


def test_a_token_is_short_opaque_and_unlike_any_other():
    tokens = {one.token for one in (reader(f"l{n}@exemple.fr") for n in range(20))}
    assert len(tokens) == 20
    assert all(len(token) == 22 and token.isascii() for token in tokens)


def event(**fields: object) -> ConsentEvent:
    values = {"kind": "requested", "at": timezone.now(), "channel": "form"}
    return ConsentEvent.objects.create(**(values | fields))


def test_a_consent_event_is_never_changed():
    kept = event(subscription=reader("a@exemple.fr"))
    kept.page = "/autre/"
    with pytest.raises(TypeError):
        kept.save()


def test_an_import_without_provenance_is_refused_by_the_database():
    subscription = reader("a@exemple.fr")
    with pytest.raises(IntegrityError), transaction.atomic():
        event(subscription=subscription, kind="imported", channel="import")


def test_only_an_erasure_stands_alone():
    event(subscription=None, kind="erased", channel="admin")
    with pytest.raises(IntegrityError), transaction.atomic():
        event(subscription=None, kind="ended")


def test_a_suppressed_address_is_known_again_and_kept_nowhere():
    Suppression.objects.hold("Jeanne@Exemple.fr", Suppression.Reason.COMPLAINT)
    assert Suppression.objects.holds("jeanne@exemple.FR ")
    assert not Suppression.objects.holds("paul@exemple.fr")
    assert "jeanne" not in str(Suppression.objects.values().get())


def test_holding_twice_keeps_the_first_reason():
    Suppression.objects.hold("a@exemple.fr", Suppression.Reason.COMPLAINT)
    Suppression.objects.hold("a@exemple.fr", Suppression.Reason.ERASURE)
    assert Suppression.objects.get().reason == "complaint"


def test_many_addresses_are_judged_in_one_query(django_assert_num_queries):
    Suppression.objects.hold("a7@exemple.fr", Suppression.Reason.ADMIN)
    emails = [f"a{n}@exemple.fr" for n in range(5000)]
    with django_assert_num_queries(1):
        assert Suppression.objects.held(emails) == {"a7@exemple.fr"}
