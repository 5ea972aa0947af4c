"""Mail owed to one reader, whatever the relay and the workers do: tried again, given up, once."""

import logging
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from newsletter.models import ReaderMail, Subscription, Suppression
from newsletter.readers import mails, subscriptions
from newsletter.readers.subscriptions import end
from newsletter.tasks import post_mail
from tests.newsletter.sending import bulletin, reader
from tests.newsletter.test_reader_mails import TO, Kind, owed, through
from tests.sink import Sink, free_port

pytestmark = pytest.mark.django_db


# A relay in a bad mood ------------------------------------------------------------------


def test_a_relay_that_says_later_is_asked_later_then_takes_it(settings):
    with Sink(at_recipient={TO: "451 4.7.1 Greylisted"}) as sink:
        through(settings, sink)
        row = owed()
        assert mails.post_due() == 1
        row.refresh_from_db()
        assert (row.state, row.tries, row.claimed_at) == ("pending", 1, None)
        assert 50 < (row.next_try_at - timezone.now()).total_seconds() <= 60
        assert mails.post_due() == 0
        sink.at_recipient.clear()
        ReaderMail.objects.update(next_try_at=timezone.now())
        assert mails.post_due() == 1
    assert [address for address, _ in sink.taken] == [TO]
    row.refresh_from_db()
    assert (row.state, row.tries) == ("sent", 2)


def test_an_address_refused_for_good_is_given_up_at_once_without_naming_it(settings, caplog):
    with Sink(at_recipient={TO: f"550 5.1.1 <{TO}>: unknown"}) as sink:
        through(settings, sink)
        row = owed()
        mails.post_due()
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", "550 5.1.1 <…>: unknown")
    assert "reader_mail.failed" in caplog.text
    assert "jeanne" not in caplog.text + row.error


def test_a_relay_that_is_away_ends_the_turn_and_the_next_takes_all_up(settings, caplog):
    caplog.set_level(logging.WARNING)
    settings.EMAIL_BACKEND = "newsletter.engine.smtp.UrlEmailBackend"
    settings.SMTP_URL = f"smtp://127.0.0.1:{free_port()}"
    owed()
    ReaderMail.objects.create(kind=Kind.CONFIRM, subscription=reader("b@exemple.fr", "pending"))
    assert mails.post_due() == 0
    assert list(ReaderMail.objects.order_by("pk").values_list("tries", flat=True)) == [1, 0]
    assert caplog.text.count("reader_mail.postponed") == 1
    with Sink() as sink:
        settings.SMTP_URL = f"smtp://127.0.0.1:{sink.port}"
        ReaderMail.objects.update(next_try_at=None)
        assert mails.post_due() == 2
        assert sink.greetings == 1  # one conversation for all
    assert len(sink.taken) == 2


def test_one_that_is_cut_in_the_middle_does_not_spoil_the_others(settings):
    with Sink(after_body={TO: "drop"}) as sink:
        through(settings, sink)
        owed()
        ReaderMail.objects.create(kind=Kind.CONFIRM, subscription=reader("b@exemple.fr", "pending"))
        mails.post_due()
        mails.post_due()
    assert [address for address, _ in sink.taken] == ["b@exemple.fr"]
    assert set(ReaderMail.objects.values_list("state", flat=True)) == {"pending", "sent"}


def test_after_a_dozen_tries_it_is_given_up(settings, caplog):
    with Sink(at_recipient={TO: "451 4.3.0 Later"}) as sink:
        through(settings, sink)
        row = owed(tries=mails.MAX_TRIES - 1)
        mails.post_due()
    row.refresh_from_db()
    assert (row.state, row.tries) == ("failed", mails.MAX_TRIES)


def test_the_beat_takes_up_what_no_bell_was_heard_for(settings, monkeypatch):
    entry = settings.CELERY_BEAT_SCHEDULE["post-reader-mail"]
    assert (entry["task"], entry["schedule"]) == (post_mail.name, settings.BEAT_SECONDS)
    rung: list[str] = []
    monkeypatch.setattr(mails, "ring_task", rung.append)
    owed()
    post_mail()
    assert len(mail.outbox) == 1
    assert rung == []


def test_more_than_a_batch_rings_for_the_rest(monkeypatch):
    rung: list[str] = []
    monkeypatch.setattr(mails, "ring_task", rung.append)
    monkeypatch.setattr(mails, "BATCH", 1)
    monkeypatch.setattr(mails.post_due, "__defaults__", (1,))
    owed()
    ReaderMail.objects.create(kind=Kind.CONFIRM, subscription=reader("b@exemple.fr", "pending"))
    post_mail()
    assert len(mail.outbox) == 1
    assert rung == ["newsletter.post_mail"]


# Two workers, and one that dies ---------------------------------------------------------


def test_a_mail_in_another_workers_hands_is_left_alone_until_its_lease_runs_out():
    row = owed(claimed_at=timezone.now(), tries=1)
    assert mails.post_due() == 0
    assert mail.outbox == []
    ReaderMail.objects.update(claimed_at=timezone.now() - mails.LEASE - timedelta(seconds=1))
    assert mails.post_due() == 1
    row.refresh_from_db()
    assert (row.state, row.tries) == ("sent", 2)


def test_of_two_workers_one_takes_it():
    row = owed()
    assert mails._claimed(row.pk) is not None
    assert mails._claimed(row.pk) is None


def test_a_slow_worker_does_not_undo_what_another_has_settled():
    row = owed()
    slow = mails._claimed(row.pk)
    ReaderMail.objects.update(claimed_at=timezone.now() + timedelta(seconds=1), state="sent")
    mails._note_refusal(slow, "451 4.3.0 Later")
    row.refresh_from_db()
    assert (row.state, row.error) == ("sent", "")


def test_a_clock_put_back_holds_nothing_up():
    later = timezone.now() + timedelta(hours=5)
    owed(next_try_at=later, claimed_at=later)
    assert mails.post_due() == 1
    assert len(mail.outbox) == 1


def test_one_that_kills_its_worker_each_time_is_given_up():
    row = owed(tries=mails.MAX_TRIES)
    assert mails.post_due() == 1
    assert mail.outbox == []
    row.refresh_from_db()
    assert row.state == "failed"


# Who must not be written to -------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind.values)
@pytest.mark.parametrize("reason", ["complaint", "admin"])
def test_nothing_leaves_for_who_was_suppressed_since(kind: str, reason: str):
    row = owed(kind, "pending" if kind == Kind.CONFIRM else "confirmed")
    Suppression.objects.hold(TO, reason)
    assert mails.post_due() == 1
    assert mail.outbox == []
    row.refresh_from_db()
    assert (row.state, row.sent_at) == ("failed", None)


@pytest.mark.parametrize("kind", [Kind.CONFIRM, Kind.ALREADY, Kind.WELCOME])
def test_nothing_of_a_bulletin_leaves_for_who_has_left_since(kind: str):
    row = owed(kind, "confirmed")
    end(row.subscription, "mail")
    mails.post_due()
    assert mail.outbox == []


def test_what_was_owed_to_an_erased_person_is_forgotten():
    row = owed()
    subscriptions.erase(row.subscription.subscriber)
    assert mails.post_due() == 0
    assert not ReaderMail.objects.exists()
    assert not Subscription.objects.exists()


def test_a_mail_that_can_not_be_written_keeps_nobody_elses_from_leaving(settings):
    """A sender whose domain no header holds as it is."""
    strange = bulletin("etrange", sender_email="veille@médiathèque.fr")
    pending = [reader("un@exemple.fr", "pending", strange), reader("deux@exemple.fr", "pending")]
    for one in pending:
        ReaderMail.objects.create(subscription=one, kind="confirm")
    with Sink() as sink:
        through(settings, sink)
        assert mails.post_due() == 2
        assert sink.addresses == ["deux@exemple.fr"]
    broken = ReaderMail.objects.get(subscription=pending[0])
    assert (broken.state, broken.tries, broken.error) == ("pending", 1, "UnicodeEncodeError")
    assert broken.next_try_at > timezone.now()
