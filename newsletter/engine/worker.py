"""One worker's turn on one mailing: the main thread claims, dispenses and settles; lanes send.

Only the main thread speaks to the database (so that SQLite serves as well), and it never waits for
a relay. A turn ends when nothing is due, when its time is up, or when something says stop: what was
not begun is given back, what is under way is finished.
"""

import logging
import time
from collections.abc import Callable, Sequence
from email.utils import format_datetime
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from newsletter.engine import claims, pauses
from newsletter.engine.claims import Row
from newsletter.engine.draining import Drain
from newsletter.engine.journal import Journal
from newsletter.engine.lanes import Belt, Item, Lane
from newsletter.engine.letters import Letters, NoSenderError
from newsletter.engine.messages import MessageError
from newsletter.engine.outcomes import Verdict
from newsletter.engine.rates import Limit, Rates, domain_limits
from newsletter.engine.recording import Recorder
from newsletter.engine.relays import Relay
from newsletter.engine.settling import forget_erased
from newsletter.engine.shelf import Shelf
from newsletter.engine.width import Width
from newsletter.errors import LetterError
from newsletter.models.deliveries import Mailing

logger = logging.getLogger(__name__)
LOOK_SECONDS = 1.0  # a pause and a reader who leaves are heeded within this
BEATS_A_LEASE, MAX_BEAT_SECONDS = 6, 10.0
TICK_SECONDS, IDLE_SECONDS = 0.05, 0.25
ROWS_A_LANE = 10  # fewer do not pay for another connection
AHEAD_SECONDS = 2.0  # of sending, claimed in advance
DATABASE_TRIES = 30
AWAY = (OperationalError, InterfaceError)


class Stop(StrEnum):
    """Why a turn ends before everything due has left."""

    TIME = "time"
    DRAIN = "drain"
    STEERED = "steered"  # paused or cancelled
    CLAIM = "claim"  # taken away by a rescue
    RELAY = "relay"
    LETTER = "letter"
    JOURNAL = "journal"
    DATABASE = "database"


class Turn:
    """`stop`: why it ended early, or None. `settled`: how many rows were, for good."""

    def __init__(
        self,
        mailing: Mailing,
        claim_id: UUID,
        journal: Journal,
        relays: tuple[Relay, ...],
        drain: Drain,
    ) -> None:
        self.stop: Stop | None = None
        self._mailing, self._claim_id, self._journal = mailing, claim_id, journal
        self._drain = drain
        self._belt = Belt(mailing.pk, journal, relays)
        self._belt.failed_in_row = mailing.failed_in_row
        self._lanes: list[Lane] = []
        self._letters = Letters(mailing)
        self._record = Recorder(mailing, claim_id, self._belt.results)
        self._relay = relays[0]
        self._shelf, self._rates = self._new_shelf()
        self._width = Width(settings.LETTER_CONNECTIONS, time.monotonic())
        self._is_dry = False  # nothing more is due
        self._dry_apart: tuple[str, ...] = ()  # nothing but rows of these domains is
        self._begun_at = time.monotonic()
        self._next_look = self._begun_at + LOOK_SECONDS
        self._next_beat = self._begun_at + _beat_seconds()

    @property
    def settled(self) -> int:
        return self._record.settled

    def run(self, rows: Sequence[Row] | None = None) -> None:
        """Sends what is due; with `rows`, those alone, which this claim holds already."""
        if rows is not None:
            self._shelf.put(rows)
            self._is_dry = True
        self._is_claiming = rows is None
        try:
            while self._goes_on():
                self._belt.bell.wait(TICK_SECONDS)
                self._belt.bell.clear()
        except AWAY as error:
            if connection.in_atomic_block:
                raise
            logger.warning("mailing.database_away mailing=%s reason=%s", self._mailing.pk, error)
            self.stop = Stop.DATABASE
        finally:
            try:
                self._end()
            finally:
                self._journal.close()

    def _goes_on(self) -> bool:
        """One round; False when nothing is left to do."""
        self._belt.date = format_datetime(timezone.now())
        self._look()
        if not self.stop:
            self._claim()
            self._dispense()
            self._widen()
        self._record.write(force=self._belt.is_closed)
        self._heed()
        if self.stop:
            return False
        if self._belt.items or any(lane.is_busy for lane in self._lanes):
            return True
        self._record.write(force=True)
        self._heed()
        if self.stop or len(self._shelf) or self._belt.items or not self._is_dry:
            return not self.stop
        if self._is_claiming and pauses.advance(self._mailing):
            self._is_dry = False
            return True
        return False

    def _look(self) -> None:
        """Time, SIGTERM, the sign of life; once a second, who has been steered and who has left."""
        now = time.monotonic()
        if now >= self._next_beat:
            self._next_beat = now + _beat_seconds()
            if not claims.beat(self._claim_id):
                logger.warning(
                    "delivery.claim_lost mailing=%s claim=%s", self._mailing.pk, self._claim_id
                )
                self.stop = Stop.CLAIM
        if self._drain.is_asked:
            self.stop = Stop.DRAIN
        if now >= self._begun_at + settings.LETTER_TASK_SECONDS and self._is_claiming:
            self.stop = self.stop or Stop.TIME
        if now < self._next_look or self.stop:
            return
        self._next_look = now + LOOK_SECONDS
        state, wave = self._mailing.state, self._mailing.wave
        self._mailing.refresh_from_db(fields=["state", "wave"])
        if self._mailing.state != Mailing.State.SENDING:
            self.stop = Stop.STEERED
        elif state == self._mailing.state and wave != self._mailing.wave:
            self._is_dry = not self._is_claiming
        if self._mailing.kind != Mailing.Kind.TEST:
            self._belt.gone = claims.gone_among(self._claim_id)

    def _claim(self) -> None:
        batch, lanes = settings.LETTER_BATCH, settings.LETTER_CONNECTIONS
        size, spent = batch, time.monotonic() - self._begun_at
        if spent > 1 and self._record.accepted:
            pace = self._record.accepted / spent
            size = min(batch, max(4 * lanes, int(AHEAD_SECONDS * pace)))
        self._belt.low = max(size // 2, 2 * lanes)
        room = self._shelf.room(size)
        if self._is_dry or not room or len(self._belt.items) + self._shelf.free > self._belt.low:
            return
        apart = tuple(self._shelf.crowded())
        if apart and apart == self._dry_apart:
            return
        taken = claims.take(self._mailing, self._claim_id, room, apart)
        self._record.settled += taken.skipped
        self._is_dry = taken.is_short and not apart
        self._dry_apart = apart if taken.is_short else ()
        self._shelf.put(taken.rows)

    def _dispense(self) -> None:
        """Puts on the belt what may leave now, with enough lanes to take it."""
        if self._belt.relay and self._belt.relay != self._relay:
            self._relay = self._belt.relay
            self._shelf.limit_to(_limit_of(self._relay))
        rows = self._shelf.ready()
        if not rows:
            return
        try:
            letters = [self._letters[row.content_id] for row in rows]
        except (NoSenderError, MessageError, LetterError) as error:
            # Every message would fail, and the mailing would end as if it had been sent.
            self.stop = Stop.LETTER
            pauses.pause_for(self._mailing, str(error))
            return
        self._belt.put(
            [
                Item(row, letter.prepared, letter.sender, letter.returns)
                for row, letter in zip(rows, letters, strict=True)
            ]
        )

    def _widen(self) -> None:
        """As many lanes as the relay's pace and the rows in hand ask for."""
        now, waiting = time.monotonic(), len(self._belt.items)
        done = sum(lane.done for lane in self._lanes)
        width = self._width.heed(now, done, is_fed=waiting > ROWS_A_LANE)
        if width != self._belt.width:
            self._belt.widen(width)
        while len(self._lanes) < min(width, -(-waiting // ROWS_A_LANE)):
            self._lanes.append(Lane(self._belt, len(self._lanes)))
            self._lanes[-1].start()

    def _heed(self) -> None:
        """What the lanes and their relays have to say."""
        if error := self._belt.journal_error:
            self.stop = Stop.JOURNAL
            pauses.wait_for(self._mailing, error.reason)
        elif self._record.is_stopped:
            self.stop = Stop.STEERED
        elif self._belt.is_closed:
            self.stop = self.stop or Stop.TIME
        elif self._belt.items and not any(lane.is_on for lane in self._lanes):
            self.stop = Stop.RELAY
            ours = [one for one in self._belt.closed_by.values() if one.verdict is Verdict.PAUSE]
            if ours and self._belt.relay is None:
                pauses.pause_for(self._mailing, ours[0].error)

    def _end(self) -> None:
        """Lets the lanes finish what they hold, writes it, gives the rest back."""
        self._shelf.clear()
        self._belt.items.clear()
        self._belt.close()
        while any(lane.is_alive() for lane in self._lanes):
            self._belt.bell.wait(IDLE_SECONDS)
            self._belt.bell.clear()
            self._belt.items.clear()  # what a lane put back
            if self.stop is not Stop.DATABASE and time.monotonic() >= self._next_beat:
                self._insist(self._write_and_live)
        if self._rates:
            self._rates.close()
        self._insist(self._close)
        self._journal.discard()

    def _write_and_live(self) -> None:
        self._record.write()
        claims.beat(self._claim_id)
        self._next_beat = time.monotonic() + _beat_seconds()

    def _close(self) -> None:
        self._record.write(force=True)
        claims.drop(self._claim_id)
        forget_erased(self._mailing.pk)

    def _insist(self, act: Callable[[], None]) -> None:
        """Does it, as soon as the database answers again. When it stays away, the journal is let
        go of, and a rescue will read it."""
        for left in reversed(range(DATABASE_TRIES)):
            try:
                act()
                break
            except AWAY as error:
                if connection.in_atomic_block or not left:
                    raise
                if self.stop is not Stop.DATABASE:
                    self.stop = Stop.DATABASE
                    logger.warning(
                        "mailing.database_away mailing=%s reason=%s", self._mailing.pk, error
                    )
                connection.close()
                time.sleep(1)

    def _new_shelf(self) -> tuple[Shelf, Rates | None]:
        domains, relay = domain_limits(), _limit_of(self._relay)
        rates = Rates(self._sharers) if domains or relay else None
        return Shelf(rates, relay, domains), rates

    def _sharers(self) -> int:
        return claims.living(timezone.now()).filter(mailing_id=self._mailing.pk).count()


def _limit_of(relay: Relay) -> Limit | None:
    return Limit(f"relay:{relay.host}:{relay.port}", relay.rate) if relay.rate else None


def _beat_seconds() -> float:
    return min(MAX_BEAT_SECONDS, settings.LETTER_LEASE_SECONDS / BEATS_A_LEASE)
