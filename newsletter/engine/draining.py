"""A polite end: on SIGTERM a worker finishes the messages under way and gives the rest back."""

import mmap
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from celery.signals import worker_shutting_down

# Celery's first process hears the SIGTERM of a deploy and waits for its children, which hear
# nothing: they share this byte with it.
LEAVING = mmap.mmap(-1, 1)


@worker_shutting_down.connect
def leave(**kwargs: Any) -> None:
    LEAVING[0] = 1


class Drain:
    """Whether somebody wants this process to end."""

    _is_asked = False

    @property
    def is_asked(self) -> bool:
        return self._is_asked or bool(LEAVING[0])

    def ask(self) -> None:
        self._is_asked = True


@contextmanager
def draining() -> Iterator[Drain]:
    """Within the block, the first SIGTERM only asks for a drain; a second one is as usual.

    Celery gives its children the default, which would end them in the middle of a message. Whoever
    had a handler of their own (a worker without children) has it called at the end. Outside the
    main thread nothing can be caught, and nothing is.
    """
    drain = Drain()
    if threading.current_thread() is not threading.main_thread():
        yield drain
        return
    usual = signal.getsignal(signal.SIGTERM)
    heard: list[FrameType | None] = []

    def ask(number: int, frame: FrameType | None) -> None:
        drain.ask()
        heard.append(frame)
        signal.signal(signal.SIGTERM, usual)

    signal.signal(signal.SIGTERM, ask)
    try:
        yield drain
    finally:
        signal.signal(signal.SIGTERM, usual)
        if heard and callable(usual):
            usual(signal.SIGTERM, heard[0])
