"""A mailing of the real system, started again and again, seen from outside.

The readers and rows are copied by PostgreSQL from one that the models made, so that a million
costs seconds; the mailing is put back to its start between rounds.
"""

import json
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from celery import Celery
from psycopg import sql

from bench.stack import Stack
from tests.processes import manage

# One bulletin, one published issue, one confirmed reader, one paused mailing with its row.
SEED = """
import json, os
from django.utils import timezone
from newsletter.engine.envelopes import envelope_of
from newsletter.engine.recipients import address, audience
from newsletter.models.deliveries import Mailing, MailingContent
from tests.newsletter.sending import bulletin, issue, reader
page, letter = issue(), json.loads(os.environ["BENCH_LETTER"])
reader("lecteur0@exemple.fr")
mailing = Mailing.objects.create(
    issue=page, bulletin=bulletin(), revision=page.live_revision, state="paused")
content = MailingContent.objects.create(
    mailing=mailing, key="issue", envelope=envelope_of(bulletin(), f"issue{page.pk}"), **letter)
assert address(mailing, content, audience(page)) == 1
print(json.dumps({"page": page.pk, "mailing": mailing.pk}))
"""
SMALL = {
    "subject": "Objet",
    "html": '<p>Bonjour <a href="https://desabonnement.invalid/lecteur">Partir</a></p>',
    "text": "Bonjour. Partir : https://desabonnement.invalid/lecteur",
}
UNSETTLED = "SELECT count(*) FROM newsletter_delivery WHERE state IN ('pending', 'submitting')"


@dataclass
class Campaign:
    """A mailing in a database of its own."""

    stack: Stack
    database: str
    page: int
    mailing: int
    readers: int = 1

    def __post_init__(self) -> None:
        self.url = self.stack.cluster.url(self.database)
        self.bells = Celery(broker=self.stack.broker.url)
        self.bells.conf.broker_connection_retry = False

    @contextmanager
    def server(self) -> Any:
        with psycopg.connect(self.url, autocommit=True) as server:
            yield server

    def query(self, statement: str) -> list[tuple]:
        with self.server() as server:
            return server.execute(statement).fetchall()

    def run(self, *statements: str) -> None:
        with self.server() as server:
            for statement in statements:
                server.execute(statement)

    def grow(self, readers: int) -> None:
        """Readers 1 to `readers` - 1, copied from the first, confirmed for the same bulletin."""
        first, self.readers = self.readers, readers
        digest = "encode(sha256(convert_to('%s' || n, 'UTF8')), 'hex')"
        with self.server() as server:
            copy_rows(
                server,
                "newsletter_subscriber",
                {
                    "email": "'lecteur' || n || '@exemple.fr'",
                    "address_hash": digest % "a",
                    "id": f"{self._first('newsletter_subscriber')} + n",
                },
                first,
                readers - 1,
            )
            copy_rows(
                server,
                "newsletter_subscription",
                {
                    "id": f"{self._first('newsletter_subscription')} + n",
                    "subscriber_id": f"{self._first('newsletter_subscriber')} + n",
                    "token": f"left({digest % 't'}, 22)",
                    "confirmation_token": f"left({digest % 'c'}, 22)",
                },
                first,
                readers - 1,
            )
            server.execute("VACUUM ANALYZE newsletter_subscriber")
            server.execute("VACUUM ANALYZE newsletter_subscription")

    def _first(self, table: str) -> int:
        return int(self.query(f"SELECT min(id) FROM {table}")[0][0])  # noqa: S608

    def rewind(self, readers: int) -> None:
        """The mailing as if it had just been frozen for the first `readers` readers, paused."""
        with self.server() as server:
            base = self._first("newsletter_subscription")
            server.execute("CREATE TABLE IF NOT EXISTS bench_row AS TABLE newsletter_delivery")
            server.execute("TRUNCATE newsletter_delivery, newsletter_claim CASCADE")
            columns = columns_of(server, "bench_row")
            changed = {
                "id": f"row.id + s.id - {base}",
                "subscription_id": "s.id",
                "token": "s.token",
                "email": "r.email",
            }
            values = ", ".join(changed.get(c, f"row.{c}") for c in columns)
            server.execute(
                f"INSERT INTO newsletter_delivery ({', '.join(columns)}) SELECT {values} "  # noqa: S608
                "FROM bench_row row, newsletter_subscription s "
                "JOIN newsletter_subscriber r ON r.id = s.subscriber_id "
                f"WHERE s.id < {base + readers} ORDER BY s.id"
            )
            server.execute(
                "UPDATE newsletter_mailing SET state = 'paused', started_at = NULL, note = '', "
                "finished_at = NULL, wave = 2, run_accepted = 0, run_failed = 0, "
                "failed_in_row = 0, created_at = now(), reported_at = NULL"
            )
            server.execute("VACUUM ANALYZE newsletter_delivery")
            server.execute("CHECKPOINT")

    def start(self, bells: int = 1) -> None:
        """Ready, and rung: what a start ends with."""
        self.run("UPDATE newsletter_mailing SET state = 'ready'")
        self.ring(bells)

    def ring(self, bells: int = 1) -> None:
        for _ in range(bells):
            self.bells.send_task("newsletter.deliver", args=[self.mailing], ignore_result=True)

    def state(self) -> str:
        return str(self.query("SELECT state FROM newsletter_mailing")[0][0])

    def note(self) -> str:
        return str(self.query("SELECT note FROM newsletter_mailing")[0][0])

    def counts(self) -> Counter:
        return Counter(
            dict(self.query("SELECT state, count(*) FROM newsletter_delivery GROUP BY state"))
        )

    def wait(self, seconds: float, state: str = "sent") -> float:
        """Seconds until the mailing is in `state`, looked at every 20 ms on one connection."""
        start = time.perf_counter()
        with self.server() as server:
            while True:
                now = server.execute("SELECT state FROM newsletter_mailing").fetchone()
                spent = time.perf_counter() - start
                if now == (state,):
                    return spent
                if spent > seconds or now == ("paused",):
                    raise TimeoutError(f"{now}: {self.note()} {dict(self.counts())}")
                time.sleep(0.02)

    def claim_of(self, where: str) -> list[tuple]:
        return self.query(f"SELECT id, host, pid FROM newsletter_claim {where}")  # noqa: S608


def columns_of(server: psycopg.Connection, table: str) -> list[str]:
    found = server.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
        "ORDER BY ordinal_position",
        [table],
    )
    return [name for (name,) in found]


def copy_rows(
    server: psycopg.Connection, table: str, changed: dict[str, str], first: int, last: int
) -> None:
    """Rows `first` to `last` (n in the SQL of `changed`) like the row of the lowest id."""
    columns = columns_of(server, table)
    values = ", ".join(changed.get(c, f"row.{c}") for c in columns)
    statement = (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM "  # noqa: S608
        f"(SELECT * FROM {table} ORDER BY id LIMIT 1) row, generate_series({first}, {last}) n"
    )
    server.execute(sql.SQL(statement))  # type: ignore[arg-type]
    server.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")  # noqa: S608


def campaign(
    stack: Stack, name: str, readers: int, letter: dict[str, str] | None = None
) -> Campaign:
    """A paused mailing to `readers` readers (`letter`: subject, html, text) in a new database."""
    stack.database(name, "base")
    environment = stack.environment(name, BENCH_LETTER=json.dumps(letter or SMALL))
    made = json.loads(manage(environment, "shell", "-v", "0", "-c", SEED).splitlines()[-1])
    found = Campaign(stack, name, made["page"], made["mailing"])
    if readers > 1:
        found.grow(readers)
    return found
