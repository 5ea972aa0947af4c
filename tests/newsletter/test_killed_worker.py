"""A real worker killed in the middle of a real mailing, and Redis flushed meanwhile."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
import redis

from config.embedded import embedded_redis, embedded_redis_url
from tests.sink import free_port

ROOT = Path(__file__).resolve().parents[2]
READERS, WORKERS = 1000, 2
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


@contextmanager
def own_database(folder: Path) -> Iterator[str]:
    """The URL of an empty database that nothing else uses."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield f"sqlite:///{folder / 'db.sqlite3'}"
        return
    name = f"eqc_killed_{uuid4().hex[:8]}"
    admin = urlunsplit(urlsplit(given)._replace(path="/postgres"))
    with closing(psycopg.connect(admin, autocommit=True)) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def own_redis(folder: Path) -> Iterator[str]:
    """The Redis of the environment, or one embedded for this test alone."""
    if given := os.environ.get("REDIS_URL", ""):
        yield given
        return
    with embedded_redis(folder):
        yield embedded_redis_url(folder)


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[list]:
    """Processes of `command`, the latest last in the list; whatever lives at the end is killed."""
    started: list[subprocess.Popen] = []

    def start() -> None:
        with log.open("ab") as output:
            started.append(
                subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=environment,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            )

    start()
    try:
        yield [started, start]
    finally:
        for process in started:
            kill(process)


def kill(process: subprocess.Popen) -> None:
    """kill -9 to the whole process group: the parent and its children at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=10)


def query(database: str, sql: str) -> list[tuple]:
    if database.startswith("sqlite"):
        with closing(sqlite3.connect(database.removeprefix("sqlite:///"), timeout=30)) as file:
            return file.execute(sql).fetchall()
    with closing(psycopg.connect(database)) as server:
        return server.execute(sql).fetchall()


def wait(what: str, done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"still not: {what}"
        time.sleep(0.1)


@pytest.mark.flow
def test_a_killed_worker_writes_to_nobody_twice_and_forgets_nobody(tmp_path: Path):
    port, journal = free_port(), tmp_path / "journal"
    journal.touch()
    with own_database(tmp_path) as database, own_redis(tmp_path) as broker:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATABASE_URL": database,
            "REDIS_URL": broker,
            "SMTP_URL": f"smtp://127.0.0.1:{port}",
            "BEAT_SECONDS": "1",
            "LETTER_BATCH": "50",
            "LETTER_LEASE_SECONDS": "3",
            "PYTHONPATH": str(ROOT),
        }

        def manage(*arguments: str) -> str:
            command = [sys.executable, "manage.py", *arguments]
            done = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
            return done.stdout

        def taken() -> list[str]:
            return journal.read_text().splitlines()

        def states() -> Counter:
            return Counter(dict(query(database, COUNT)))

        sink = [sys.executable, "-m", "tests.sink", str(port), str(journal), "0.004"]
        worker = [
            *(sys.executable, "-m", "celery", "-A", "config", "worker", "-B"),
            *("-c", str(WORKERS), "-s", str(tmp_path / "beat"), "--without-mingle"),
        ]
        manage("migrate", "--verbosity", "0")
        page = manage("shell", "-v", "0", "-c", SEED % READERS).split()[-1]
        client = redis.Redis.from_url(broker)
        with (
            closing(client),
            running(sink, environment, tmp_path / "sink.log"),
            running(worker, environment, tmp_path / "worker.log") as (workers, start_worker),
        ):
            client.flushdb()
            report = json.loads(manage("send_issue", page, "--json"))
            assert report["recipients"] == READERS
            wait("the mailing is under way", lambda: len(taken()) > 250, 40)
            kill(workers[-1])
            at_kill = len(taken())
            assert at_kill < READERS
            client.flushdb()
            start_worker()
            wait("it goes on", lambda: len(taken()) > at_kill + 100, 40)
            client.flushdb()
            wait("nothing waits", lambda: not states().keys() & {"pending", "submitting"}, 60)
            wait("it is sent", lambda: query(database, STATE) == [("sent",)], 10)
        received = Counter(taken())
        assert [address for address, times in received.items() if times > 1] == []
        found = states()
        assert found["sent"] + found["uncertain"] == READERS
        assert found["uncertain"] <= WORKERS
        uncertain = {email for (email,) in query(database, UNCERTAIN)}
        assert len(received.keys() | uncertain) == READERS


COUNT = "SELECT state, count(*) FROM newsletter_delivery GROUP BY state"
STATE = "SELECT state FROM newsletter_mailing"
UNCERTAIN = "SELECT email FROM newsletter_delivery WHERE state = 'uncertain'"
