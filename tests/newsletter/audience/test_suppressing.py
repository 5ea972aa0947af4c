"""Who must not be written to, and who is erased at a bad moment."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from newsletter.engine import claims
from newsletter.engine.settling import forget_erased
from newsletter.models import Mailing, Subscriber
from newsletter.models.audience import Subscription
from newsletter.models.suppressions import Suppression
from newsletter.readers.subscriptions import confirm, erase, sign_up, suppress
from tests.newsletter.claiming import claimed
from tests.newsletter.sending import bulletin, mailing_to, reader

pytestmark = pytest.mark.django_db
Reason = Suppression.Reason
TO = "lecteur@exemple.fr"


@pytest.mark.parametrize("lasting", [Reason.ADMIN, Reason.COMPLAINT])
@pytest.mark.parametrize("first", Suppression.LIFTABLE)
def test_what_a_reader_may_not_lift_outranks_what_they_may(first: str, lasting: str):
    """The centre excludes an address whose reader had left everything: asking again changes
    nothing any more."""
    reader(TO, "ended")
    suppress(TO, first)
    suppress(TO, lasting)
    assert Suppression.objects.get().reason == lasting
    assert sign_up(TO, bulletin(), "/abonnement/") is None
    assert Subscription.objects.get().status == "ended"


@pytest.mark.parametrize("first", [Reason.ADMIN, Reason.COMPLAINT])
def test_a_reader_who_is_erased_stays_excluded_for_the_first_reason(first: str):
    suppress(TO, first)
    erase(reader(TO, "ended").subscriber)
    assert Suppression.objects.get().reason == first


def test_leaving_everything_can_still_be_undone_by_its_reader():
    reader(TO)
    suppress(TO, Reason.UNSUBSCRIBE)
    asked = sign_up(TO, bulletin(), "/abonnement/")
    assert asked is not None
    confirm(asked.confirmation_token)
    assert not Suppression.objects.exists()


def test_an_address_that_an_older_version_took_can_be_erased():
    Subscriber.objects.bulk_create([Subscriber(email='"jean dupont"@exemple.fr')])
    person = Subscriber.objects.get()
    erase(person)
    assert not Subscriber.objects.exists()
    assert Suppression.objects.holds('"jean dupont"@exemple.fr')


def test_a_reader_is_erased_while_a_worker_gives_their_row_back():
    mailing = mailing_to(1)
    claim = claimed(mailing, 1)
    with connection.execute_wrapper(giving_back(claim)):
        erase(Subscriber.objects.get())
    row = mailing.deliveries.get()
    assert (row.state, row.email, row.subscription_id) == ("pending", "lecteur1@exemple.fr", None)
    assert claims.take(mailing, claim, 1).rows == []
    forget_erased(mailing.pk)
    row.refresh_from_db()
    assert (row.state, row.email, row.token) == ("skipped", "", "")


def test_a_reader_is_erased_while_they_are_written_to():
    mailing = mailing_to(1)
    claim = claimed(mailing, 1)
    erase(Subscriber.objects.get())
    row = mailing.deliveries.get()
    assert row.email == "lecteur1@exemple.fr"
    Mailing.objects.update(state="paused")
    claims.drop(claim)
    assert claims.take(mailing, claim, 1).skipped == 1
    forget_erased(mailing.pk)
    row.refresh_from_db()
    assert (row.email, row.token, row.error) == ("", "", "")


def giving_back(claim: Any) -> Callable[..., Any]:
    """Just before the addresses are taken out, a worker that ends gives its rows back."""

    def wrapper(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith('UPDATE "newsletter_delivery" SET "email"'):
            with connection.execute_wrapper(lambda go, *told: go(*told)):
                claims.give_back(claim)
        return execute(sql, *rest)

    return wrapper
