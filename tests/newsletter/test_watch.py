from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter.engine.delivery import begin, claim_batch
from newsletter.engine.watch import rescue, wake
from newsletter.models import Mailing, Subscriber
from newsletter.readers.subscriptions import erase
from tests.newsletter.sending import counts, mailing_to, states

pytestmark = pytest.mark.django_db


def claimed(mailing: Mailing, size: int, begun: int, silent: timedelta) -> None:
    """A worker took `size` rows, began `begun` of them, and gave no sign of life since."""
    claim, then = uuid4(), timezone.now() - silent
    rows = claim_batch(mailing.pk, size, claim, then)
    for row in rows[:begun]:
        assert begin(row, mailing, claim)
    mailing.deliveries.filter(claim_id=claim, begun_at__isnull=False).update(begun_at=then)


def test_a_dead_workers_begun_row_is_uncertain_and_the_others_wait_again(settings: Settings):
    settings.LETTER_LEASE_SECONDS = 300
    mailing = mailing_to(4)
    claimed(mailing, 3, 1, timedelta(seconds=301))
    assert rescue(timezone.now()) == {"waiting": 2, "uncertain": 1}
    assert sorted(states(mailing).values()) == ["pending", "pending", "pending", "uncertain"]
    assert set(mailing.deliveries.filter(state="pending").values_list("claim_id")) == {(None,)}


def test_a_worker_that_still_works_is_left_alone(settings: Settings):
    settings.LETTER_LEASE_SECONDS = 300
    mailing = mailing_to(3)
    claimed(mailing, 3, 1, timedelta(seconds=299))
    assert rescue(timezone.now()) == {"waiting": 0, "uncertain": 0}
    assert counts(mailing) == {"submitting": 3}


def test_a_long_batch_lives_as_long_as_its_latest_message(settings: Settings):
    settings.LETTER_LEASE_SECONDS = 300
    mailing = mailing_to(2)
    claimed(mailing, 2, 0, timedelta(hours=1))
    row = mailing.deliveries.first()
    row.state, row.begun_at, row.finished_at = "sent", timezone.now(), timezone.now()
    row.save()
    assert rescue(timezone.now()) == {"waiting": 0, "uncertain": 0}


def test_a_rescue_twice_changes_nothing_more():
    mailing = mailing_to(2)
    claimed(mailing, 2, 1, timedelta(hours=1))
    rescue(timezone.now())
    before = states(mailing)
    assert rescue(timezone.now()) == {"waiting": 0, "uncertain": 0}
    assert states(mailing) == before


def test_wake_names_only_running_mailings_with_rows_due():
    mailing = mailing_to(2)
    assert wake() == [mailing.pk]
    mailing.deliveries.update(next_try_at=timezone.now() + timedelta(hours=1))
    assert wake() == []
    mailing.deliveries.update(next_try_at=None)
    Mailing.objects.update(state="paused")
    assert wake() == []


def test_wake_sets_off_what_is_due_and_not_before():
    later = timezone.now() + timedelta(hours=1)
    mailing = mailing_to(1, state="scheduled", scheduled_at=later)
    assert wake() == []
    Mailing.objects.update(scheduled_at=timezone.now())
    assert wake() == [mailing.pk]
    mailing.refresh_from_db()
    assert mailing.state == "ready"


def test_wake_closes_a_mailing_with_nothing_left():
    mailing = mailing_to(2)
    mailing.deliveries.update(state="failed", finished_at=timezone.now())
    assert wake() == []
    mailing.refresh_from_db()
    assert mailing.state == "sent"
    assert mailing.finished_at


def test_rows_that_come_back_to_a_cancelled_mailing_are_skipped():
    mailing = mailing_to(2, state="cancelled")
    assert wake() == []
    assert counts(mailing) == {"skipped": 2}


def test_a_sent_mailing_in_which_a_row_waits_again_goes_on():
    mailing = mailing_to(2, state="sending")
    now = timezone.now()
    mailing.deliveries.update(state="sent", begun_at=now, finished_at=now)
    wake()
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENT
    late = mailing.deliveries.first()
    mailing.deliveries.filter(pk=late.pk).update(state="pending", begun_at=None, finished_at=None)
    assert wake() == [mailing.pk]
    mailing.refresh_from_db()
    assert (mailing.state, mailing.finished_at) == (Mailing.State.SENDING, None)


def test_a_test_whose_sender_died_is_never_sent_later(settings: Settings):
    settings.LETTER_LEASE_SECONDS = 60
    mailing = mailing_to(3, kind="test")
    claimed(mailing, size=3, begun=1, silent=timedelta(minutes=5))
    assert wake() == []
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.CANCELLED
    assert counts(mailing) == {"uncertain": 1, "skipped": 2}


def test_a_reader_erased_while_the_relay_was_told_leaves_no_address():
    mailing = mailing_to(1)
    claimed(mailing, size=1, begun=1, silent=timedelta(hours=1))
    erase(Subscriber.objects.get())
    rescue(timezone.now())
    row = mailing.deliveries.get()
    assert (row.state, row.email) == ("uncertain", "")
