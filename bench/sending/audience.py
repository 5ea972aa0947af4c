"""What grows with the audience but is not the wire: starting, freezing, digests."""

import json
import time
from pathlib import Path
from statistics import median

from bench.figures import Figure
from bench.sending import scripts
from bench.sending.rig import Rig
from tests.processes import manage

SCRIPTS = Path(scripts.__file__).parent


def scripted(rig: Rig, database: str, name: str, **more: object) -> dict:
    """What a script of `bench/sending/scripts` prints, in a process of the system."""
    environment = rig.stack.environment(database, **more)
    code = (SCRIPTS / f"{name}.py").read_text("utf-8")
    return json.loads(manage(environment, "shell", "-v", "0", "-c", code).splitlines()[-1])


def start(rig: Rig) -> list[Figure]:
    """The request behind « Envoyer », an issue of 45 lines."""
    figures = []
    for readers in (1000, 100_000):
        made = rig.campaign(readers)
        found = scripted(rig, made.database, "start", BENCH_TIMES=rig.rounds)
        name = f"admin request that starts, {readers:,} readers"
        words = f"the slowest {max(found['seconds']):.2f} s; a mailing {found['state']}"
        figures.append(Figure(name, median(found["seconds"]), "s", "≤ 0.5", words))
    return figures


def freeze(rig: Rig) -> list[Figure]:
    """The deliveries of a mailing: one statement."""
    readers = 1_000_000
    made = rig.campaign(readers)
    begun = time.perf_counter()
    found = scripted(rig, made.database, "freeze")
    spent = time.perf_counter() - begun
    words = f"{found['rows']:,} rows, {found['queries']} statements; process {spent:.0f} s"
    return [
        Figure("freezing 1,000,000 deliveries", found["seconds"], "s", "≤ 90", words),
        Figure("memory of freezing 1,000,000 deliveries", found["megabytes"], "MB", "≤ 5"),
    ]


def digest(rig: Rig) -> list[Figure]:
    """100,000 readers over 200 combinations of themes."""
    made = rig.campaign(100_000)
    found = scripted(rig, made.database, "digest")
    words = f"{found['readers']:,} rows in {found['seconds']:.1f} s"
    return [
        Figure("digest: renderings for 200 combinations", found["renderings"], "", "≤ 200", words),
        Figure("digest: rows made for 100,000 readers", found["readers"], "", "≥ 100000"),
    ]
