from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter.engine import delivery
from newsletter.models import Bulletin, Mailing
from newsletter.models.claims import Claim
from newsletter.readers.subscriptions import end
from tests.newsletter.sending import counts, mailing_to, states
from tests.sink import Sink, free_port

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = (f"lecteur{n}@exemple.fr" for n in (1, 2, 3))


def deliver(mailing: Mailing, settings: Settings, sink: Sink) -> bool:
    settings.SMTP_URL = sink.url
    again = delivery.deliver(mailing.pk)
    mailing.refresh_from_db()
    return again


def test_every_reader_receives_one_message_with_their_own_link(settings: Settings):
    mailing = mailing_to(3, state="ready")
    with Sink() as sink:
        assert deliver(mailing, settings, sink) is False
        assert Counter(sink.addresses) == Counter([FIRST, SECOND, THIRD])
        for row in mailing.deliveries.all():
            assert sink.message(row.email)["List-Unsubscribe"] == (
                f"<{settings.SITE_URL}/d/{row.token}>"
            )
        assert len({sink.message(address)["Message-ID"] for address in sink.addresses}) == 3
        assert sink.greetings == 1
    assert (mailing.state, counts(mailing)) == ("sent", {"sent": 3})
    assert mailing.started_at
    assert mailing.finished_at


def test_a_turn_goes_on_batch_after_batch(settings: Settings):
    settings.LETTER_BATCH = 2
    mailing = mailing_to(5)
    with Sink() as sink:
        assert deliver(mailing, settings, sink) is False
        assert len(sink.taken) == 5
        assert sink.greetings == 1
    assert mailing.state == "sent"


def test_a_turn_that_is_over_asks_for_another_and_gives_the_rest_back(settings: Settings):
    settings.LETTER_CONNECTIONS, settings.LETTER_TASK_SECONDS = 1, 0.3
    mailing = mailing_to(20)
    with Sink(delay=0.05) as sink:
        assert deliver(mailing, settings, sink) is True
        assert 0 < len(sink.taken) < 20
        assert counts(mailing) == {"sent": len(sink.taken), "pending": 20 - len(sink.taken)}
        assert not Claim.objects.exists()
        settings.LETTER_TASK_SECONDS = 20
        assert deliver(mailing, settings, sink) is False
        assert len(set(sink.addresses)) == len(sink.taken) == 20
    assert mailing.state == "sent"


@pytest.mark.parametrize("state", ["scheduled", "paused", "sent", "cancelled"])
def test_a_mailing_that_is_not_running_sends_nothing(settings: Settings, state: str):
    now = timezone.now()
    mailing = mailing_to(2, state=state, scheduled_at=now, finished_at=now)
    with Sink() as sink:
        assert deliver(mailing, settings, sink) is False
        assert sink.greetings == 0
    assert counts(mailing) == {"pending": 2}


def test_one_dead_address_does_not_stop_the_others(settings: Settings):
    mailing = mailing_to(3)
    with Sink(at_recipient={SECOND: "550 5.1.1 Unknown"}) as sink:
        deliver(mailing, settings, sink)
        assert sink.addresses == [FIRST, THIRD]
    row = mailing.deliveries.get(email=SECOND)
    assert (row.state, row.is_hard, row.smtp_code) == ("failed", True, 550)
    assert row.error == "550 5.1.1 Unknown"
    assert mailing.state == "sent"


def test_a_refusal_by_policy_pauses_the_mailing_and_blames_no_reader(settings: Settings):
    mailing = mailing_to(3)
    with Sink(at_recipient={SECOND: "550 5.7.1 Blocked"}) as sink:
        assert deliver(mailing, settings, sink) is False
        assert sink.addresses == [FIRST]
    assert (mailing.state, mailing.note) == ("paused", "550 5.7.1 Blocked")
    assert states(mailing) == {FIRST: "sent", SECOND: "pending", THIRD: "pending"}
    assert not mailing.deliveries.filter(is_hard=True).exists()


def test_a_temporary_refusal_waits_and_is_given_up_after_the_last_try(settings: Settings):
    settings.LETTER_MAX_TRIES = 2
    mailing = mailing_to(1)
    with Sink(at_recipient={FIRST: "451 4.7.1 Later"}) as sink:
        before = timezone.now()
        assert deliver(mailing, settings, sink) is False
        row = mailing.deliveries.get()
        assert (row.state, row.tries, mailing.state) == ("pending", 1, "sending")
        assert row.next_try_at >= before + timedelta(seconds=60)
        assert deliver(mailing, settings, sink) is False
        assert mailing.deliveries.get().tries == 1
        mailing.deliveries.update(next_try_at=before)
        deliver(mailing, settings, sink)
    row = mailing.deliveries.get()
    assert (row.state, row.tries, row.is_hard) == ("failed", 2, False)
    assert mailing.state == "sent"


def test_a_message_dropped_after_its_body_is_uncertain_and_never_sent_again(settings: Settings):
    mailing = mailing_to(3)
    with Sink(after_body={SECOND: "drop"}) as sink:
        assert deliver(mailing, settings, sink) is False
        sink.after_body.clear()
        assert deliver(mailing, settings, sink) is False
        assert sink.addresses == [FIRST, THIRD]
        assert sink.greetings == 2
    assert states(mailing) == {FIRST: "sent", SECOND: "uncertain", THIRD: "sent"}
    assert (mailing.state, counts(mailing)) == ("sent", {"sent": 2, "uncertain": 1})


def test_a_server_that_hangs_up_on_one_reader_is_called_again_for_the_others(settings: Settings):
    mailing = mailing_to(3)
    with Sink(at_recipient={SECOND: "drop"}) as sink:
        assert deliver(mailing, settings, sink) is False
        assert sink.addresses == [FIRST, THIRD]
    assert states(mailing) == {FIRST: "sent", SECOND: "pending", THIRD: "sent"}
    row = mailing.deliveries.get(email=SECOND)
    assert (row.tries, row.claim_id, row.begun_at) == (1, None, None)
    assert row.next_try_at > timezone.now()
    assert mailing.state == "sending"


def test_a_server_that_stalls_does_not_hold_the_worker(settings: Settings):
    settings.SMTP_TIMEOUT_SECONDS = 0.3
    mailing = mailing_to(2)
    with Sink(at_recipient={FIRST: "stall"}) as sink:
        begun = timezone.now()
        assert deliver(mailing, settings, sink) is False
        assert timezone.now() - begun < timedelta(seconds=3)
        assert sink.addresses == [SECOND]
    assert states(mailing) == {FIRST: "pending", SECOND: "sent"}


@pytest.mark.parametrize("url", ["", "smtp://127.0.0.1:{port}"])
def test_a_relay_that_is_away_leaves_every_row_waiting(settings: Settings, url: str):
    settings.SMTP_URL = url.format(port=free_port())
    mailing = mailing_to(3)
    assert delivery.deliver(mailing.pk) is False
    assert counts(mailing) == {"pending": 3}
    assert set(mailing.deliveries.values_list("tries", "claim_id")) == {(0, None)}


def test_a_reader_who_left_after_the_freeze_is_skipped(settings: Settings):
    mailing = mailing_to(2)
    end(mailing.deliveries.get(email=FIRST).subscription, "mail")
    with Sink() as sink:
        deliver(mailing, settings, sink)
        assert sink.addresses == [SECOND]
    assert states(mailing) == {FIRST: "skipped", SECOND: "sent"}


def test_a_reader_erased_after_the_freeze_is_skipped(settings: Settings):
    mailing = mailing_to(2)
    erased = mailing.deliveries.get(email=FIRST)
    erased.subscription.subscriber.delete()
    with Sink() as sink:
        deliver(mailing, settings, sink)
        assert sink.addresses == [SECOND]
    erased.refresh_from_db()
    assert (erased.state, erased.email) == ("skipped", "")


def test_a_message_that_can_not_be_built_fails_alone(settings: Settings):
    mailing = mailing_to(3)
    mailing.deliveries.filter(email=SECOND).update(email="pas une adresse")
    with Sink() as sink:
        deliver(mailing, settings, sink)
        assert sink.addresses == [FIRST, THIRD]
    assert counts(mailing) == {"sent": 2, "failed": 1}


def test_a_hundred_readers_cost_a_few_statements(settings: Settings):
    mailing = mailing_to(60)
    with Sink() as sink, CaptureQueriesContext(connection) as queries:
        deliver(mailing, settings, sink)
        assert len(sink.taken) == 60
    rows = [one["sql"] for one in queries if "newsletter_delivery" in one["sql"]]
    assert len(rows) < 25


def test_a_bulletin_that_lost_its_sender_pauses_and_fails_nobody(settings: Settings):
    mailing = mailing_to(2, state="ready")
    Bulletin.objects.update(sender_email="")
    with Sink() as sink:
        assert deliver(mailing, settings, sink) is False
        assert sink.addresses == []
    assert (mailing.state, counts(mailing)) == ("paused", {"pending": 2})
    assert mailing.note == "Le bulletin n'a plus d'adresse d'expéditeur."
