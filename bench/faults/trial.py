"""One mailing under a fault: who received it, what the rows say, how long it stood still."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg

from bench.campaign import Campaign, campaign
from bench.sending.relay import Relay
from bench.stack import Stack
from tests.processes import Runs, manage, wait
from tests.sink import free_port

SETTINGS = {"LETTER_CONNECTIONS": 4, "LETTER_CANARY": 0, "BEAT_SECONDS": 2}
NEVER_SENT = {"failed", "skipped"}


@dataclass
class Verdict:
    """`figures` is what is printed; `wrong` says in words what must not be."""

    name: str
    figures: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def must(self, holds: bool, words: str) -> None:
        if not holds:
            self.wrong.append(words)


@dataclass
class Trial:
    """A mailing to `readers`, a relay that writes down each recipient, workers and a beat."""

    stack: Stack
    name: str
    readers: int
    made: Campaign
    settings: dict[str, object]
    port: int
    exits: ExitStack
    relay: Relay | None = None
    workers: list[Runs] = field(default_factory=list)

    @classmethod
    @contextmanager
    def of(cls, stack: Stack, name: str, readers: int, **settings: object) -> Iterator["Trial"]:
        with ExitStack() as exits:
            made = campaign(stack, f"fault_{name}", readers)
            made.rewind(readers)
            chosen = SETTINGS | settings
            trial = cls(stack, name, readers, made, chosen, free_port(), exits)
            yield trial

    # What runs -------------------------------------------------------------------------

    def open_relay(self, **how: Any) -> Relay:
        """A relay at the trial's port; the one before is gone."""
        self.close_relay()
        record = self.stack.folder / f"{self.name}.recipients"
        self.relay = Relay(record=record, port=self.port, **how)
        self.relay.__enter__()
        self.exits.callback(self.close_relay)
        return self.relay

    def close_relay(self) -> None:
        if self.relay:
            self.relay.__exit__(None, None, None)
        self.relay = None

    @property
    def environment(self) -> dict[str, str]:
        url = self.relay.url if self.relay else f"smtp://127.0.0.1:{self.port}"
        return self.stack.environment(self.made.database, url, **self.settings)

    def open_worker(self, processes: int = 1, **more: str) -> Runs:
        name = f"{self.name}-{len(self.workers)}"
        worker = self.exits.enter_context(
            self.stack.worker(self.environment | more, processes=processes, name=name)
        )
        self.workers.append(worker)
        return worker

    def open_beat(self, name: str = "", **more: str) -> Runs:
        return self.exits.enter_context(
            self.stack.beat(self.environment | more, f"{self.name}-beat{name}")
        )

    def manage(self, *words: str) -> str:
        return manage(self.environment, *words)

    # What is seen ----------------------------------------------------------------------

    def received(self) -> Counter:
        record = self.stack.folder / f"{self.name}.recipients"
        lines = record.read_text("ascii").splitlines() if record.exists() else []
        return Counter(line.split()[1] for line in lines)

    def after(self, moment: float) -> float:
        """Seconds from `moment` (time.time()) to the next message taken; -1 when none came."""
        record = self.stack.folder / f"{self.name}.recipients"
        times = (int(line.split()[0]) / 1000 for line in record.read_text("ascii").splitlines())
        return round(next((t - moment for t in times if t > moment), -1.0), 1)

    def wait_taken(self, count: int, seconds: float = 120) -> None:
        count = min(count, self.readers)
        wait(f"{self.name}: {count} taken", lambda: self.received().total() >= count, seconds)

    def wait_state(self, *states: str, seconds: float = 150) -> str:
        """Waits through restarts of the database; the state reached, or the last one seen."""
        deadline, seen = time.monotonic() + seconds, ""
        while time.monotonic() < deadline:
            with suppress(psycopg.Error):
                seen = self.made.state()
                if seen in states:
                    return seen
            time.sleep(0.2)
        return seen

    def judge(self, *, uncertain: int = 0, failed: int = 0, ended: str = "sent") -> Verdict:
        """Nothing lost, nobody twice, at most `uncertain` unknown, exactly `failed` refused."""
        verdict = Verdict(self.name)
        rows = dict(self.made.query("SELECT email, state FROM newsletter_delivery"))
        received, states = self.received(), Counter(rows.values())
        lost = [
            email
            for email, state in rows.items()
            if email not in received and state not in NEVER_SENT | {"uncertain"}
        ]
        again = [email for email, times in received.items() if times > 1]
        state = self.made.state()
        verdict.figures = {
            "readers": len(rows),
            "received": len(received),
            "lost": len(lost),
            "doubles": len(again),
            "uncertain": states["uncertain"],
            "failed": states["failed"],
            "state": state,
        }
        verdict.must(len(rows) == self.readers, f"{len(rows)} rows for {self.readers} readers")
        verdict.must(not lost, f"lost: {len(lost)} ({[rows[e] for e in lost[:5]]})")
        verdict.must(not again, f"twice: {len(again)} ({[rows[e] for e in again[:5]]})")
        verdict.must(states["uncertain"] <= uncertain, f"uncertain > {uncertain}")
        verdict.must(states["failed"] == failed, f"failed ≠ {failed}")
        verdict.must(state == ended, f"{state}, not {ended}: {self.made.note()}")
        strangers = received.keys() - rows.keys()
        verdict.must(not strangers, f"strangers: {len(strangers)}")
        return verdict


def terminate(runs: Runs, group: bool, seconds: float = 60) -> float:
    """SIGTERM to the worker's first process, or to each; seconds until it ended."""
    process, begun = runs.started[-1], time.monotonic()
    if group:
        os.killpg(process.pid, signal.SIGTERM)
    else:
        process.send_signal(signal.SIGTERM)
    process.wait(timeout=seconds)
    return round(time.monotonic() - begun, 1)


def ready(trial: Trial) -> None:
    """Waits until the last worker listens."""
    log = f"{trial.name}-{len(trial.workers) - 1}.log"
    wait("the worker is ready", partial(trial.stack.said, log, " ready."), 60)
