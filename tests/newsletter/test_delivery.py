from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter.engine.delivery import begin, claim_batch, deliver_batch, record
from newsletter.engine.outcomes import Outcome, Verdict
from newsletter.engine.steering import pause
from newsletter.models import Bulletin, Mailing
from newsletter.readers.subscriptions import end
from tests.newsletter.sending import counts, mailing_to, states
from tests.sink import Sink, free_port

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = (f"lecteur{n}@exemple.fr" for n in (1, 2, 3))


def deliver(mailing: Mailing, settings: Settings, sink: Sink) -> bool:
    settings.SMTP_URL = sink.url
    again = deliver_batch(mailing.pk)
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


def test_a_batch_is_bounded_and_asks_for_another_ring(settings: Settings):
    settings.LETTER_BATCH = 2
    mailing = mailing_to(5)
    with Sink() as sink:
        assert [deliver(mailing, settings, sink) for _ in range(4)] == [True, True, False, False]
        assert len(sink.taken) == 5
        assert sink.greetings == 3
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
        assert deliver(mailing, settings, sink) is True
        assert states(mailing) == {FIRST: "sent", SECOND: "uncertain", THIRD: "pending"}
        sink.after_body.clear()
        assert deliver(mailing, settings, sink) is False
        assert sink.addresses == [FIRST, THIRD]
        assert sink.greetings == 2
    assert (mailing.state, counts(mailing)) == ("sent", {"sent": 2, "uncertain": 1})


def test_a_server_that_hangs_up_gives_the_rest_of_the_batch_back(settings: Settings):
    mailing = mailing_to(3)
    with Sink(at_recipient={SECOND: "drop"}) as sink:
        assert deliver(mailing, settings, sink) is True
        assert states(mailing) == {FIRST: "sent", SECOND: "pending", THIRD: "pending"}
        assert mailing.deliveries.get(email=THIRD).tries == 0
        deliver(mailing, settings, sink)
        assert sink.addresses == [FIRST, THIRD]
    assert mailing.state == "sending"


def test_a_server_that_stalls_does_not_hold_the_worker(settings: Settings):
    settings.SMTP_TIMEOUT_SECONDS = 0.3
    mailing = mailing_to(2)
    with Sink(at_recipient={FIRST: "stall"}) as sink:
        begun = timezone.now()
        assert deliver(mailing, settings, sink) is False
        assert timezone.now() - begun < timedelta(seconds=3)
    assert counts(mailing) == {"pending": 2}


@pytest.mark.parametrize("url", ["", "smtp://127.0.0.1:{port}"])
def test_a_relay_that_is_away_leaves_every_row_waiting(settings: Settings, url: str):
    settings.SMTP_URL = url.format(port=free_port())
    mailing = mailing_to(3)
    assert deliver_batch(mailing.pk) is False
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


def test_a_claim_takes_each_row_once():
    mailing, now = mailing_to(5), timezone.now()
    claims = [claim_batch(mailing.pk, 2, uuid4(), now) for _ in range(4)]
    assert [len(rows) for rows in claims] == [2, 2, 1, 0]
    assert len({row.pk for rows in claims for row in rows}) == 5


def test_a_claim_that_was_taken_away_ends_the_batch():
    mailing, claim = mailing_to(1), uuid4()
    (row,) = claim_batch(mailing.pk, 1, claim, timezone.now())
    mailing.deliveries.update(claim_id=uuid4())
    assert begin(row, mailing, claim) is False
    assert mailing.deliveries.get().begun_at is None


def test_a_pause_takes_effect_before_the_next_message():
    mailing, claim = mailing_to(1), uuid4()
    (row,) = claim_batch(mailing.pk, 1, claim, timezone.now())
    pause(mailing)
    assert begin(row, mailing, claim) is False
    assert mailing.deliveries.get().state == "submitting"


def test_an_answer_that_comes_after_the_rescue_corrects_uncertain():
    mailing, claim = mailing_to(1), uuid4()
    (row,) = claim_batch(mailing.pk, 1, claim, timezone.now())
    begin(row, mailing, claim)
    mailing.deliveries.update(state="uncertain", finished_at=timezone.now())
    record(row, claim, Outcome(Verdict.SENT, 250))
    assert mailing.deliveries.get().state == "sent"


def test_an_answer_for_another_claim_changes_nothing():
    mailing, claim = mailing_to(1), uuid4()
    (row,) = claim_batch(mailing.pk, 1, claim, timezone.now())
    begin(row, mailing, claim)
    record(row, uuid4(), Outcome(Verdict.FAILED, 550, "x"))
    assert mailing.deliveries.get().state == "submitting"


def test_a_reader_costs_two_queries_and_the_rest_is_constant(settings: Settings):
    mailing = mailing_to(15)
    costs = []
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        for size in (1, 5, 8):  # the first fills the caches of addresses
            settings.LETTER_BATCH = size
            with CaptureQueriesContext(connection) as queries:
                deliver_batch(mailing.pk)
            costs.append(len(queries))
    assert len(sink.taken) == 14
    assert costs[2] - costs[1] == 2 * (8 - 5)
    assert costs[1] - 2 * 5 < 20


def test_a_bulletin_that_lost_its_sender_pauses_and_fails_nobody(settings: Settings):
    mailing = mailing_to(2, state="ready")
    Bulletin.objects.update(sender_email="")
    with Sink() as sink:
        assert deliver(mailing, settings, sink) is False
        assert sink.addresses == []
    assert (mailing.state, counts(mailing)) == ("paused", {"pending": 2})
    assert mailing.note == "Le bulletin n'a plus d'adresse d'expéditeur."
