"""Rounds of the real system against sinks: what every measure of the sending is made of."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from bench.campaign import Campaign, campaign
from bench.letters import contents, write
from bench.sending.relay import Relay
from bench.stack import Stack, cpu_seconds, family, pinned
from tests.processes import ROOT, Runs, wait

SENDER_CORE, SERVICE_CORE = 0, 1
RECEIVED = re.compile(r"Task newsletter\.deliver\[[^]]+\] received")


@dataclass(frozen=True)
class Round:
    """One whole mailing: readers a second, µs of the worker's CPU a reader."""

    readers: int
    seconds: float
    cpu: float
    tasks: int = 0
    sink_cpu: float = 0.0
    sql: float = 0.0  # µs a reader within PostgreSQL's statements
    database_cpu: float = 0.0  # µs a reader of CPU of PostgreSQL's processes

    @property
    def rate(self) -> float:
        return self.readers / self.seconds


@contextmanager
def rig(full: bool) -> Iterator["Rig"]:
    write()
    cores = {SERVICE_CORE} if SERVICE_CORE in os.sched_getaffinity(0) else None
    with Stack(service_cores=cores) as stack, pinned(cores):
        yield Rig(stack, full)


@dataclass
class Rig:
    stack: Stack
    full: bool
    made: int = 0

    @property
    def rounds(self) -> int:
        return 9 if self.full else 5

    def campaign(self, readers: int) -> Campaign:
        self.made += 1
        found = campaign(self.stack, f"bench{self.made}", readers, contents())
        found.run("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        return found

    @contextmanager
    def worker(
        self,
        made: Campaign,
        relay: Relay,
        *,
        processes: int = 1,
        cores: set[int] | None = None,
        name: str = "w",
        **settings: object,
    ) -> Iterator[Runs]:
        """A worker that waits for its first task. `cores`: None where it may run anywhere."""
        environment = self.stack.environment(
            made.database,
            relay.url,
            **{"LETTER_CONNECTIONS": 1, "LETTER_CANARY": 0, "LETTER_WORKERS": processes} | settings,
        )
        environment |= trusting(relay)
        (self.stack.folder / f"{name}.log").unlink(missing_ok=True)
        everywhere = cores or set(range(os.cpu_count() or 1))
        with self.stack.worker(
            environment, processes=processes, name=name, cores=everywhere
        ) as runs:
            wait("the worker is ready", partial(self.stack.said, f"{name}.log", " ready."), 60)
            yield runs

    def round(
        self,
        made: Campaign,
        relay: Relay,
        worker: Runs,
        readers: int,
        *,
        bells: int = 1,
        name: str = "w",
    ) -> Round:
        """The mailing from its start to « sent », the sink empty before."""
        made.rewind(readers)
        made.run("SELECT pg_stat_statements_reset()")
        relay.reset()
        log, pid = self.stack.folder / f"{name}.log", worker.started[-1].pid
        postgres = self.stack.cluster.process.pid
        before = len(RECEIVED.findall(log.read_text("utf-8")))
        cpu, database_cpu = cpu_seconds(pid), cpu_seconds(postgres)
        start = time.perf_counter()
        made.start(bells)
        made.wait(300)
        seconds = time.perf_counter() - start
        cpu, database_cpu = cpu_seconds(pid) - cpu, cpu_seconds(postgres) - database_cpu
        taken = relay.stats()
        if taken["messages"] != readers:
            raise RuntimeError(f"{taken['messages']} messages for {readers} readers")
        ((sql,),) = made.query(
            "SELECT sum(total_exec_time) * 1000 FROM pg_stat_statements WHERE query ~ 'newsletter_'"
            " AND query !~ '^(SELECT state FROM newsletter_mailing|TRUNCATE|VACUUM)'"
        )
        return Round(
            readers,
            seconds,
            cpu / readers * 1e6,
            len(RECEIVED.findall(log.read_text("utf-8"))) - before,
            taken["cpu_us"] / readers,
            float(sql or 0) / readers,
            database_cpu / readers * 1e6,
        )


def trusting(relay: Relay) -> dict[str, str]:
    """The environment of who must believe the relay's certificate."""
    return {"SSL_CERT_FILE": str(relay.certificate)} if relay.tls else {}


def baseline(name: str, relay: Relay, count: int, cores: set[int] | None = None) -> Round:
    """One run of a baseline in a process of its own."""
    relay.reset()
    words = [name, str(relay.port), str(count), *(["tls"] if relay.tls else [])]
    with pinned(cores or set(range(os.cpu_count() or 1))):
        done = subprocess.run(
            [sys.executable, "-m", "bench.sending.baselines", *words],
            cwd=ROOT,
            env=os.environ | trusting(relay),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found = json.loads(done.stdout.splitlines()[-1])
    sink = relay.stats()["cpu_us"] / count
    return Round(count, found["seconds"], found["cpu"] / count * 1e6, 0, sink)


def peak_of_children(pid: int) -> list[int]:
    """The processes of a worker that send: its children."""
    return family(pid)[1:]
