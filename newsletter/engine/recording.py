"""The results of a turn, written some hundreds at a time, and what they make of the mailing."""

import logging
import time
from collections import deque
from uuid import UUID

from django.db import transaction

from newsletter.engine import pauses
from newsletter.engine.outcomes import Outcome, Verdict
from newsletter.engine.settling import Result, settle
from newsletter.models.deliveries import Mailing
from newsletter.returns.decisions import from_smtp

logger = logging.getLogger(__name__)
SETTLE_SECONDS, SETTLE_ROWS = 0.5, 500


class Recorder:
    """Takes the results that lanes report. Until one is written it is kept, whatever happens.

    `settled` and `accepted` count rows; `is_stopped`: the mailing was paused for what was answered.
    """

    def __init__(self, mailing: Mailing, claim_id: UUID, results: deque[Result]) -> None:
        self._mailing, self._claim_id, self._results = mailing, claim_id, results
        self._next = time.monotonic() + SETTLE_SECONDS
        self.settled = self.accepted = 0
        self.is_stopped = False

    def write(self, *, force: bool = False) -> None:
        """Settles what has come, when that is enough or has waited long enough."""
        now, count = time.monotonic(), len(self._results)
        if not count or not (force or count >= SETTLE_ROWS or now >= self._next):
            return
        self._next = now + SETTLE_SECONDS
        results = [self._results[n] for n in range(count)]
        done = settle(self._mailing.pk, self._claim_id, results)
        for _ in range(count):
            self._results.popleft()
        self.settled += done.final
        self.accepted += done.accepted
        if done.final > done.accepted or done.failed:
            self._tell(done.failed)
            self.is_stopped |= pauses.break_if_needed(self._mailing)
        self._heed(results)

    def _heed(self, results: list[Result]) -> None:
        """A refusal for our own fault stops the mailing."""
        for result in results:
            outcome = result.outcome
            if isinstance(outcome, Outcome) and outcome.verdict is Verdict.PAUSE:
                self.is_stopped = True
                pauses.pause_for(self._mailing, outcome.error)
                return

    def _tell(self, failed: list[tuple[int, Outcome]]) -> None:
        """Who looks after addresses knows what was refused; the sending never fails for it."""
        if not failed or self._mailing.kind == Mailing.Kind.TEST:
            return
        try:
            with transaction.atomic():
                from_smtp(failed)
        except Exception:
            logger.exception("delivery.refusals_not_told mailing=%s", self._mailing.pk)
