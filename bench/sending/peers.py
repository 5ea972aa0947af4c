"""wagtail-birdsong and django-newsletter from their released packages, beside ours.

Each is installed by pip in an environment of its own under `var/bench`, sends the same letter by
its own code (static templates, SQLite) to the same sink on the same core, and is timed by itself.
"""

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from bench.figures import Figure, median
from bench.letters import letter
from bench.sending.relay import BUILT, Relay
from bench.sending.rig import SENDER_CORE, Rig, baseline
from bench.stack import pinned
from newsletter.documents import UNSUBSCRIBE_MARK
from tests.processes import ROOT

# Released packages, and what their code names the reader's own secret.
PEERS = {
    "birdsong": (["wagtail-birdsong==2.0.0"], "{{ contact.id }}"),
    "newsletter": (
        ["django-newsletter==1.2.1", "sorl-thumbnail"],
        "{{ subscription.activation_code }}",
    ),
}
COUNT = 300
SCRIPTS = ROOT / "bench" / "peers"


def installed(name: str) -> tuple[Path | None, str]:
    """The Python of the peer's environment, made at the first run, and its versions."""
    folder = BUILT / f"peer-{name}"
    python = folder / "bin" / "python"
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    if not python.exists():
        venv.create(folder, with_pip=True)
        done = subprocess.run(
            [*pip, "install", "-q", *PEERS[name][0]], capture_output=True, text=True, check=False
        )
        if done.returncode:
            shutil.rmtree(folder)
            print(f"{name} can not be installed: {done.stderr[-500:]}", file=sys.stderr)
            return None, ""
    listed = subprocess.run([*pip, "freeze"], capture_output=True, text=True, check=True).stdout
    wanted = {"django", "wagtail", "wagtail-birdsong", "django-newsletter"}
    found = [line for line in listed.splitlines() if line.partition("==")[0].lower() in wanted]
    return python, ", ".join(line.replace("==", " ") for line in found)


def templates(name: str) -> Path:
    """The letter as each peer's template."""
    folder = BUILT / f"peer-{name}-files"
    shutil.rmtree(folder, ignore_errors=True)
    made, url = letter(), f"https://lettre.example.org/d/{PEERS[name][1]}"
    where = {"birdsong": ("mail", "letter"), "newsletter": ("newsletter/message/bench", "message")}
    place, stem = where[name]
    target = folder / "templates" / place
    target.mkdir(parents=True)
    for suffix, text in (("html", made.html), ("txt", made.text)):
        whole = "{% verbatim %}" + text + "{% endverbatim %}"
        mine = "{% endverbatim %}" + url + "{% verbatim %}"
        (target / f"{stem}.{suffix}").write_text(whole.replace(UNSUBSCRIBE_MARK, mine), "utf-8")
    (target / f"{stem}_subject.txt").write_text("En quelques clics", "utf-8")
    return folder


def run(name: str, python: Path, relay: Relay) -> dict:
    """One campaign of the peer to COUNT readers."""
    relay.reset()
    folder = templates(name)
    script = SCRIPTS / f"{name}_run.py"
    command = [str(python), "-I", str(script), str(folder), str(relay.port), str(COUNT)]
    with pinned({SENDER_CORE}):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found = json.loads(done.stdout.splitlines()[-1])
    taken = relay.stats()
    if taken["messages"] != COUNT:
        raise RuntimeError(f"{name}: {taken['messages']} messages of {COUNT}")
    return found | {"rate": COUNT / found["seconds"], "bytes": taken["bytes"] // COUNT}


def peers(rig: Rig) -> list[Figure]:
    known = {name: installed(name) for name in PEERS}
    usable = {name: python for name, (python, _) in known.items() if python}
    readers = 5000
    made = rig.campaign(readers)
    found: dict[str, list[dict]] = {name: [] for name in usable}
    ours, plain = [], []
    with (
        Relay(core=SENDER_CORE) as relay,
        rig.worker(made, relay, cores={SENDER_CORE}) as worker,
    ):
        rig.round(made, relay, worker, 500)
        for _ in range(rig.rounds):
            ours.append(rig.round(made, relay, worker, readers).rate)
            plain.append(baseline("smtplib", relay, 1000, {SENDER_CORE}).rate)
            for name, python in usable.items():
                found[name].append(run(name, python, relay))
    figures = []
    for name, runs in found.items():
        rate = median(one["rate"] for one in runs)
        cpu = median(one["cpu"] for one in runs) / COUNT * 1e6
        memory = median(one["megabytes"] for one in runs)
        words = f"{known[name][1]}; {rate:.0f}/s, {cpu:.0f} µs of CPU, {memory:.0f} MB at {COUNT}"
        ratio = median(a / one["rate"] for a, one in zip(ours, runs, strict=True))
        figures.append(Figure(f"end to end / {name}", ratio, "×", "≥ 15", words))
        share = median(one["rate"] / b for one, b in zip(runs, plain, strict=True))
        figures.append(Figure(f"{name} / smtplib + substitution", share, "×"))
    return figures
