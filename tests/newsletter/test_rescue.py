"""A dead worker's rows, settled from its journal; and from nothing, where that is gone."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter.engine import claims
from newsletter.engine.delivery import deliver
from newsletter.engine.journal import Fate, open_journal
from newsletter.engine.outcomes import Outcome, Verdict
from newsletter.engine.rescue import LOST, STOPPED, rescue
from newsletter.engine.settling import Result, settle
from newsletter.models.claims import Claim
from tests.newsletter.claiming import claimed, elsewhere, journal_of_the_dead
from tests.newsletter.sending import counts, mailing_to
from tests.sink import Sink

pytestmark = pytest.mark.django_db
NOTHING = {"sent": 0, "waiting": 0, "uncertain": 0}


@pytest.fixture(autouse=True)
def _own_journals(settings: Settings, tmp_path: Path) -> None:
    settings.LETTER_JOURNAL_DIR = tmp_path / "journal"
    settings.LETTER_LEASE_SECONDS = 60


def test_the_journal_says_what_became_of_each_row(settings: Settings) -> None:
    mailing = mailing_to(5)
    claim = claimed(mailing, 4)
    accepted, begun, refused, silent, unclaimed = mailing.deliveries.order_by("pk")
    said = {
        accepted.pk: [Fate.BEGUN, Fate.ACCEPTED],
        begun.pk: [Fate.BEGUN],
        refused.pk: [Fate.BEGUN, Fate.REFUSED],
    }
    journal_of_the_dead(claim, said)
    assert rescue(timezone.now()) == {"sent": 1, "waiting": 2, "uncertain": 1}
    found = {row.pk: row for row in mailing.deliveries.all()}
    assert (found[accepted.pk].state, found[accepted.pk].smtp_code) == ("sent", 250)
    assert (found[begun.pk].state, found[begun.pk].error) == ("uncertain", STOPPED)
    assert {found[row.pk].state for row in (refused, silent, unclaimed)} == {"pending"}
    assert not Claim.objects.exists()
    assert list(settings.LETTER_JOURNAL_DIR.iterdir()) == []
    assert rescue(timezone.now()) == NOTHING


def test_a_worker_that_holds_its_journal_lives_however_silent(settings: Settings) -> None:
    mailing = mailing_to(2)
    claim = claimed(mailing, 2, silent=timedelta(days=1))
    journal = open_journal(claim)
    try:
        assert rescue(timezone.now()) == NOTHING
        assert counts(mailing) == {"submitting": 2}
    finally:
        journal.discard()


def test_a_worker_elsewhere_has_five_leases_to_come_back() -> None:
    mailing = mailing_to(3)
    elsewhere(claimed(mailing, 2, silent=timedelta(seconds=299)))
    assert rescue(timezone.now()) == NOTHING
    assert rescue(timezone.now() + timedelta(seconds=2)) == NOTHING | {"uncertain": 2}
    assert set(mailing.deliveries.filter(state="uncertain").values_list("error")) == {(LOST,)}
    assert counts(mailing) == {"uncertain": 2, "pending": 1}


def test_a_sign_of_life_from_the_future_does_not_last() -> None:
    """The clock was put back an hour."""
    mailing, now = mailing_to(1), timezone.now()
    elsewhere(claimed(mailing, 1))
    Claim.objects.update(seen_at=now + timedelta(hours=1))
    assert not claims.living(now).exists()
    assert rescue(now) == NOTHING
    assert Claim.objects.get().seen_at == now
    assert rescue(now + timedelta(seconds=301)) == NOTHING | {"uncertain": 1}


def test_a_dead_worker_leaves_its_place_at_once(settings: Settings) -> None:
    settings.LETTER_WORKERS = 1
    mailing = mailing_to(3)
    claim = claimed(mailing, 2)
    first = mailing.deliveries.first()
    journal_of_the_dead(claim, {first.pk: [Fate.BEGUN]})
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        assert deliver(mailing.pk) is False
        assert len(sink.taken) == 2
    assert counts(mailing) == {"sent": 2, "uncertain": 1}


def test_enough_live_workers_are_left_alone(settings: Settings) -> None:
    settings.LETTER_WORKERS = 2
    mailing = mailing_to(3)
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        elsewhere(claimed(mailing, 1))
        elsewhere(claimed(mailing, 1))
        assert deliver(mailing.pk) is False
        assert sink.greetings == 0
        settings.LETTER_WORKERS = 3
        assert deliver(mailing.pk) is False
        assert len(sink.taken) == 1
    assert counts(mailing) == {"submitting": 2, "sent": 1}


def test_an_answer_that_comes_after_the_rescue_corrects_uncertain() -> None:
    mailing = mailing_to(2)
    claim = claimed(mailing, 2, silent=timedelta(seconds=301))
    elsewhere(claim)
    rescue(timezone.now())
    rows = [
        claims.Row(row.pk, row.email, row.token, 0, row.content_id)
        for row in mailing.deliveries.order_by("pk")
    ]
    accepted = Result(rows[0], Outcome(Verdict.SENT, 250))
    assert settle(mailing.pk, claim, [accepted]).final == 1
    assert counts(mailing) == {"sent": 1, "uncertain": 1}


def test_an_answer_for_another_claim_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    mailing = mailing_to(1)
    claimed(mailing, 1)
    row = mailing.deliveries.get()
    mine = claims.Row(row.pk, row.email, row.token, 0, row.content_id)
    settle(mailing.pk, uuid4(), [Result(mine, Outcome(Verdict.FAILED, 550, "x"))])
    assert counts(mailing) == {"submitting": 1}
    assert "delivery.settled_elsewhere" in caplog.text
