import os
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter.engine.journal import Fate, open_journal
from newsletter.engine.rescue import rescue
from newsletter.engine.watch import late_preparations, wake
from newsletter.models import Mailing, Subscriber
from newsletter.readers.subscriptions import erase
from tests.newsletter.claiming import claimed, journal_of_the_dead
from tests.newsletter.sending import counts, mailing_to, states

pytestmark = pytest.mark.django_db
NOTHING = {"sent": 0, "waiting": 0, "uncertain": 0}


def test_a_late_row_of_a_worker_of_0_1_is_uncertain_where_begun_and_waits_elsewhere(
    settings: Settings,
):
    """It kept no claim of its own: its rows alone say so."""
    settings.LETTER_LEASE_SECONDS = 300
    mailing, claim = mailing_to(4), uuid4()
    then = timezone.now() - timedelta(seconds=301)
    taken = mailing.deliveries.filter(pk__in=mailing.deliveries.values("pk")[:3])
    taken.update(state="submitting", claim_id=claim, claimed_at=then)
    first = mailing.deliveries.first()
    mailing.deliveries.filter(pk=first.pk).update(begun_at=then)
    assert rescue(timezone.now() - timedelta(seconds=2)) == NOTHING
    assert rescue(timezone.now()) == {"sent": 0, "waiting": 2, "uncertain": 1}
    assert sorted(states(mailing).values()) == ["pending", "pending", "pending", "uncertain"]
    assert set(mailing.deliveries.filter(state="pending").values_list("claim_id")) == {(None,)}


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


def test_a_test_whose_sender_died_is_never_sent_later():
    mailing = mailing_to(3, kind="test")
    claim = claimed(mailing, 3)
    first = mailing.deliveries.first()
    journal_of_the_dead(claim, {first.pk: [Fate.BEGUN]})
    assert wake() == []
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.CANCELLED
    assert counts(mailing) == {"uncertain": 1, "skipped": 2}


def test_a_reader_erased_while_the_relay_was_told_leaves_no_address():
    mailing = mailing_to(1)
    claim = claimed(mailing, 1)
    erase(Subscriber.objects.get())
    journal_of_the_dead(claim, {mailing.deliveries.get().pk: [Fate.BEGUN]})
    rescue(timezone.now())
    row = mailing.deliveries.get()
    assert (row.state, row.email) == ("uncertain", "")


def test_an_issue_whose_preparation_was_never_begun_is_asked_for_again():
    mailing, now = mailing_to(0, state="preparing"), timezone.now()
    assert late_preparations(now) == []
    assert late_preparations(now + timedelta(seconds=61)) == [mailing.pk]
    assert wake() == []
    mailing.refresh_from_db()
    assert mailing.state == "preparing"


def test_wake_removes_the_old_journals_of_which_no_claim_speaks(settings: Settings, tmp_path: Path):
    settings.LETTER_JOURNAL_DIR = tmp_path
    mailing = mailing_to(1)
    held, living = claimed(mailing, 1), open_journal(uuid4())
    kept = open_journal(held)
    journal_of_the_dead(left := uuid4(), {})
    (tmp_path / "note.txt").touch()
    for path in (tmp_path / str(held), tmp_path / str(left), tmp_path / "note.txt"):
        os.utime(path, (0, 0))
    wake()
    assert not (tmp_path / str(left)).exists()
    assert len(list(tmp_path.iterdir())) == 3
    kept.discard()
    living.discard()
