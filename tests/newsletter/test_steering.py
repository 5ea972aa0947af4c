from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.engine import steering
from newsletter.models import LedgerEntry, Mailing
from tests.newsletter.sending import bulletin, counts, mailing_to

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    heard: list[int] = []
    monkeypatch.setattr(steering, "ring", heard.append)
    return heard


@pytest.mark.parametrize("state", ["ready", "sending"])
def test_a_running_mailing_pauses_and_resumes_with_a_ring(state: str, rings: list[int]):
    started = timezone.now() if state == "sending" else None
    mailing = mailing_to(1, state=state, started_at=started)
    assert steering.pause(mailing, "relecture").note == "relecture"
    assert steering.resume(mailing).state == state
    assert mailing.note == ""
    assert rings == [mailing.pk]


def test_a_scheduled_mailing_resumes_as_scheduled(rings: list[int]):
    later = timezone.now() + timedelta(hours=1)
    mailing = mailing_to(1, state="scheduled", scheduled_at=later)
    steering.pause(mailing)
    assert steering.resume(mailing).state == "scheduled"
    assert rings == []


def test_resuming_a_mailing_with_nothing_left_closes_it(rings: list[int]):
    mailing = mailing_to(1, state="paused", started_at=timezone.now())
    mailing.deliveries.update(state="failed", finished_at=timezone.now())
    assert steering.resume(mailing).state == "sent"
    assert rings == []


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (steering.pause, "paused"),
        (steering.pause, "sent"),
        (steering.pause, "cancelled"),
        (steering.resume, "sending"),
        (steering.resume, "cancelled"),
        (steering.cancel, "sent"),
        (steering.cancel, "cancelled"),
        (steering.retry_failed, "cancelled"),
        (steering.release_uncertain, "cancelled"),
    ],
)
def test_what_does_not_suit_the_state_is_refused_and_changes_nothing(act, state: str):
    mailing = mailing_to(1, state=state, finished_at=timezone.now())
    with pytest.raises(steering.StateError):
        act(mailing)
    mailing.refresh_from_db()
    assert (mailing.state, counts(mailing)) == (state, {"pending": 1})


def test_cancelling_skips_who_has_not_been_written_to():
    mailing = mailing_to(3)
    now = timezone.now()
    sent = mailing.deliveries.first()
    mailing.deliveries.filter(pk=sent.pk).update(state="sent", begun_at=now, finished_at=now)
    assert steering.cancel(mailing).state == "cancelled"
    assert counts(mailing) == {"sent": 1, "skipped": 2}


@pytest.mark.parametrize(("live", "kept"), [(True, 1), (False, 0)])
def test_cancelling_before_the_first_message_forgets_a_withdrawn_issue(live: bool, kept: int):
    mailing = mailing_to(1)
    mailing.issue.live = live
    mailing.issue.save()
    LedgerEntry.objects.create(bulletin=bulletin(), issue=mailing.issue, page=bulletin())
    steering.cancel(mailing)
    assert LedgerEntry.objects.count() == kept


def test_the_ledger_remembers_what_an_earlier_sending_has_carried_half_way():
    first, now = mailing_to(2), timezone.now()
    reached = first.deliveries.first()
    first.deliveries.filter(pk=reached.pk).update(state="sent", begun_at=now, finished_at=now)
    steering.cancel(first)
    again = Mailing.objects.create(issue=first.issue, bulletin=bulletin(), state="ready")
    LedgerEntry.objects.create(bulletin=bulletin(), issue=first.issue, page=bulletin())
    steering.cancel(again)
    assert LedgerEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("act", "state"),
    [(steering.retry_failed, "failed"), (steering.release_uncertain, "uncertain")],
)
def test_settled_rows_wait_again_as_new_and_the_mailing_reopens(
    act, state: str, rings: list[int], django_capture_on_commit_callbacks
):
    now = timezone.now()
    mailing = mailing_to(3, state="sent", finished_at=now)
    mailing.deliveries.update(state="sent", begun_at=now, finished_at=now, tries=5)
    one = mailing.deliveries.first()
    mailing.deliveries.filter(pk=one.pk).update(state=state)
    with django_capture_on_commit_callbacks(execute=True):
        assert act(mailing) == 1
    one.refresh_from_db()
    mailing.refresh_from_db()
    assert (one.state, one.tries, one.begun_at) == ("pending", 0, None)
    assert (mailing.state, mailing.finished_at) == ("sending", None)
    assert rings == [mailing.pk]


def test_nothing_to_try_again_leaves_a_sent_mailing_sent():
    mailing = mailing_to(1, state="sent", finished_at=timezone.now())
    assert steering.retry_failed(mailing) == 0
    assert Mailing.objects.get().state == "sent"
