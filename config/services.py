"""The processes that a bare machine lends: an embedded Redis and a Celery worker with beat."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings

from config.celery import app
from config.embedded import embedded_redis

START_SECONDS = 60


class WorkerError(RuntimeError):
    """The worker does not start; the message says where its log lies."""


def worker_answers(timeout: float = 1.0) -> bool:
    """Whether a worker of this site listens on the broker."""
    try:
        return bool(app.control.ping(timeout=timeout))
    except OSError:
        return False


@contextmanager
def worker(log: Path) -> Iterator[None]:
    """A real worker with beat for the length of the block; stopped by a warm shutdown.

    Raises:
        WorkerError: it stops, or does not answer within a minute.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    # One process: SQLite has one writer, and a demo's machine may have one core.
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-B", "--loglevel=INFO"]
    command += ["--concurrency=1", "--without-gossip", "--without-mingle"]
    command += [f"--schedule={log.parent / 'celerybeat-schedule'}"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, stdout=output, stderr=output, start_new_session=True
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not worker_answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise WorkerError(f"Le worker Celery ne démarre pas ; son journal : {log}")
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()


@contextmanager
def borrowed_worker() -> Iterator[None]:
    """For a command that waits on a task, where no broker was named: what runs already is
    joined, what is missing is started and stopped again."""
    with ExitStack() as stack:
        stack.enter_context(embedded_redis(settings.BASE_DIR))
        if not worker_answers():
            stack.enter_context(worker(settings.VAR_DIR / "log" / "worker.log"))
        yield
