"""Two people press « Envoyer » at the same instant."""

import subprocess
import sys
import time
from collections.abc import Iterator

from bench.faults.trial import Trial, Verdict, ready
from bench.sending.audience import SCRIPTS
from bench.stack import Stack
from tests.processes import ROOT

PRESSES = 4


def people(stack: Stack, short: bool) -> Iterator[Verdict]:
    """Four browsers, one issue: one mailing, everybody once."""
    readers = 500
    with Trial.of(stack, "people", readers) as trial:
        trial.open_relay()
        trial.made.run("TRUNCATE newsletter_mailing CASCADE")
        trial.open_worker(processes=2)
        trial.open_beat()
        ready(trial)
        at = str(time.time() + 8)
        environment = trial.environment | {"BENCH_AT": at, "BENCH_PAGE": str(trial.made.page)}
        code = (SCRIPTS / "press.py").read_text("utf-8")
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
        pressed = [
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment | {"BENCH_USER": f"editor{n}"},
                stdout=subprocess.PIPE,
                text=True,
            )
            for n in range(PRESSES)
        ]
        answers = [one.communicate(timeout=60)[0].strip() for one in pressed]
        trial.wait_state("sent")
        verdict = trial.judge()
        ((mailings,),) = trial.made.query("SELECT count(*) FROM newsletter_mailing")
        verdict.figures |= {"presses": PRESSES, "answers": ",".join(sorted(answers))}
        verdict.figures["mailings"] = mailings
        verdict.must(mailings == 1, f"{mailings} mailings")
        verdict.must(set(answers) == {"302"}, f"answered {answers}")
        yield verdict
