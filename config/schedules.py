"""The beat's clock, when the machine's is put back.

Celery keeps the time of each entry's last run, and a queue of the next ones, by the clock on the
wall: put back an hour, it would ring for nothing during an hour, and mailings would wait.
"""

import time
from typing import Any

from celery.beat import PersistentScheduler


class SteadyScheduler(PersistentScheduler):
    """As the usual one; what seems to have run in the future is held to have run now."""

    _ticked_at = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> float:
        now = time.time()
        if now < self._ticked_at or not self._ticked_at:
            self._forget_the_future()
        self._ticked_at = now
        return float(super().tick(*args, **kwargs))

    def _forget_the_future(self) -> None:
        for entry in self.schedule.values():
            now = entry.default_now()
            if entry.last_run_at and entry.last_run_at > now:
                entry.last_run_at = now
        self._heap = None  # drawn anew, from the present
