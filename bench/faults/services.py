"""What stands beside the worker goes away, comes back, or speaks twice."""

import signal
import time
from collections.abc import Callable, Iterator

from bench.faults.trial import Trial, Verdict, ready
from bench.stack import Stack

LIMIT = 120  # seconds in which a mailing resumes by itself


def _interrupted(
    stack: Stack,
    name: str,
    fault: Callable[[Trial], None],
    *,
    uncertain: int = 0,
    readers: int = 3000,
    **settings: object,
) -> Verdict:
    """`fault` strikes at a third of the mailing; the beat and the worker stay."""
    with Trial.of(stack, name, readers, **settings) as trial:
        trial.open_relay(delay_ms=20)
        trial.open_worker()
        trial.open_beat()
        ready(trial)
        trial.made.start()
        trial.wait_taken(readers // 3)
        fault(trial)
        over = time.time()
        trial.wait_state("sent", seconds=LIMIT + 60)
        verdict = trial.judge(uncertain=uncertain)
        verdict.figures["resumed_s"] = resumed = trial.after(over)
        verdict.must(0 <= resumed <= LIMIT, f"resumed after {resumed} s")
        return verdict


def redis(stack: Stack, short: bool) -> Iterator[Verdict]:
    """Flushed; stopped for a minute, then empty."""

    def flush(_: Trial) -> None:
        with stack.broker.client() as client:
            client.flushall()

    def stop(_: Trial) -> None:
        stack.broker.stop()
        time.sleep(10 if short else 60)
        stack.broker.start()

    # A task every 3 seconds: the bell is lost in the middle, not only at the end.
    beat = {"BEAT_SECONDS": 2 if short else 30, "LETTER_TASK_SECONDS": 3}
    yield _interrupted(stack, "redis_flushed", flush, **beat)
    yield _interrupted(stack, "redis_stopped", stop, readers=4000, **beat)


def postgres(stack: Stack, short: bool) -> Iterator[Verdict]:
    """Restarted, then crashed: what was being spoken may be uncertain, by connection."""

    def restart(how: int) -> Callable[[Trial], None]:
        def fault(_: Trial) -> None:
            stack.cluster.stop(how)
            time.sleep(3)
            stack.cluster.start()

        return fault

    beat = {"BEAT_SECONDS": 2 if short else 30}
    fast, crash = restart(signal.SIGINT), restart(signal.SIGQUIT)
    yield _interrupted(stack, "postgres_restarted", fast, uncertain=4, **beat)
    yield _interrupted(stack, "postgres_crashed", crash, uncertain=4, **beat)


def visibility(stack: Stack, short: bool) -> Iterator[Verdict]:
    """The broker gives a task again while it still runs: 3 seconds instead of an hour."""
    with Trial.of(stack, "visibility", 2500, BENCH_VISIBILITY_SECONDS=3) as trial:
        trial.open_relay(delay_ms=15)
        trial.open_worker(processes=2)
        trial.open_worker(processes=2)
        trial.open_beat()
        ready(trial)
        trial.made.start(bells=3)
        trial.wait_state("sent")
        yield trial.judge()


def beats(stack: Stack, short: bool) -> Iterator[Verdict]:
    """Two beats, and every bell rung five times."""
    with Trial.of(stack, "beats", 2000, BEAT_SECONDS=1, LETTER_TASK_SECONDS=2) as trial:
        trial.open_relay(delay_ms=10)
        trial.open_worker(processes=2)
        trial.open_worker(processes=2)
        trial.open_beat("1")
        trial.open_beat("2")
        ready(trial)
        trial.made.start(bells=5)
        trial.wait_state("sent")
        yield trial.judge()
