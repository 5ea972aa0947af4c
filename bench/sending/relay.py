"""Starts a sink and asks it what it took."""

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "var" / "bench"
SOURCE = Path(__file__).with_name("sink.c")


@cache
def fast_sink() -> tuple[str, bool]:
    """The compiled sink and whether it speaks TLS; "" where no compiler is found."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        print("No C compiler: the Python sink is slower and lowers every ratio.", file=sys.stderr)
        return "", False
    BUILT.mkdir(parents=True, exist_ok=True)
    program = str(BUILT / "sink")
    base = [compiler, "-O2", str(SOURCE), "-o", program]
    for tls, more in ((True, ["-DTLS", "-lssl", "-lcrypto"]), (False, [])):
        if subprocess.run([*base, *more], capture_output=True, check=False).returncode == 0:
            return program, tls
    print("sink.c does not compile: the Python sink takes its place.", file=sys.stderr)
    return "", False


@cache
def certificate(host: str = "localhost") -> tuple[Path, Path]:
    """A self-signed certificate of `host` and its key, of this machine alone."""
    BUILT.mkdir(parents=True, exist_ok=True)
    file, key = BUILT / f"{host}.pem", BUILT / f"{host}.key"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"),
            *("-keyout", str(key), "-out", str(file), "-subj", f"/CN={host}"),
            *("-addext", f"subjectAltName=DNS:{host}"),
        ],
        check=True,
        capture_output=True,
    )
    return file, key


class Relay:
    """A running sink. `with Relay(delay_ms=5) as relay: … relay.stats()`"""

    def __init__(
        self,
        *,
        delay_ms: float = 0,
        record: Path | None = None,
        pipelining: bool = True,
        close_after: int = 0,
        lenient: bool = False,
        tls: bool = False,
        rules: Sequence[str] = (),
        core: int | None = None,
        port: int = 0,
    ) -> None:
        self.tls, self.core, self.record = tls, core, record
        program, speaks_tls = fast_sink()
        slow = [sys.executable, "-m", "bench.sending.sink"]
        self.command = (
            slow if rules or close_after or not program or (tls and not speaks_tls) else [program]
        )
        self.command += ["-p", str(port), "-d", str(int(delay_ms))]
        self.command += ["-r", str(record)] if record else []
        self.command += [] if pipelining else ["-n"]
        self.command += ["--close-after", str(close_after)] if close_after else []
        self.command += ["--lenient"] if lenient else []
        self.certificate: Path | None = None
        if tls:
            self.certificate, key = certificate()
            file = self.certificate
            self.command += ["-c", str(file), "-k", str(key)]
        for rule in rules:
            self.command += ["--rule", rule]

    def __enter__(self) -> "Relay":
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
        )
        if self.process.stdout is None:
            raise RuntimeError("no pipe")
        self.port = int(self.process.stdout.readline().split()[1])
        if self.core is not None:
            os.sched_setaffinity(self.process.pid, {self.core})
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    @property
    def url(self) -> str:
        """For `SMTP_URL`; over TLS the client must trust `certificate()`."""
        if self.tls:
            return f"smtp://localhost:{self.port}?tls=tls"
        return f"smtp://127.0.0.1:{self.port}?tls=none"

    def ask(self, word: str) -> str:
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as plain:
            if not self.tls:
                return _asked(plain, word)
            context = ssl._create_unverified_context()  # noqa: S323 — our own sink, on loopback
            with context.wrap_socket(plain, server_hostname="localhost") as wrapped:
                return _asked(wrapped, word)

    def stats(self) -> dict[str, Any]:
        """messages, bytes, connections (this one counts too), cpu_us, first_us, last_us."""
        return json.loads(self.ask("XSTATS").partition(" ")[2])

    def reset(self) -> None:
        self.ask("XRESET")

    def recipients(self) -> list[tuple[int, str]]:
        """(epoch ms, address) of each message taken, oldest first."""
        if not self.record or not self.record.exists():
            return []
        lines = (line.split() for line in self.record.read_text("ascii").splitlines())
        return [(int(when), address) for when, address in lines]


def _asked(talk: socket.socket, word: str) -> str:
    with talk.makefile("rwb") as file:
        file.readline()
        file.write(f"{word}\r\n".encode())
        file.flush()
        answer = file.readline().decode()
        file.write(b"QUIT\r\n")
        file.flush()
        file.readline()
        return answer
