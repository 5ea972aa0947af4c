"""« Trop vieux pour partir »: what should have left long ago waits for a person."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from wagtail.models import PageLogEntry

from newsletter.engine import steering
from newsletter.engine.watch import hold_late, wake
from newsletter.models import Mailing
from tests.newsletter.sending import mailing_to

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _a_day(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.LETTER_MAX_LATE_HOURS = 24
    monkeypatch.setattr(steering, "ring", lambda mailing_id: True)


def created(mailing: Mailing, at: datetime) -> Mailing:
    Mailing.objects.filter(pk=mailing.pk).update(created_at=at)
    return mailing


def state_of(mailing: Mailing) -> str:
    mailing.refresh_from_db()
    return mailing.state


def test_a_scheduled_mailing_found_a_day_late_is_paused_and_says_since_when() -> None:
    due = NOW - DAY - SECOND
    mailing = created(mailing_to(2, state="scheduled", scheduled_at=due), due - 30 * DAY)
    assert hold_late(NOW) == 1
    assert state_of(mailing) == "paused"
    assert mailing.note == (
        "Trop vieux pour partir\u00a0: l'envoi était attendu le 2 décembre 2026 à 8\u00a0h\u00a059."
    )
    assert mailing.counts()["pending"] == 2


def test_a_day_to_the_second_still_leaves() -> None:
    due = NOW - DAY
    mailing = created(mailing_to(1, state="scheduled", scheduled_at=due), due - 30 * DAY)
    assert hold_late(NOW) == 0
    assert state_of(mailing) == "scheduled"


@pytest.mark.parametrize("state", ["ready", "sending"])
@pytest.mark.parametrize(("late", "held"), [(timedelta(0), 0), (SECOND, 1)])
def test_a_mailing_of_which_nothing_was_begun_is_held_after_a_day(
    state: str, late: timedelta, held: int
) -> None:
    mailing = created(mailing_to(2, state=state), NOW - DAY - late)
    assert hold_late(NOW) == held
    assert state_of(mailing) == ("paused" if held else state)


@pytest.mark.parametrize(
    "sign",
    [
        {"begun_at": NOW - timedelta(hours=1)},
        {"next_try_at": NOW - timedelta(hours=1)},
        {"next_try_at": NOW + timedelta(hours=1)},
    ],
)
def test_a_long_mailing_that_still_moves_is_left_alone(sign: dict[str, Any]) -> None:
    mailing = created(mailing_to(2, state="sending", started_at=NOW - 3 * DAY), NOW - 3 * DAY)
    row = mailing.deliveries.first()
    if "begun_at" in sign:
        sign |= {"state": "sent", "finished_at": NOW}
    mailing.deliveries.filter(pk=row.pk).update(**sign)
    assert hold_late(NOW) == 0
    assert state_of(mailing) == "sending"


def test_a_mailing_that_stopped_half_way_three_days_ago_is_held() -> None:
    then = NOW - 3 * DAY
    mailing = created(mailing_to(2, state="sending", started_at=then), then)
    row = mailing.deliveries.first()
    mailing.deliveries.filter(pk=row.pk).update(state="sent", begun_at=then, finished_at=then)
    assert hold_late(NOW) == 1
    assert state_of(mailing) == "paused"


def test_rows_in_a_worker_s_hands_are_not_taken_from_it() -> None:
    mailing = created(mailing_to(2, state="sending"), NOW - 3 * DAY)
    row = mailing.deliveries.first()
    mailing.deliveries.filter(pk=row.pk).update(
        state="submitting", claim_id=uuid4(), claimed_at=NOW - 2 * DAY
    )
    assert hold_late(NOW) == 0


@pytest.mark.parametrize("state", ["paused", "cancelled", "sent"])
def test_what_does_not_run_is_not_touched(state: str) -> None:
    mailing = created(mailing_to(1, state=state, finished_at=NOW, note="motif"), NOW - 3 * DAY)
    assert hold_late(NOW) == 0
    assert (state_of(mailing), mailing.note) == (state, "motif")


def test_a_mailing_with_nothing_left_is_closed_and_not_held() -> None:
    mailing = created(mailing_to(1, state="sending"), timezone.now() - 3 * DAY)
    mailing.deliveries.update(state="failed", finished_at=timezone.now() - 3 * DAY)
    assert wake() == []
    assert state_of(mailing) == "sent"


def test_the_wake_rings_for_nothing_that_is_too_old(caplog: pytest.LogCaptureFixture) -> None:
    due = timezone.now() - DAY - SECOND
    mailing = mailing_to(1, state="scheduled", scheduled_at=due)
    assert wake() == []
    assert state_of(mailing) == "paused"
    assert f"mailing.too_late mailing={mailing.pk} due={due.isoformat()}" in caplog.text
    entry = PageLogEntry.objects.get(page=mailing.issue_id, action="newsletter.pause")
    assert entry.user_id is None
    assert entry.message == f"Envoi mis en pause\u00a0: {mailing.note}"


@pytest.mark.parametrize("state", ["scheduled", "ready"])
def test_a_person_who_resumes_has_decided(state: str) -> None:
    due = timezone.now() - 3 * DAY
    mailing = created(mailing_to(1, state=state, scheduled_at=due), due)
    assert wake() == []
    mailing.refresh_from_db()
    assert steering.resume(mailing).state == "ready"
    assert mailing.note == ""
    assert wake() == [mailing.pk]
    assert state_of(mailing) == "ready"


def test_trying_old_failures_again_is_a_decision_too() -> None:
    then = timezone.now() - 30 * DAY
    mailing = created(mailing_to(2, state="sent", finished_at=then), then)
    mailing.deliveries.update(state="failed", begun_at=then, finished_at=then)
    assert steering.retry_failed(mailing) == 2
    assert wake() == [mailing.pk]
    assert state_of(mailing) == "sending"
