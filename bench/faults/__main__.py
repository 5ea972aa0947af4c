"""`python -m bench.faults [NAME…] [--short]`: the campaign of faults.

A PostgreSQL, a Redis, workers, a beat and a slowed sink of its own; a database for each fault.
Prints figures and a verdict for each, writes `var/bench/faults.json`; 1 when one is not met.
"""

import argparse
import json
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.faults.deaths import kills, sigterm
from bench.faults.machine import clock, disk
from bench.faults.people import people
from bench.faults.relays import refusals
from bench.faults.services import beats, postgres, redis, visibility
from bench.faults.trial import Verdict
from bench.stack import Stack, end_politely

FAULTS: dict[str, Callable[[Stack, bool], Iterator[Verdict]]] = {
    "kills": kills,
    "sigterm": sigterm,
    "redis": redis,
    "postgres": postgres,
    "visibility": visibility,
    "beats": beats,
    "people": people,
    "disk": disk,
    "clock": clock,
    "relays": refusals,
}
SHORT = ("kills", "sigterm", "redis", "people", "relays")
OUT = Path("var/bench/faults.json")


def tell(verdict: Verdict, seconds: float) -> None:
    skipped = "skipped" in verdict.figures
    word = "SKIPPED" if skipped else "FAILED" if verdict.wrong else "ok"
    figures = "  ".join(f"{name} {value}" for name, value in verdict.figures.items())
    print(f"{word:8}{verdict.name:24}{seconds:5.0f} s  {figures}", flush=True)
    for words in verdict.wrong:
        print(f"{'':8}{words}", flush=True)


def run(stack: Stack, name: str, short: bool) -> Iterator[Verdict]:
    """The verdicts of a fault; what breaks the script itself is a failure too."""
    try:
        yield from FAULTS[name](stack, short)
    except Exception as error:
        traceback.print_exc()
        yield Verdict(name, {}, [f"{type(error).__name__}: {error}"[:500]])


def keep(verdict: Verdict) -> None:
    """Beside what other runs found, by name."""
    OUT.parent.mkdir(parents=True, exist_ok=True)
    found = json.loads(OUT.read_text("utf-8")) if OUT.exists() else {}
    found[verdict.name] = {"date": time.strftime("%Y-%m-%d"), **vars(verdict)}
    OUT.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", "utf-8")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.faults")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(FAULTS))
    parser.add_argument("--short", action="store_true", help="less of each, in three minutes")
    parser.add_argument("--keep", action="store_true", help="logs stay in var/bench/faults")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.names) - FAULTS.keys():
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(FAULTS)}")
    failed = 0
    with Stack() as stack:
        for name in asked.names or (SHORT if asked.short else FAULTS):
            begun = time.monotonic()
            for verdict in run(stack, name, asked.short):
                tell(verdict, time.monotonic() - begun)
                failed += bool(verdict.wrong)
                keep(verdict)
                begun = time.monotonic()
        if asked.keep or failed:
            kept = OUT.parent / "faults"
            stack.keep_logs(kept)
            print(f"Logs: {kept}")
    return int(failed > 0)


if __name__ == "__main__":
    end_politely()
    sys.exit(main(sys.argv[1:]))
