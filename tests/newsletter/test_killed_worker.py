"""A real worker killed in the middle of a real mailing, and Redis flushed meanwhile."""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import redis

from tests.processes import ROOT, manage, own_database, own_redis, query, running, wait
from tests.sink import free_port

READERS, WORKERS, CONNECTIONS = 2000, 2, 4
COUNT = "SELECT state, count(*) FROM newsletter_delivery GROUP BY state"
STATE = "SELECT state FROM newsletter_mailing"
UNCERTAIN = "SELECT email FROM newsletter_delivery WHERE state = 'uncertain'"
SEED = """
from tests.newsletter.sending import bulletin, issue
from django.utils import timezone
from newsletter.models import Subscriber, Subscription
page, now = issue(), timezone.now()
people = Subscriber.objects.bulk_create(
    Subscriber(email=f"lecteur{n}@exemple.fr") for n in range(%d)
)
Subscription.objects.bulk_create(
    Subscription(subscriber=one, bulletin=bulletin(), status="confirmed", requested_at=now,
                 confirmed_at=now) for one in people
)
print(page.pk)
"""


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An empty database, a flushed Redis, a slow relay that writes down whom it took."""
    port = free_port()
    with own_database(tmp_path) as database, own_redis(tmp_path) as broker:
        variables = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATABASE_URL": database,
            "REDIS_URL": broker,
            "SMTP_URL": f"smtp://127.0.0.1:{port}",
            "BEAT_SECONDS": "1",
            "LETTER_BATCH": "50",
            "LETTER_WORKERS": str(WORKERS),
            "LETTER_CONNECTIONS": str(CONNECTIONS),
            "LETTER_JOURNAL_DIR": str(tmp_path / "journals"),
            "PYTHONPATH": str(ROOT),
        }
        journal = tmp_path / "journal"
        journal.touch()
        sink = [sys.executable, "-m", "tests.sink", str(port), str(journal), "0.02"]
        with closing(redis.Redis.from_url(broker)) as client:
            client.flushdb()
        manage(variables, "migrate", "--verbosity", "0")
        with running(sink, variables, tmp_path / "sink.log"):
            yield variables


@pytest.mark.flow
def test_a_killed_worker_writes_to_nobody_twice_and_forgets_nobody(
    tmp_path: Path, environment: dict[str, str]
):
    database = environment["DATABASE_URL"]

    def taken() -> list[str]:
        return (tmp_path / "journal").read_text().splitlines()

    def states() -> Counter:
        return Counter(dict(query(database, COUNT)))

    worker = [
        *(sys.executable, "-m", "celery", "-A", "config", "worker", "-B", "--without-mingle"),
        *("-c", str(WORKERS), "-s", str(tmp_path / "beat")),
    ]
    page = manage(environment, "shell", "-v", "0", "-c", SEED % READERS).split()[-1]
    with (
        closing(redis.Redis.from_url(environment["REDIS_URL"])) as broker,
        running(worker, environment, tmp_path / "worker.log") as workers,
    ):
        report = json.loads(manage(environment, "send_issue", page, "--json"))
        assert report["recipients"] == READERS
        wait("the mailing is under way", lambda: len(taken()) > 250, 40)
        assert query(database, "SELECT count(*) FROM newsletter_claim") in ([(1,)], [(WORKERS,)])
        workers.kill()
        at_kill = len(taken())
        assert at_kill < READERS
        broker.flushdb()
        workers.start()
        wait("it goes on", lambda: len(taken()) > at_kill + 100, 40)
        broker.flushdb()
        wait("nothing waits", lambda: not states().keys() & {"pending", "submitting"}, 60)
        wait("it is closed", lambda: query(database, STATE) == [("sent",)], 10)
    received, found = Counter(taken()), states()
    assert [address for address, times in received.items() if times > 1] == []
    assert found["sent"] + found["uncertain"] == READERS
    assert found["uncertain"] <= WORKERS * CONNECTIONS
    assert list((tmp_path / "journals").iterdir()) == []
    uncertain = {email for (email,) in query(database, UNCERTAIN)}
    assert len(received.keys() | uncertain) == READERS
