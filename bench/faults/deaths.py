"""Workers that die: killed, and asked to end."""

import os
import random
import signal
import time
from collections.abc import Iterator

from bench.faults.trial import Trial, Verdict, ready, terminate
from bench.stack import Stack, family

KILLS, READERS = 10, 3000


def kills(stack: Stack, short: bool) -> Iterator[Verdict]:
    """kill -9 of the worker, whole or only the process that sends, ten times a mailing."""
    for n in range(1 if short else 3):
        yield _killed(stack, n, 5 if short else KILLS)


def _killed(stack: Stack, rank: int, times: int) -> Verdict:
    chance = random.Random(rank)  # noqa: S311 — which process dies, not a secret
    with Trial.of(stack, f"kill{rank}", READERS) as trial:
        trial.open_relay(delay_ms=10)
        worker = trial.open_worker()
        trial.open_beat()
        ready(trial)
        trial.made.start()
        resumed = []
        for n in range(times):
            trial.wait_taken((n + 1) * READERS // (times + 2) + chance.randrange(60))
            children = family(worker.started[-1].pid)[1:]
            whole = n % 2 == 0 or not children
            if whole:
                worker.kill()
            else:
                os.kill(children[0], signal.SIGKILL)
            at = time.time()
            if whole:
                worker.start()
            trial.wait_taken(trial.received().total() + 5, 150)
            resumed.append(trial.after(at + 0.2))
        trial.wait_state("sent")
        verdict = trial.judge(uncertain=4 * times)
        verdict.figures |= {"kills": times, "resumed_s": max(resumed)}
        return verdict


def sigterm(stack: Stack, short: bool) -> Iterator[Verdict]:
    """A deploy: SIGTERM, then the new worker; nothing is even uncertain.

    To the first process alone, as `docker stop` does, then to each, as systemd does.
    """
    yield _deployed(stack, group=False)
    yield _deployed(stack, group=True)


def _deployed(stack: Stack, group: bool) -> Verdict:
    readers = 2000
    with Trial.of(stack, f"sigterm_{'group' if group else 'first'}", readers) as trial:
        trial.open_relay(delay_ms=40)
        worker = trial.open_worker()
        trial.open_beat()
        ready(trial)
        trial.made.start()
        ended, resumed = [], []
        for taken in (300, 900):
            trial.wait_taken(taken)
            ended.append(terminate(worker, group))
            at = time.time()
            worker.start()
            trial.wait_taken(trial.received().total() + 5, 150)
            resumed.append(trial.after(at))
        trial.wait_state("sent")
        verdict = trial.judge()
        verdict.figures |= {"drained_s": max(ended), "resumed_s": max(resumed)}
        verdict.must(max(ended) < 10, "SIGTERM takes 10 seconds or more")
        verdict.must(min(resumed) >= 0, "nothing was left to send after SIGTERM")
        return verdict
