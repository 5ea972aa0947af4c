"""The mailto form of List-Unsubscribe."""

import pytest

from newsletter.models import Bounce, Subscription
from newsletter.returns.decisions import Result, handle
from tests.newsletter.returns.coming_back import BOUNCES, LEAVING, dsn, sent, wish
from tests.newsletter.sending import reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def one(home, settings) -> Subscription:
    settings.UNSUBSCRIBE_ADDRESS = LEAVING
    return reader("jeanne.martin@exemple.fr")


def has_left(subscription: Subscription) -> bool:
    subscription.refresh_from_db()
    return subscription.status == "ended"


@pytest.mark.parametrize(
    "where",
    ["{}", "Re: {}", "unsubscribe {}", "=?utf-8?q?D=C3=A9sabonnement_{}?="],
)
def test_a_token_in_the_subject_ends_the_subscription_whoever_writes(one, where: str):
    # In an encoded word an underscore is a space (RFC 2047 §4.2).
    token = one.token.replace("_", "=5F") if "=?" in where else one.token
    assert handle(wish(subject=where.format(token))).result is Result.UNSUBSCRIBED
    assert has_left(one)
    event = one.events.get()
    assert (event.kind, event.channel) == ("ended", "mailbox")
    assert one.end_reason == "reader"


def test_a_token_alone_on_a_line_or_in_the_address_does_too(one):
    local, _, domain = LEAVING.partition("@")
    assert handle(wish(body=f"\n  {one.token}  \n")).result is Result.UNSUBSCRIBED
    other = reader("ana@exemple.fr")
    assert handle(wish(to=f"{local}+{other.token}@{domain}")).result is Result.UNSUBSCRIBED
    assert has_left(one)
    assert has_left(other)


def test_asking_twice_is_no_error_and_is_recorded_once(one):
    for _ in range(2):
        assert handle(wish(subject=one.token)).result is Result.UNSUBSCRIBED
    assert one.events.count() == 1


def test_a_letter_that_quotes_ours_ends_nothing(one):
    body = f"Bonjour, je vous fais suivre.\n> https://lettre.exemple.fr/d/{one.token}\n"
    assert handle(wish(subject="Fwd: En quelques clics", body=body)).result is Result.OTHER
    assert not has_left(one)


@pytest.mark.parametrize("extra", ["Auto-Submitted: auto-replied\n", "Precedence: auto_reply\n"])
def test_an_automatic_reply_ends_nothing(one, extra: str):
    assert handle(wish(subject=f"Re: {one.token}", extra=extra)).result is Result.AUTO
    assert not has_left(one)


def test_a_bounce_to_that_address_is_a_bounce(one):
    delivery = sent(one)
    handle(dsn(delivery, "5.7.1", one.token, to=LEAVING))
    assert not has_left(one)
    assert Bounce.objects.get().explanation.startswith("Jeton inconnu")


def test_the_same_words_to_another_address_end_nothing(one, settings):
    assert handle(wish(to=BOUNCES, subject=one.token)).result is Result.OTHER
    settings.UNSUBSCRIBE_ADDRESS = ""
    assert handle(wish(subject=one.token)).result is Result.OTHER
    assert not has_left(one)


@pytest.mark.parametrize("subject", ["", "A" * 22, "essai", "\u0000", "x" * 5000])
def test_a_token_that_is_none_ends_nothing(one, subject: str):
    assert handle(wish(subject=subject)).result is Result.OTHER
    assert not has_left(one)
