"""The figures that issue 4 asks of the sending, each against its target."""

from collections.abc import Callable

from bench.figures import Figure, median, spread
from bench.sending import audience
from bench.sending.peers import peers
from bench.sending.relay import Relay
from bench.sending.rig import SENDER_CORE, Rig, Round, baseline, peak_of_children
from bench.stack import megabytes

CORE = {SENDER_CORE}
COUNTS = {"smtplib": 2000, "django": 300, "transport": 5000, "wire": 10000}


def rates(rounds: list[Round]) -> list[float]:
    return [one.rate for one in rounds]


def beside(found: dict[str, list[Round]], name: str) -> list[float]:
    """Ours against `name`, round by round: neighbours slow both alike."""
    pairs = zip(found["ours"], found[name], strict=True)
    return [ours.rate / theirs.rate for ours, theirs in pairs]


def sending(rig: Rig) -> list[Figure]:
    """One worker process, one connection, pinned with the sink to one core."""
    readers = 10_000
    made = rig.campaign(readers)
    found: dict[str, list[Round]] = {name: [] for name in ("ours", *COUNTS)}
    with Relay(core=SENDER_CORE) as relay, rig.worker(made, relay, cores=CORE) as worker:
        rig.round(made, relay, worker, 1000)
        for _ in range(rig.rounds):
            found["ours"].append(rig.round(made, relay, worker, readers))
            for name, count in COUNTS.items():
                found[name].append(baseline(name, relay, count, CORE))
    return [*_rates(found), *_ratios(found), *_costs(found)]


def _rates(found: dict[str, list[Round]]) -> list[Figure]:
    return [
        Figure(
            f"{name}: messages a second",
            median(rates(rounds)),
            "/s",
            "",
            f"{median(one.cpu for one in rounds):.0f} µs of CPU",
        )
        for name, rounds in found.items()
    ]


def _ratios(found: dict[str, list[Round]]) -> list[Figure]:
    asked = {
        "smtplib": ("smtplib + substitution", "×", "≥ 4"),
        "django": ("Django's SMTP backend", "×", "≥ 20"),
        "transport": ("our transport alone", "", "≥ 0.6"),
    }
    figures = []
    for name, (words, unit, target) in asked.items():
        ratios = beside(found, name)
        core = weight(found[name]) / weight(found["ours"])
        told = f"rounds {spread(ratios)}; by CPU of sender and sink {core:.3g}"
        figures.append(Figure(f"end to end / {words}", median(ratios), unit, target, told))
    return figures


def weight(rounds: list[Round]) -> float:
    """µs of a core that a message takes, sink included: what a busy machine does not change."""
    return median(one.cpu + one.sink_cpu for one in rounds)


def _costs(found: dict[str, list[Round]]) -> list[Figure]:
    ours, alone = found["ours"], found["transport"]
    pairs = zip(ours, alone, strict=True)
    apart = median(1e6 / one.rate - 1e6 / other.rate for one, other in pairs)
    database = f"{median(r.database_cpu for r in ours):.0f} µs of CPU, checkpoints included"
    tasks = max(one.tasks for one in ours)
    readers = ours[0].readers
    sink = median(one.sink_cpu for one in ours)
    sql = median(one.sql for one in ours)
    return [
        Figure("CPU of the worker a reader", median(r.cpu for r in ours), "µs", "≤ 100"),
        Figure("statements in PostgreSQL a reader", sql, "µs", "≤ 25", database),
        Figure("all but the transport a reader", apart, "µs", "", "claim, journal, settling"),
        Figure(f"tasks for {readers:,} readers", tasks, "", f"≤ {readers // 100 + 1}"),
        Figure("CPU of the sink a message", sink, "µs", "≤ 60"),
    ]


def unpinned(rig: Rig) -> list[Figure]:
    """Both cores for everybody."""
    readers = 10_000
    made = rig.campaign(readers)
    ours, theirs = [], []
    with Relay() as relay, rig.worker(made, relay) as worker:
        rig.round(made, relay, worker, 1000)
        for _ in range(rig.rounds):
            ours.append(rig.round(made, relay, worker, readers).rate)
            theirs.append(baseline("smtplib", relay, 2000).rate)
    return [
        Figure(
            "unpinned: end to end / smtplib",
            median(a / b for a, b in zip(ours, theirs, strict=True)),
            "×",
            "≥ 2",
            f"{median(ours):.0f}/s against {median(theirs):.0f}/s",
        )
    ]


def workers(rig: Rig) -> list[Figure]:
    """A relay that answers the final dot after 5 ms: two worker processes against one."""
    readers = 3000
    made = rig.campaign(readers)
    found: dict[int, list[float]] = {1: [], 2: []}
    with Relay(delay_ms=5) as relay:
        for _ in range(rig.rounds):
            for processes, rounds in found.items():
                with rig.worker(made, relay, processes=processes, LETTER_CONNECTIONS=4) as worker:
                    rig.round(made, relay, worker, 500, bells=processes)
                    one = rig.round(made, relay, worker, readers, bells=processes)
                    rounds.append(one.rate)
    ratio = median(two / one for one, two in zip(found[1], found[2], strict=True))
    words = f"{median(found[2]):.0f}/s against {median(found[1]):.0f}/s, 4 connections each"
    return [Figure("two workers / one, relay at 5 ms", ratio, "×", "≥ 1.8", words)]


def tls(rig: Rig) -> list[Figure]:
    readers = 5000
    made = rig.campaign(readers)
    ours, theirs = [], []
    with Relay(core=SENDER_CORE, tls=True) as relay, rig.worker(made, relay, cores=CORE) as worker:
        rig.round(made, relay, worker, 500)
        for _ in range(rig.rounds):
            ours.append(rig.round(made, relay, worker, readers))
            theirs.append(baseline("transport", relay, 3000, CORE))
    return [
        Figure(
            "TLS: CPU of the worker a reader",
            median(one.cpu for one in ours),
            "µs",
            "≤ 200",
            f"{median(rates(ours)):.0f}/s; transport alone {median(rates(theirs)):.0f}/s, "
            f"{median(one.cpu for one in theirs):.0f} µs",
        )
    ]


def latency(rig: Rig) -> list[Figure]:
    """A relay that answers the final dot after 20 ms."""
    figures = []
    made = rig.campaign(16_000)
    for connections, readers, share in ((16, 4000, 0.8), (64, 16_000, 0.7)):
        with (
            Relay(delay_ms=20) as relay,
            rig.worker(made, relay, LETTER_CONNECTIONS=connections) as worker,
        ):
            rig.round(made, relay, worker, 1000)
            found = [rig.round(made, relay, worker, readers) for _ in range(rig.rounds)]
        rate, most = median(rates(found)), connections / 0.02
        words = f"{rate:.0f}/s of {most:.0f}/s, {median(r.cpu for r in found):.0f} µs of CPU"
        name = f"relay at 20 ms, {connections} connections"
        figures.append(Figure(name, rate / most, "", f"≥ {share}", words))
    return figures


def memory(rig: Rig) -> list[Figure]:
    """Peak of the process that sends, a new worker each time, 4 connections."""
    most = 100_000
    made, peak, idle = rig.campaign(most), {}, 0.0
    with Relay() as relay:
        for readers in (10_000, most):
            with rig.worker(made, relay, LETTER_CONNECTIONS=4) as worker:
                (child,) = peak_of_children(worker.started[-1].pid)
                idle = megabytes(child, "VmRSS")
                rig.round(made, relay, worker, readers)
                peak[readers] = megabytes(child)
    return [
        Figure(
            "memory: peak at 100,000 readers above that at 10,000",
            peak[most] - peak[10_000],
            "MB",
            "≤ 5",
            f"{peak[most]:.0f} MB and {peak[10_000]:.0f} MB",
        ),
        Figure(
            "memory: peak above an idle worker",
            peak[most] - idle,
            "MB",
            "≤ 120",
            f"idle {idle:.0f} MB",
        ),
    ]


MEASURES: dict[str, Callable[[Rig], list[Figure]]] = {
    "sending": sending,
    "unpinned": unpinned,
    "tls": tls,
    "latency": latency,
    "workers": workers,
    "memory": memory,
    "start": audience.start,
    "freeze": audience.freeze,
    "digest": audience.digest,
    "peers": peers,
}
SHORT = ("sending", "tls", "latency", "start")
