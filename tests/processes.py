"""What a flow needs: a database, a Redis and processes of its own, and patience."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg

from config.embedded import embedded_redis, embedded_redis_url

ROOT = Path(__file__).resolve().parents[1]


def manage(environment: dict[str, str], *arguments: str) -> str:
    """What a management command prints, in a process of its own; it must succeed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


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
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator["Runs"]:
    """`command`, started; whatever of it lives at the end is killed."""
    runs = Runs(command, environment, log)
    runs.start()
    try:
        yield runs
    finally:
        runs.kill()


@dataclass
class Runs:
    """The successive runs of one command, each in a process group of its own."""

    command: list[str]
    environment: dict[str, str]
    log: Path
    started: list[subprocess.Popen] = field(default_factory=list)

    def start(self) -> None:
        with self.log.open("ab") as output:
            process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.started.append(process)

    def kill(self) -> None:
        """kill -9 to the whole group of the latest run: the parent and its children at once."""
        process = self.started[-1]
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
