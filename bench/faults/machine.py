"""The machine fails: no room for the journal, a clock put back."""

import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.faults.services import LIMIT
from bench.faults.trial import Trial, Verdict, ready
from bench.stack import Stack

SPARE = 1500


@contextmanager
def small_disk(kilobytes: int) -> Iterator[Path | None]:
    """A tmpfs of that size; None where mounting is not permitted."""
    folder = Path(tempfile.mkdtemp(prefix="eqc-disk-"))
    words = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=777", "tmpfs", str(folder)]
    try:
        if subprocess.run(words, capture_output=True, check=False).returncode:
            yield None
            return
        yield folder
        subprocess.run(["umount", "-l", str(folder)], check=False)  # noqa: S607
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def disk(stack: Stack, short: bool) -> Iterator[Verdict]:
    """The journal's disk is full in the middle, then has room again; a person resumes."""
    yield _full(stack, killed=False)
    yield _full(stack, killed=True)


def _full(stack: Stack, *, killed: bool) -> Verdict:
    name = "disk_full_killed" if killed else "disk_full"
    with small_disk(64) as folder:
        if folder is None:
            return Verdict(name, {"skipped": "mounting a tmpfs is not permitted"})
        with Trial.of(stack, name, 2000, LETTER_JOURNAL_DIR=folder) as trial:
            trial.open_relay(delay_ms=10)
            worker = trial.open_worker()
            trial.open_beat()
            ready(trial)
            trial.made.start()
            trial.wait_taken(200)
            _fill(folder / "filler")
            time.sleep(8)
            stood_at = trial.received().total()
            if killed:
                worker.kill()
                worker.start()
            time.sleep(4)
            moved = trial.received().total() - stood_at
            note = f"{trial.made.state()}: {trial.made.note()}"
            (folder / "filler").unlink()
            over = time.time()
            if trial.made.state() == "paused":
                trial.manage("mailing", str(trial.made.mailing), "resume")
            trial.wait_state("sent", seconds=LIMIT)
            verdict = trial.judge(uncertain=4 if killed else 0)
            verdict.figures |= {"resumed_s": trial.after(over), "while_full": note}
            verdict.must(stood_at < trial.readers, "it ended before the disk was full")
            verdict.must(moved < SPARE, "it went on as if the disk had room")
            return verdict


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as room:
        try:
            while True:
                room.write(b"\0" * 512)
        except OSError:
            return


def clock(stack: Stack, short: bool) -> Iterator[Verdict]:
    """The clock goes back an hour under the worker and the beat; once the worker dies as well."""
    library, compiler = stack.folder / "clock.so", shutil.which("cc") or shutil.which("gcc")
    source = Path(__file__).with_name("clock.c")
    if not compiler:
        yield Verdict("clock", {"skipped": "no C compiler"})
        return
    words = [compiler, "-shared", "-fPIC", "-O2", str(source), "-o", str(library)]
    subprocess.run(words, check=True)
    yield _put_back(stack, library, killed=False)
    yield _put_back(stack, library, killed=True)


def _put_back(stack: Stack, library: Path, *, killed: bool) -> Verdict:
    name = "clock_back_killed" if killed else "clock_back"
    with Trial.of(stack, name, 3000, LETTER_TASK_SECONDS=3) as trial:
        dial = stack.folder / f"{name}.clock"
        dial.write_bytes(struct.pack("=q", 0))
        shifted = {"LD_PRELOAD": str(library), "BENCH_CLOCK": str(dial)}
        trial.open_relay(delay_ms=20)
        worker = trial.open_worker(**shifted)
        trial.open_beat(**shifted)
        ready(trial)
        trial.made.start()
        trial.wait_taken(1000)
        with dial.open("r+b") as file:  # in place: it is mapped
            file.write(struct.pack("=q", -3600))
        over = time.time()
        if killed:
            time.sleep(1)
            worker.kill()
            over = time.time()
            worker.start()
        trial.wait_state("sent", seconds=LIMIT + 60)
        verdict = trial.judge(uncertain=4 if killed else 0)
        verdict.figures["resumed_s"] = resumed = trial.after(over)
        verdict.must(0 <= resumed <= LIMIT, f"resumed after {resumed} s")
        ((back,),) = trial.made.query(
            "SELECT max(finished_at) < now() - interval '50 minutes' FROM newsletter_mailing"
        )
        verdict.must(bool(back), "the clock was not put back")
        return verdict
