"""How many connections to use at the same time. Pure: told the time and what was done.

A slow relay wants them all: each waits most of the time. A relay nearby wants few: what limits then
is this machine, and threads that only hand the interpreter to one another halve the pace. So: all
where a connection sends slowly; elsewhere twice as many, or half as many, is tried now and then,
and kept where the pace says so.
"""

WINDOW_SECONDS = 0.05
SLOW = 500.0  # messages a second on one connection: below that it mostly waits
GAIN, LOSS = 1.2, 0.95  # of the pace: what makes a trial of more, or of fewer, worth keeping
QUIET_SECONDS = 2.0


class Width:
    """`now`: how many connections may work; between one and `most`."""

    def __init__(self, most: int, at: float) -> None:
        self.now = 1
        self._most = max(most, 1)
        self._at, self._done = at, 0
        self._before = 0, 0.0  # the width before a trial, and its pace
        self._is_growing = True
        self._next_trial = at

    def heed(self, at: float, done: int, *, is_fed: bool) -> int:
        """The width from now on.

        Args:
            at: seconds, of a clock that never goes back. done: messages since the beginning.
            is_fed: rows are waiting; else the pace says nothing of the connections.
        """
        spent = at - self._at
        if is_fed and spent < WINDOW_SECONDS:
            return self.now
        pace = (done - self._done) / spent if spent > 0 else 0.0
        self._at, self._done = at, done
        if is_fed:
            self._judge(pace, at)
        elif self._before[0]:
            self._before = 0, 0.0
        return self.now

    def _judge(self, pace: float, at: float) -> None:
        width, before = self._before
        self._before = 0, 0.0
        if pace < SLOW * self.now and not self.now < width:
            self.now = self._most
            return
        if width:
            wanted = before * (GAIN if self.now > width else LOSS)
            if pace < wanted:
                self.now, self._is_growing = width, self.now < width
                self._next_trial = at + QUIET_SECONDS
                return
        if at >= self._next_trial:
            self._try(pace)

    def _try(self, pace: float) -> None:
        if self.now == self._most:
            self._is_growing = False
        if self.now == 1:
            self._is_growing = True
        wanted = min(2 * self.now, self._most) if self._is_growing else self.now // 2
        if 1 <= wanted != self.now:
            self._before = self.now, pace
            self.now = wanted
