"""The connections of a worker: threads that speak SMTP and write the journal, and nothing else.

The main thread, which alone speaks to the database, puts rows on the *belt*; each lane takes them
one at a time as its relay asks for the next, and reports what became of each. What a lane holds in
its hands is at most the message under way and the one announced behind it.
"""

import logging
import math
import threading
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings

from newsletter.engine.claims import Row
from newsletter.engine.journal import Fate, Journal, JournalError
from newsletter.engine.messages import MessageError, Reader
from newsletter.engine.outcomes import Outcome, Verdict
from newsletter.engine.prepared import PreparedLetter
from newsletter.engine.relays import Relay
from newsletter.engine.settling import GONE_READER, Result
from newsletter.engine.transport import Connection, Parcel, RelayClosedError, open_connection
from newsletter.engine.verp import bounce_sender

logger = logging.getLogger(__name__)
MAX_FRUITLESS = 3  # connections one after another that took nothing
CUT = "Connexion perdue\u00a0: l'envoi de ce message a été interrompu."


class Item(NamedTuple):
    """A row on the belt, with the letter that it is to receive."""

    row: Row
    letter: PreparedLetter
    sender: str
    returns: str  # the address that bounces come to, "" for the sender's


class Belt:
    """What the lanes share with the main thread."""

    def __init__(self, mailing_id: int, journal: Journal, relays: tuple[Relay, ...]) -> None:
        self.mailing_id, self.journal, self.relays = mailing_id, journal, relays
        self.items: deque[Item] = deque()
        self.results: deque[Result] = deque()
        self.gone: set[int] = set()  # readers who left since their row was claimed
        self.date = ""  # the Date of the messages that leave now
        self.low = 0  # the bell rings when so few items are left
        self.bell = threading.Event()
        self.is_closed = False
        self.closed_by: dict[Relay, Outcome] = {}  # relays that did not open, lately
        self.journal_error: JournalError | None = None
        self.failed_in_row = 0
        self.width = 1  # how many lanes may work; those beyond wait
        self.relay: Relay | None = None  # the one that opened last
        self._work = threading.Condition()

    def put(self, items: list[Item]) -> None:
        with self._work:
            self.items.extend(items)
            self._work.notify_all()

    def again(self, item: Item) -> None:
        """An item that the relay never heard of goes first."""
        with self._work:
            self.items.appendleft(item)
            self._work.notify()

    def widen(self, width: int) -> None:
        with self._work:
            self.width = width
            self._work.notify_all()

    def heed(self, verdict: Verdict) -> None:
        """Closes at once where whoever is next would be refused as well; the breaker, which reads
        the database, decides whether the mailing stops."""
        if verdict is Verdict.SENT:
            self.failed_in_row = 0
        elif verdict in (Verdict.FAILED, Verdict.UNCERTAIN):
            self.failed_in_row += 1
        is_broken = self.failed_in_row >= (settings.LETTER_BREAKER_RUN or math.inf)
        if verdict is Verdict.PAUSE or is_broken:
            self.close()

    def close(self) -> None:
        with self._work:
            self.is_closed = True
            self._work.notify_all()
        self.bell.set()

    def await_work(self, lane: "Lane") -> bool:
        """Waits for an item; False when the belt is closed. The lane is busy from here on, before
        it takes the item: an empty belt and no busy lane mean that nothing is under way."""
        with self._work:
            lane.is_busy = False
            if not self.items:
                self.bell.set()
            while not self.is_closed and (not self.items or lane.number >= self.width):
                self._work.wait()
            lane.is_busy = not self.is_closed
            return lane.is_busy


class Lane(threading.Thread):
    """One connection at a time, as long as there is work and a relay that opens."""

    def __init__(self, belt: Belt, number: int) -> None:
        super().__init__(daemon=True, name=f"lane-{number}")
        self.belt, self.number = belt, number
        self.done = 0
        self.is_busy = self.is_on = True
        self._connection: Connection | None = None
        self._count = 0  # parcels taken for this connection
        self._items: dict[int, Item] = {}  # in hand
        self._fates: dict[int, Fate] = {}
        self._fruitless = 0

    def run(self) -> None:
        try:
            while self.belt.await_work(self) and (connection := self._opened()):
                self._send(connection)
        except Exception:
            logger.exception("delivery.lane_failed mailing=%s", self.belt.mailing_id)
        finally:
            self._hand_in()
            self._hang_up()
            self.is_busy = self.is_on = False
            self.belt.bell.set()

    def _opened(self) -> Connection | None:
        """Opens where it is closed: the relays in their order, those that did not open last."""
        belt = self.belt
        if self._connection or self._fruitless >= MAX_FRUITLESS:
            return self._connection
        for relay in sorted(belt.relays, key=lambda one: one in belt.closed_by):
            try:
                self._connection = open_connection(
                    relay,
                    timeout=settings.SMTP_TIMEOUT_SECONDS,
                    max_tries=settings.LETTER_MAX_TRIES,
                    name=settings.SITE_HOST,
                )
            except RelayClosedError as error:
                if relay not in belt.closed_by:
                    logger.warning(
                        "mailing.relay_closed mailing=%s reason=%s", belt.mailing_id, error
                    )
                belt.closed_by[relay] = error.outcome
                continue
            belt.closed_by.pop(relay, None)
            belt.relay = relay
            self._count = 0
            break
        return self._connection

    def _send(self, connection: Connection) -> None:
        lost = False
        try:
            for key, outcome in connection.send_many(self._parcels(), self._begun, self._accepted):
                lost = outcome.is_lost
                self._report(key, outcome, connection)
        except JournalError as error:
            self.belt.journal_error = error
            lost = True
        self._hand_in()
        if lost:
            self._fruitless = 0 if connection.taken else self._fruitless + 1
        if lost or self._count >= settings.LETTER_MESSAGES_PER_CONNECTION:
            self._hang_up()

    def _parcels(self) -> Iterator[Parcel]:
        belt, limit = self.belt, settings.LETTER_MESSAGES_PER_CONNECTION
        while self._count < limit and self.number < belt.width and not belt.is_closed:
            try:
                item = belt.items.popleft()
            except IndexError:
                return
            if len(belt.items) == belt.low:
                belt.bell.set()
            row = item.row
            if row.pk in belt.gone:
                belt.results.append(Result(row, GONE_READER))
                continue
            try:
                reader = Reader(row.email, row.token, f"{belt.mailing_id}.{row.pk}")
                data = item.letter.head_and_body(reader, belt.date)
                sender = bounce_sender(item.returns, row.pk, settings.BOUNCE_KEY) or item.sender
                parcel = Parcel(row.pk, sender, row.email, row.tries + 1, data)
            except MessageError as error:
                belt.results.append(Result(row, Outcome(Verdict.FAILED, error=str(error))))
                continue
            self._count += 1
            self._items[row.pk] = item
            yield parcel

    def _begun(self, key: int) -> None:
        self.belt.journal.note(key, Fate.BEGUN)
        self._fates[key] = Fate.BEGUN

    def _accepted(self, key: int) -> None:
        self._fates[key] = Fate.ACCEPTED
        self._note(key, Fate.ACCEPTED)

    def _note(self, key: int, fate: Fate) -> None:
        """What the journal can not hold any more, memory still knows."""
        try:
            self.belt.journal.note(key, fate)
        except JournalError as error:
            self.belt.journal_error = error

    def _report(self, key: int, outcome: Outcome, connection: Connection) -> None:
        self.done += 1
        item, fate = self._items.pop(key), self._fates.pop(key, None)
        if fate is Fate.BEGUN and outcome.verdict is not Verdict.UNCERTAIN:
            self._note(key, Fate.REFUSED)
        if outcome.is_unheard and connection.taken:
            self.belt.again(item)  # the relay only closes after so many messages
            return
        self.belt.heed(outcome.verdict)
        told = None if outcome.is_unheard else outcome
        self.belt.results.append(Result(item.row, told))

    def _hand_in(self) -> None:
        """What was taken and not reported (the journal failed, or the program): by what was
        noted of each."""
        for key, item in self._items.items():
            fate = self._fates.get(key)
            outcome = None
            if fate is Fate.ACCEPTED:
                outcome = Outcome(Verdict.SENT, 250)
            elif fate is Fate.BEGUN:
                outcome = Outcome(Verdict.UNCERTAIN, error=CUT)
            self.belt.results.append(Result(item.row, outcome))
        self._items.clear()
        self._fates.clear()

    def _hang_up(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None
