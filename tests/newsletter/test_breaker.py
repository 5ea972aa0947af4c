from typing import Any

import pytest
from pytest_django.fixtures import Settings
from wagtail.models import PageLogEntry

from newsletter.engine import steering
from newsletter.engine.breaker import Limits, Tally, judge, judge_first
from newsletter.engine.delivery import deliver
from newsletter.models import Mailing
from tests.newsletter.sending import counts, mailing_to
from tests.sink import Sink

LIMITS = Limits(run=5, percent=10, minimum=50)


@pytest.mark.parametrize(
    ("tally", "broken"),
    [
        (Tally(0, 4, 4), False),
        (Tally(0, 5, 5), True),
        (Tally(1000, 5, 5), True),
        (Tally(44, 5, 1), False),  # 49 are known
        (Tally(45, 5, 1), True),  # 10 % of 50
        (Tally(46, 5, 1), False),
        (Tally(0, 0, 0), False),
    ],
)
def test_a_run_or_a_share_of_refusals_breaks(tally: Tally, broken: bool) -> None:
    assert bool(judge(tally, LIMITS)) is broken
    assert judge(tally, Limits(run=0, percent=0, minimum=0)) == ""


def test_the_words_say_how_many() -> None:
    assert judge(Tally(0, 25, 25), Limits(25, 10, 50)) == (
        "25 refus d'affilée\u00a0: quelque chose ne va pas chez le relais."
    )
    assert judge(Tally(90, 10, 1), Limits(25, 7.5, 50)) == (
        "10 refus sur 100 envois\u00a0: au-delà de 7,5\u00a0%."
    )


@pytest.mark.parametrize(
    ("accepted", "failed", "broken"), [(0, 1, False), (2, 1, False), (18, 2, False), (17, 2, True)]
)
def test_of_the_first_ones_a_share_is_enough_beyond_one(
    accepted: int, failed: int, broken: bool
) -> None:
    assert bool(judge_first(Tally(accepted, failed, 0), LIMITS)) is broken


def refusing(numbers: range) -> Sink:
    return Sink(at_recipient={f"lecteur{n}@exemple.fr": "550 5.1.1 Unknown" for n in numbers})


@pytest.fixture
def _one_by_one(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.LETTER_CONNECTIONS = 1
    monkeypatch.setattr("newsletter.engine.recording.SETTLE_ROWS", 1)
    monkeypatch.setattr(steering, "ring", lambda mailing_id: True)


@pytest.mark.django_db
@pytest.mark.usefixtures("_one_by_one")
def test_refusals_one_after_another_pause_the_mailing_and_a_person_resumes(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr("newsletter.engine.pauses.tell_pause", told.append)
    settings.LETTER_BREAKER_RUN, settings.LETTER_BATCH = 3, 3
    mailing = mailing_to(12)
    with refusing(range(1, 10)) as sink:
        settings.SMTP_URL = sink.url
        assert deliver(mailing.pk) is False
        mailing.refresh_from_db()
        assert mailing.state == "paused"
        assert mailing.note.startswith("3 refus d'affilée")
        assert (mailing.run_failed, mailing.failed_in_row) == (3, 3)
        assert counts(mailing) == {"failed": 3, "pending": 9}
        assert sink.addresses == []
        assert told == [mailing]
        entry = PageLogEntry.objects.get(page=mailing.issue_id, action="newsletter.pause")
        assert entry.message == f"Envoi mis en pause\u00a0: {mailing.note}"
        assert steering.resume(mailing).run_failed == 0
        sink.at_recipient.clear()
        assert deliver(mailing.pk) is False
    assert Mailing.objects.get().state == "sent"


@pytest.mark.django_db
@pytest.mark.usefixtures("_one_by_one")
def test_an_acceptance_ends_a_run(settings: Settings) -> None:
    settings.LETTER_BREAKER_RUN = 3
    mailing = mailing_to(9)
    with refusing(range(1, 3)) as sink:
        sink.at_recipient |= {"lecteur4@exemple.fr": "550 5.1.1 Unknown"}
        settings.SMTP_URL = sink.url
        deliver(mailing.pk)
    mailing.refresh_from_db()
    assert (mailing.state, mailing.run_accepted, mailing.run_failed) == ("sent", 6, 3)
    assert mailing.failed_in_row == 0
