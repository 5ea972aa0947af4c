"""A provider's webhook: who may speak, what is heard, what a replay or a forgery changes."""

import base64
import json

import pytest
from django.core.checks import run_checks
from django.test import Client

from newsletter.engine.messages import Reader, opaque_id
from newsletter.models import Bounce, Delivery, Suppression
from tests.newsletter.returns.coming_back import ADDRESS, sent

pytestmark = pytest.mark.django_db
SECRET = "brevo:un-long-secret"
URL = "/courriel/retours/brevo/"


@pytest.fixture
def delivery(home, settings) -> Delivery:
    settings.RETURNS_WEBHOOKS = ["brevo", "postmark", "mailjet", "sparkpost"]
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    return sent()


def say(event: object, url: str = URL, secret: str = SECRET):
    key = base64.b64encode(secret.encode()).decode()
    data = event if isinstance(event, str | bytes) else json.dumps(event)
    # A stranger: no session, no CSRF token.
    return Client(enforce_csrf_checks=True).post(
        url, data, content_type="application/json", headers={"authorization": f"Basic {key}"}
    )


def brevo(kind: str, reason: str = "", **more: object) -> dict[str, object]:
    told = {"event": kind, "email": ADDRESS, "reason": reason, "ts_epoch": 1_790_000_000_000}
    return told | {"message-id": "<x@y>"} | more


def status(delivery: Delivery) -> tuple[str, str]:
    delivery.subscription.refresh_from_db()
    return delivery.subscription.status, delivery.subscription.end_reason


def test_a_hard_bounce_in_the_servers_words_ends(delivery: Delivery):
    assert say(brevo("hard_bounce", f"550 5.1.1 <{ADDRESS}> User unknown")).status_code == 200
    assert status(delivery) == ("ended", "bounce")
    row = Bounce.objects.get()
    assert (row.source, row.kind, row.status_code) == ("webhook", "hard", "5.1.1")
    assert (row.delivery, row.reporting_server) == (delivery, "brevo")
    assert ADDRESS not in row.diagnostic


def test_a_providers_own_hard_is_judged_by_the_words(delivery: Delivery):
    say(brevo("hard_bounce", "550 5.7.1 blocked using spamhaus"))
    assert status(delivery) == ("confirmed", "")
    assert Bounce.objects.get().kind == "policy"


@pytest.mark.parametrize("kind", ["spam", "complaint"])
def test_a_complaint_suppresses_at_once(delivery: Delivery, kind: str):
    say(brevo(kind))
    assert status(delivery) == ("ended", "complaint")
    assert Suppression.objects.get().reason == "complaint"


def test_a_way_out_that_the_provider_offers_is_honoured(delivery: Delivery):
    say(brevo("unsubscribe"))
    assert status(delivery) == ("ended", "reader")
    assert not Bounce.objects.exists()


@pytest.mark.parametrize(
    "kind", ["request", "delivered", "deferred", "unique_opened", "opened", "click", "error", "?"]
)
def test_what_is_no_return_is_dropped_unread(delivery: Delivery, kind: str):
    assert say(brevo(kind, "550 5.1.1 unknown")).status_code == 200
    assert not Bounce.objects.exists()
    assert status(delivery) == ("confirmed", "")


def test_a_replay_counts_once(delivery: Delivery):
    for _ in range(3):
        assert say(brevo("soft_bounce", "452 4.2.2 full")).status_code == 200
    assert Bounce.objects.count() == 1


@pytest.mark.parametrize("secret", ["brevo:faux", "", ":", "brevo", "brevo:un-long-secret "])
def test_who_can_not_prove_to_be_the_provider_changes_nothing(delivery: Delivery, secret: str):
    answer = say(brevo("hard_bounce", "550 5.1.1 unknown"), secret=secret)
    assert answer.status_code == 403
    assert status(delivery) == ("confirmed", "")
    assert not Bounce.objects.exists()


def test_nobody_at_all_is_refused_too(delivery: Delivery):
    assert Client().post(URL, "{}", content_type="application/json").status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"\xff\xfe", "{", "[]", "null", "3", '"x"', "[" * 5_000),
        '{"items": []}',
    ],
)
def test_what_can_not_be_read_is_refused_without_a_fault(delivery: Delivery, body: str | bytes):
    assert say(body).status_code == 400


@pytest.mark.parametrize(
    "event",
    [
        {"event": "hard_bounce"},
        {"event": "hard_bounce", "email": None, "reason": 3},
        {"event": "hard_bounce", "email": ["a"], "reason": {"a": 1}, "message-id": 4},
        {"event": "hard_bounce", "email": "x\u0000@y.fr\r\nA: b", "reason": "550 5.1.1 \u0000"},
        {"event": "hard_bounce", "email": "inconnu@exemple.fr", "reason": "550 5.1.1"},
    ],
)
def test_an_event_of_any_shape_ends_nobody(delivery: Delivery, event: dict):
    assert say(event).status_code == 200
    assert status(delivery) == ("confirmed", "")
    assert set(Bounce.objects.values_list("decision", flat=True)) <= {"none"}


@pytest.mark.parametrize("name", ["mailgun", "sendgrid", "x", "brevo2"])
def test_a_provider_that_is_not_enabled_has_no_address(delivery: Delivery, name: str):
    assert say({}, f"/courriel/retours/{name}/").status_code == 404


def test_everything_is_closed_by_default_and_without_a_secret(home, settings):
    assert say({}).status_code == 404
    settings.RETURNS_WEBHOOKS = ["brevo"]
    settings.ANYMAIL = {"WEBHOOK_SECRET": ""}
    assert say({}).status_code == 404


def test_a_get_changes_nothing_and_a_head_is_answered(delivery: Delivery):
    assert Client().get(URL).status_code == 405
    assert Client().head(URL).status_code == 200


def test_our_message_id_finds_the_very_mailing(delivery: Delivery):
    sent(delivery.subscription, 3)
    reader = Reader(delivery.email, delivery.token, f"{delivery.mailing_id}.{delivery.pk}")
    named = f"<issue2.{opaque_id(reader)}@lettre.exemple.fr>"
    say(brevo("soft_bounce", "452 4.2.2 full", **{"message-id": named}))
    say(brevo("soft_bounce", "452 4.2.2 full", **{"message-id": "<autre@brevo>"}))
    found = list(Bounce.objects.order_by("pk").values_list("delivery", flat=True))
    assert found[0] == delivery.pk
    assert found[1] == Delivery.objects.latest("pk").pk


def test_postmark_mailjet_and_sparkpost_are_heard(delivery: Delivery):
    hard = {"RecordType": "Bounce", "Type": "HardBounce", "ID": 42, "Email": ADDRESS}
    say(hard | {"Details": "smtp;550 5.7.1 spam"}, "/courriel/retours/postmark/")
    jet = {"event": "bounce", "time": 1_790_000_000, "MessageID": 1, "email": ADDRESS}
    say([jet | {"error": "quota exceeded", "hard_bounce": False}], "/courriel/retours/mailjet/")
    spark = {"type": "bounce", "event_id": "1", "rcpt_to": ADDRESS, "timestamp": "1790000000"}
    spark |= {"bounce_class": "10", "raw_reason": "550 5.1.1 unknown", "raw_rcpt_to": ADDRESS}
    say([{"msys": {"message_event": spark}}], "/courriel/retours/sparkpost/")
    assert sorted(Bounce.objects.values_list("reporting_server", "kind")) == [
        ("mailjet", "soft"),
        ("postmark", "policy"),
        ("sparkpost", "hard"),
    ]


@pytest.mark.parametrize(
    ("names", "wrong"),
    [
        ({"RETURNS_WEBHOOKS": ["x"], "ANYMAIL": {"WEBHOOK_SECRET": "a:b"}}, "E014"),
        ({"RETURNS_WEBHOOKS": ["brevo"]}, "E015"),
        ({"RETURNS_WEBHOOKS": ["mailgun"], "ANYMAIL": {"WEBHOOK_SECRET": "a:b"}}, "E016"),
        ({"BOUNCE_ADDRESS": "rebonds"}, "E010"),
        ({"BOUNCE_MAILBOX_URL": "pop://x"}, "E011"),
        ({"BOUNCE_ADDRESS": "rebonds@exemple.fr"}, "W012"),
        ({"SOFT_BOUNCE_HALF_LIFE_DAYS": 0.0}, "E013"),
    ],
)
def test_a_setting_that_can_not_work_is_said_at_start(settings, names: dict, wrong: str):
    for name, value in names.items():
        setattr(settings, name, value)
    assert f"newsletter.{wrong}" in {one.id for one in run_checks(tags=["security"])}
