import os
import subprocess
import sys
from pathlib import Path

import pytest

from newsletter import tasks
from newsletter.models import JobRun, Mailing
from tests.newsletter.sending import counts, mailing_to
from tests.sink import Sink, free_port

pytestmark = pytest.mark.django_db


def test_one_ring_sends_batch_after_batch_to_the_end(settings):
    mailing = mailing_to(7, state="ready")
    settings.LETTER_BATCH = 3
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        tasks.deliver(mailing.pk)
        assert len(set(sink.addresses)) == len(sink.addresses) == 7
    assert (Mailing.objects.get().state, counts(mailing)) == ("sent", {"sent": 7})


def test_the_beat_finishes_a_mailing_whose_bell_was_lost(settings):
    mailing = mailing_to(4)
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        tasks.wake()
        tasks.wake()
        assert len(sink.taken) == 4
    assert Mailing.objects.get().state == "sent"
    assert counts(mailing) == {"sent": 4}


def test_ringing_for_nothing_does_nothing(settings):
    mailing = mailing_to(2, state="cancelled")
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        tasks.deliver(mailing.pk)
        tasks.deliver(999_999)
        assert sink.taken == []


@pytest.mark.flow
def test_a_broker_that_is_down_is_told_at_once_and_does_not_raise():
    program = (
        "import django, time; django.setup(); from newsletter.engine.bells import ring; "
        "begun = time.monotonic(); print(ring(1), time.monotonic() - begun < 2)"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).resolve().parents[2],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False", "True"]
    assert "task.not_rung" in done.stderr


def test_forgetting_is_a_task():
    tasks.forget()
    assert JobRun.objects.get().error == ""
