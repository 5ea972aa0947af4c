"""`make bench`: each benchmark beside its own baseline, in the same run; ratios, not seconds.

BENCH=NAME runs one, BENCH=full runs each longer. Prints a table, writes `var/bench/NAME.json`.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
django.setup()

from bench.cases import CASES, Case  # noqa: E402 — models need the set-up

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


def main(asked: str) -> int:
    chosen = [c for c in CASES if asked in {"", "full", c.name}]
    if not chosen:
        print(f"BENCH={asked} : inconnu. Au choix : {', '.join(c.name for c in CASES)}, full.")
        return 2
    OUT.mkdir(parents=True, exist_ok=True)
    print(f"{'':14}{'ours':>10}{'baseline':>12}{'ratio':>8}   what against what")
    for case in chosen:
        row = measure(case, FULL_SECONDS if asked == "full" else SHORT_SECONDS)
        (OUT / f"{case.name}.json").write_text(json.dumps(row, indent=2) + "\n", "utf-8")
        figures = f"{row['ours_ms']:>8} ms{row['baseline_ms']:>9} ms{row['ratio']:>8}"
        facts = ", ".join(f"{name} {row[name]}" for name in list(row)[7:])
        print(f"{case.name:14}{figures}   {case.ours} / {case.baseline}")
        if facts:
            print(f"{'':14}{facts}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
