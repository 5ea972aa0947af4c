"""The end of a worker, asked politely, and the end of its database, which is not."""

import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import Settings
from wagtail.models import Locale, Page

from newsletter.engine import draining
from newsletter.engine.delivery import deliver
from newsletter.models import Mailing
from newsletter.models.claims import Claim
from tests.newsletter.sending import counts, mailing_to
from tests.processes import manage, own_database, own_redis, query, running, wait
from tests.sink import Sink

SEED = """
from tests.newsletter.sending import mailing_to
print(mailing_to(%d, state="ready").pk)
"""


@pytest.fixture(autouse=True)
def _own_journals(settings: Settings, tmp_path: Path) -> None:
    settings.LETTER_JOURNAL_DIR = tmp_path / "journal"
    settings.LETTER_CONNECTIONS = 2


def meanwhile(sink: Sink, taken: int, act: Callable[[], object]) -> threading.Thread:
    """Does `act` once the relay has taken so many."""

    def run() -> None:
        deadline = time.monotonic() + 20
        while len(sink.taken) < taken and time.monotonic() < deadline:
            time.sleep(0.01)
        act()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db
def test_sigterm_finishes_what_is_under_way_and_gives_the_rest_back(settings: Settings) -> None:
    mailing, usual = mailing_to(60), signal.getsignal(signal.SIGTERM)
    with Sink(delay=0.03) as sink:
        settings.SMTP_URL = sink.url
        thread = meanwhile(sink, 5, lambda: os.kill(os.getpid(), signal.SIGTERM))
        begun = time.monotonic()
        assert deliver(mailing.pk) is True
        assert time.monotonic() - begun < 5
        thread.join()
        sent = len(sink.taken)
    assert 5 <= sent < 60
    assert counts(mailing) == {"sent": sent, "pending": 60 - sent}
    assert not Claim.objects.exists()
    assert signal.getsignal(signal.SIGTERM) is usual


def test_who_had_a_handler_of_their_own_has_it_called_at_the_end() -> None:
    heard: list[int] = []
    usual = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    try:
        with draining.draining() as drain:
            assert not drain.is_asked
            os.kill(os.getpid(), signal.SIGTERM)
            assert drain.is_asked
            assert heard == []
        assert heard == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, usual)


@pytest.fixture
def _leaving() -> Iterator[None]:
    yield
    draining.LEAVING[0] = 0


@pytest.mark.usefixtures("_leaving")
def test_a_child_knows_that_its_parent_leaves() -> None:
    child = os.fork()
    if not child:
        deadline = time.monotonic() + 10
        while not draining.Drain().is_asked and time.monotonic() < deadline:
            time.sleep(0.01)
        os._exit(0 if draining.Drain().is_asked else 1)
    draining.leave()
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.flow
def test_a_deploy_stops_at_once_and_the_next_worker_goes_on(tmp_path: Path) -> None:
    """SIGTERM to Celery's first process alone, as a container's stop."""
    with (
        Sink(delay=0.02) as sink,
        own_database(tmp_path) as database,
        own_redis(tmp_path) as broker,
    ):
        variables = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATABASE_URL": database,
            "REDIS_URL": broker,
            "SMTP_URL": sink.url,
            "BEAT_SECONDS": "1",
            "LETTER_CONNECTIONS": "2",
            "LETTER_JOURNAL_DIR": str(tmp_path / "journals"),
        }
        manage(variables, "migrate", "--verbosity", "0")
        manage(variables, "shell", "-v", "0", "-c", SEED % 400)
        worker = [
            *(sys.executable, "-m", "celery", "-A", "config", "worker", "-B", "--without-mingle"),
            *("-c", "1", "-s", str(tmp_path / "beat")),
        ]
        with running(worker, variables, tmp_path / "worker.log") as workers:
            wait("the mailing is under way", lambda: len(sink.taken) > 40, 40)
            first = workers.started[-1]
            first.terminate()
            first.wait(timeout=8)
            at_stop = len(sink.taken)
            assert at_stop < 300
            states = dict(
                query(database, "SELECT state, count(*) FROM newsletter_delivery GROUP BY 1")
            )
            assert states == {"sent": at_stop, "pending": 400 - at_stop}
            workers.start()
            wait("it is sent", lambda: query(database, STATE) == [("sent",)], 60)
        assert Counter(sink.addresses).most_common(1)[0][1] == 1
        assert len(sink.taken) == 400


STATE = "SELECT state FROM newsletter_mailing"


@pytest.fixture
def _root(transactional_db: None) -> None:
    """A test that really commits leaves empty tables behind."""
    Locale.objects.get_or_create(language_code="fr")
    if not Page.objects.exists():
        Page.add_root(title="Root", slug="root")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_root")
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="an SQLite file does not go away")
def test_a_database_that_restarts_loses_nothing_and_doubles_nobody(settings: Settings) -> None:
    mailing = mailing_to(60)
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid

    def cut() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
        connection.close()

    with Sink(delay=0.02) as sink:
        settings.SMTP_URL = sink.url
        thread = meanwhile(sink, 8, cut)
        again = deliver(mailing.pk)
        thread.join()
        assert again is False
        sent = len(sink.taken)
        assert 8 <= sent < 60
        assert counts(mailing) == {"sent": sent, "pending": 60 - sent}
        deliver(mailing.pk)
        assert len(set(sink.addresses)) == len(sink.taken) == 60
    assert Mailing.objects.get().state == "sent"
