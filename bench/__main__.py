"""`make bench`: each benchmark beside its own baseline, in the same run; ratios, not seconds.

BENCH=NAME runs one (or several), BENCH=full runs each, longer. Prints a table, writes JSON files in
`var/bench`.
The measures of the sending (`bench.sending.measures`) run the real system, with a PostgreSQL and a
Redis of their own; `python -m bench table` writes what they last found in `docs/measurements.md`.
"""

import json
import os
import statistics
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
django.setup()

from bench import report  # noqa: E402 — models need the set-up
from bench.cases import CASES, Case  # noqa: E402
from bench.figures import keep, show  # noqa: E402
from bench.sending.measures import MEASURES, SHORT  # noqa: E402
from bench.sending.rig import rig  # noqa: E402
from bench.stack import end_politely, postgres_binaries  # noqa: E402

OUT = Path("var/bench")
SHORT_SECONDS, FULL_SECONDS = 1.0, 10.0


def timed(
    ours: Callable[[], object], baseline: Callable[[], object], seconds: float
) -> tuple[list[float], list[float]]:
    """Seconds of each run of both, for about `seconds` each, at least five runs, one to warm up.

    They take turns of about 50 ms: a busy machine then slows both alike (measured: one after
    the other, a ratio of 18 became 22 to 43 under load).
    """
    ours(), baseline()
    times: tuple[list[float], list[float]] = ([], [])
    end = time.perf_counter() + 2 * seconds
    while len(times[0]) < 5 or time.perf_counter() < end:
        for act, kept in zip((ours, baseline), times, strict=True):
            turn = time.perf_counter() + 0.05
            while True:
                start = time.perf_counter()
                act()
                kept.append(time.perf_counter() - start)
                if time.perf_counter() >= turn:
                    break
    return times


def measure(case: Case, seconds: float) -> dict[str, object]:
    ours, baseline = case.make()
    a, b = timed(ours, baseline, seconds)
    ratio = statistics.median(a) / statistics.median(b)
    return {
        "name": case.name,
        "ours": case.ours,
        "baseline": case.baseline,
        "ours_ms": round(statistics.median(a) * 1000, 3),
        "baseline_ms": round(statistics.median(b) * 1000, 3),
        "ratio": round(ratio, 2),
        "runs": [len(a), len(b)],
        **case.facts(),
    }


def compare(chosen: list[Case], full: bool) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    print(f"{'':14}{'ours':>10}{'baseline':>12}{'ratio':>8}   what against what")
    for case in chosen:
        row = measure(case, FULL_SECONDS if full else SHORT_SECONDS)
        (OUT / f"{case.name}.json").write_text(json.dumps(row, indent=2) + "\n", "utf-8")
        figures = f"{row['ours_ms']:>8} ms{row['baseline_ms']:>9} ms{row['ratio']:>8}"
        facts = ", ".join(f"{name} {row[name]}" for name in list(row)[7:])
        print(f"{case.name:14}{figures}   {case.ours} / {case.baseline}")
        if facts:
            print(f"{'':14}{facts}")


def measure_sending(names: list[str], full: bool) -> int:
    """The measures `names`, on one PostgreSQL and one Redis; 1 when a target is missed."""
    if postgres_binaries() is None:
        print(f"PostgreSQL is not installed: {', '.join(names)} not run.")
        return 0
    missed = 0
    with rig(full) as made:
        for name in names:
            print(name, flush=True)
            try:
                figures = MEASURES[name](made)
            except Exception:  # the others are still worth their time
                traceback.print_exc()
                missed += 1
                continue
            show(figures)
            keep(name, "python -m bench full" if full else f"python -m bench {name}", figures)
            missed += sum(figure.met is False for figure in figures)
    return int(missed > 0)


def main(asked: list[str]) -> int:
    """`asked`: names, "full" or "table"; none: the short form, ten minutes at most."""
    if asked == ["table"]:
        return report.write()
    full = asked == ["full"]
    known = [case.name for case in CASES] + list(MEASURES)
    if not full and (unknown := set(asked) - set(known)):
        print(f"BENCH={' '.join(unknown)} : inconnu. Au choix : {', '.join(known)}, full.")
        return 2
    names = asked if asked and not full else known if full else [c.name for c in CASES] + [*SHORT]
    if cases := [case for case in CASES if case.name in names]:
        compare(cases, full)
    wanted = [name for name in names if name in MEASURES]
    return measure_sending(wanted, full) if wanted else 0


if __name__ == "__main__":
    end_politely()
    sys.exit(main(sys.argv[1:]))
