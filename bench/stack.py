"""A PostgreSQL, a Redis, workers and a beat that belong to one bench or fault, on free ports.

Everything lives in a temporary folder and dies with the block: `with Stack() as stack: …`.
PostgreSQL refuses to run as root: it then runs as `postgres` or `nobody`.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
import redis

from tests.processes import ROOT, Runs, manage
from tests.sink import free_port

STATEMENTS = "shared_preload_libraries=pg_stat_statements"
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def postgres_binaries() -> Path | None:
    """The folder of `initdb` and `postgres`, the newest; None where there is none."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((f.parent for f in folders), key=lambda f: int(f.parent.name), default=None)


@contextmanager
def pinned(cores: set[int] | None) -> Iterator[None]:
    """What is started inside runs on these cores only."""
    before = os.sched_getaffinity(0)
    if cores and cores <= before:
        os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its descendants, those that ended included."""
    ticks = 0
    for one in family(pid):
        with suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))  # its own, and its ended children's
    return ticks / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and its living descendants."""
    found = [pid]
    for one in found:
        with suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def megabytes(pid: int, name: str = "VmHWM") -> float:
    """`name` (VmRSS now, VmHWM at its peak) of a process."""
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1]) / 1024


def end_politely() -> None:
    """SIGTERM ends the bench as an exception does: what it started dies with it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


class Cluster:
    """A PostgreSQL server of its own."""

    def __init__(self, folder: Path) -> None:
        binaries = postgres_binaries()
        if binaries is None:
            raise SystemExit("PostgreSQL is not installed: no initdb.")
        self.binaries, self.data, self.port = binaries, folder / "pg", free_port()
        self.log = (folder / "postgres.log").open("ab")
        self.identity: dict[str, Any] = {}
        self.data.mkdir()
        if os.geteuid() == 0:
            names = {user.pw_name: user for user in pwd.getpwall()}
            user = names.get("postgres") or names["nobody"]
            os.chown(self.data, user.pw_uid, user.pw_gid)
            self.identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self.run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
        self.start()

    def run(self, name: str, *arguments: object) -> None:
        subprocess.run(
            [str(self.binaries / name), *map(str, arguments)],
            check=True,
            cwd="/",
            **QUIET,
            **self.identity,
        )

    def start(self) -> None:
        options = [f"port={self.port}", "listen_addresses=127.0.0.1", "max_connections=200"]
        options += ["unix_socket_directories=", STATEMENTS]
        command = [str(self.binaries / "postgres"), "-D", str(self.data)]
        for option in options:
            command += ["-c", option]
        self.process = subprocess.Popen(
            command, stdout=self.log, stderr=self.log, cwd="/", start_new_session=True,
            **self.identity,
        )  # fmt: skip
        for _ in range(200):
            with suppress(psycopg.OperationalError), psycopg.connect(self.url("postgres")):
                return
            time.sleep(0.1)
        raise RuntimeError("PostgreSQL did not start.")

    def stop(self, how: int = signal.SIGINT) -> None:
        """SIGINT: fast, connections cut. SIGQUIT: as a crash."""
        self.process.send_signal(how)
        self.process.wait(timeout=60)

    def url(self, database: str) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def admin(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as server:
            server.execute(statement)


class Broker:
    """A Redis of its own, which keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        words = f"redis-server --port {self.port} --bind 127.0.0.1 --appendonly no --save"
        command = [*words.split(), "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(command, start_new_session=True, **QUIET)
        for _ in range(100):
            with suppress(redis.ConnectionError), self.client() as client:
                client.ping()
                return
            time.sleep(0.05)
        raise RuntimeError("Redis did not start.")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)


class Stack:
    """One PostgreSQL with a migrated template, one Redis, and what is started on them."""

    def __init__(self, *, service_cores: set[int] | None = None) -> None:
        self.service_cores = service_cores
        self.exits = ExitStack()

    def __enter__(self) -> "Stack":
        with ExitStack() as undo:
            self.folder = Path(tempfile.mkdtemp(prefix="eqc-bench-"))
            self.folder.chmod(0o755)
            undo.callback(shutil.rmtree, self.folder, ignore_errors=True)
            with pinned(self.service_cores):
                self.cluster = Cluster(self.folder)
                undo.callback(self.cluster.log.close)
                undo.callback(lambda: self.cluster.stop(signal.SIGQUIT))
                self.broker = Broker(self.folder)
                undo.callback(self.broker.stop)
            self.database("base")
            manage(self.environment("base"), "migrate", "--verbosity", "0")
            self.exits = undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.exits.close()

    def database(self, name: str, template: str = "template0") -> str:
        self.cluster.admin(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.cluster.url(name)

    def environment(self, database: str, relay: str = "smtp://127.0.0.1:1", **more: object) -> dict:
        """Environment of a process of the system; `more` are settings (LETTER_…)."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LETTER_", "SMTP_"))}
        journal = self.folder / "journal"
        journal.mkdir(exist_ok=True)
        return kept | {
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "DATABASE_URL": self.cluster.url(database),
            "REDIS_URL": self.broker.url,
            "SMTP_URL": relay,
            "LETTER_JOURNAL_DIR": str(journal),
            "PYTHONPATH": str(ROOT),
            "OPENBLAS_NUM_THREADS": "1",
            **{name: str(value) for name, value in more.items()},
        }

    @contextmanager
    def celery(
        self,
        environment: dict[str, str],
        *words: str,
        log: str = "worker.log",
        cores: set[int] | None = None,
    ) -> Iterator[Runs]:
        """`celery -A config WORDS…`, killed at the end."""
        command = [sys.executable, "-m", "celery", "-A", "config", *words, "-l", "INFO"]
        runs = Runs(command, environment, self.folder / log)
        with pinned(cores):
            runs.start()
        try:
            yield runs
        finally:
            runs.kill()

    def worker(
        self, environment: dict[str, str], *, processes: int = 1, name: str = "w", **how: Any
    ) -> Any:
        """A worker that is ready when its log says so (`ready`)."""
        words = f"worker --without-mingle --without-gossip -c {processes} -n {name}@%h".split()
        return self.celery(environment, *words, log=f"{name}.log", **how)

    def beat(self, environment: dict[str, str], name: str = "beat", **how: Any) -> Any:
        words = ["beat", "-s", str(self.folder / f"{name}.schedule"), "--pidfile="]
        return self.celery(environment, *words, log=f"{name}.log", **how)

    def said(self, log: str, words: str) -> int:
        """How many lines of a log hold `words`."""
        file = self.folder / log
        return file.read_text("utf-8", "replace").count(words) if file.exists() else 0

    def keep_logs(self, to: Path) -> None:
        to.mkdir(parents=True, exist_ok=True)
        for file in self.folder.glob("*.log"):
            shutil.copy(file, to / file.name)
