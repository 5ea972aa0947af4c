"""What became of the rows of a claim, written many at a time.

Every statement names the claim: a worker whose claim was taken away finds no row to change. A row
that a rescue called uncertain meanwhile keeps its claim and is corrected: we now know.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from newsletter.engine.claims import GONE, Row, stored
from newsletter.engine.outcomes import Outcome, Verdict, backoff
from newsletter.models.deliveries import Delivery, Mailing

logger = logging.getLogger(__name__)
State = Delivery.State
AGAIN = (Verdict.RETRY, Verdict.PAUSE)

SENT = """
UPDATE newsletter_delivery
SET state = 'sent', claim_id = NULL, begun_at = claimed_at, finished_at = %s, tried_at = %s,
    tries = tries + 1, smtp_code = 250, status_code = '', error = '', is_hard = {false}
WHERE claim_id = %s AND state IN ('submitting', 'uncertain') AND id {among}
"""
OTHERS = """
UPDATE newsletter_delivery
SET state = o.state, tries = o.tries, smtp_code = o.code, status_code = o.status, error = o.error,
    is_hard = o.hard, next_try_at = o.later, tried_at = %s,
    claim_id = CASE WHEN o.state = 'uncertain' THEN claim_id ELSE NULL END,
    begun_at = CASE WHEN o.state IN ('pending', 'skipped') THEN NULL ELSE claimed_at END,
    claimed_at = CASE WHEN o.state = 'pending' THEN NULL ELSE claimed_at END,
    finished_at = CASE WHEN o.state = 'pending' THEN NULL ELSE %s END
FROM {told}
WHERE claim_id = %s AND newsletter_delivery.state IN ('submitting', 'uncertain')
  AND newsletter_delivery.id = o.id
"""
# One row of OTHERS for each object of a JSON list.
TOLD = {
    "postgresql": """json_to_recordset(%s) AS o (id bigint, state text, tries smallint,
        code smallint, status text, error text, hard boolean, later timestamptz)""",
    "sqlite": """(SELECT value ->> 'id' AS id, value ->> 'state' AS state,
        value ->> 'tries' AS tries, value ->> 'code' AS code, value ->> 'status' AS status,
        value ->> 'error' AS error, value ->> 'hard' AS hard, value ->> 'later' AS later
        FROM json_each(%s)) AS o""",
}


@dataclass(frozen=True, slots=True)
class Gone:
    """The reader has left since the row was claimed; the relay was not told of it."""


GONE_READER = Gone()


class Result(NamedTuple):
    """A row that is no longer in our hands. `outcome` None: the relay never heard of it."""

    row: Row
    outcome: Outcome | Gone | None


class Settled(NamedTuple):
    """How many rows of a batch were settled for good, how many of them the relay accepted, and
    those that could not be sent."""

    final: int
    accepted: int
    failed: list[tuple[int, Outcome]]


def settle(mailing_id: int, claim_id: UUID, results: Sequence[Result]) -> Settled:
    """Records results, in the order in which they came, in one transaction of three statements
    at most."""
    now = timezone.now()
    sent = [one.row.pk for one in results if _verdict(one) is Verdict.SENT]
    others = [one for one in results if _verdict(one) is not Verdict.SENT]
    told = [_told(one, now) for one in others]
    found = 0
    with transaction.atomic():
        if sent:
            found = accepted = _settle_sent(claim_id, sent, now)
        else:
            accepted = 0
        if told:
            found += _settle_others(claim_id, told, now)
        _count(mailing_id, accepted, results)
    if found < len(results):
        logger.warning(
            "delivery.settled_elsewhere mailing=%s claim=%s rows=%s",
            mailing_id,
            claim_id,
            len(results) - found,
        )
    failed = [
        (one.row.pk, one.outcome)
        for one in others
        if isinstance(one.outcome, Outcome) and one.outcome.verdict is Verdict.FAILED
    ]
    final = len(sent) + sum(row["state"] != State.PENDING for row in told)
    return Settled(final, len(sent), failed)


def settle_sent(claim_id: UUID, keys: Sequence[int], now: datetime) -> int:
    """Rows of a dead worker that its journal says were accepted."""
    return _settle_sent(claim_id, keys, now) if keys else 0


def forget_erased(mailing_id: int) -> int:
    """Blanks address and token of settled rows whose reader was erased while they were spoken."""
    erased = Delivery.objects.filter(mailing_id=mailing_id, subscription__isnull=True)
    settled = erased.exclude(state__in=[State.PENDING, State.SUBMITTING]).exclude(email="")
    return settled.exclude(mailing__kind=Mailing.Kind.TEST).update(email="", error="", token="")


def _verdict(result: Result) -> Verdict | None:
    return result.outcome.verdict if isinstance(result.outcome, Outcome) else None


def _settle_sent(claim_id: UUID, keys: Sequence[int], now: datetime) -> int:
    moment, claim = stored("finished_at", now), stored("claim_id", claim_id)
    on_server = connection.vendor == "postgresql"
    among = "= ANY(%s)" if on_server else "IN (SELECT value FROM json_each(%s))"
    sql = SENT.format(among=among, false="FALSE")
    chosen = list(keys) if on_server else json.dumps(list(keys))
    with connection.cursor() as cursor:
        cursor.execute(sql, [moment, moment, claim, chosen])
        return int(cursor.rowcount)


def _settle_others(claim_id: UUID, told: list[dict[str, object]], now: datetime) -> int:
    moment, claim = stored("finished_at", now), stored("claim_id", claim_id)
    sql = OTHERS.format(told=TOLD[connection.vendor])
    if connection.vendor == "postgresql":
        sql = sql.replace("THEN NULL ELSE %s END", "THEN NULL ELSE %s::timestamptz END")
    with connection.cursor() as cursor:
        cursor.execute(sql, [moment, moment, json.dumps(told, default=str), claim])
        return int(cursor.rowcount)


def _told(result: Result, now: datetime) -> dict[str, object]:
    """A row of OTHERS."""
    row, outcome = result
    facts: dict[str, object] = {"id": row.pk, "tries": row.tries, "code": None, "status": ""}
    facts |= {"error": "", "hard": False, "later": None}
    if outcome is None:
        return facts | {"state": State.PENDING.value}
    if isinstance(outcome, Gone):
        return facts | {"state": State.SKIPPED.value, "error": GONE}
    tries = row.tries + 1
    facts |= {"tries": tries, "code": outcome.code, "status": outcome.status}
    # PostgreSQL holds no NUL, which a relay may well answer.
    facts |= {"error": outcome.error.replace("\0", ""), "hard": outcome.is_hard}
    if outcome.verdict in AGAIN:
        later = stored("next_try_at", now + timedelta(seconds=backoff(tries)))
        return facts | {"state": State.PENDING.value, "later": later}
    return facts | {"state": outcome.verdict.value}


def _count(mailing_id: int, accepted: int, results: Sequence[Result]) -> None:
    """What the breaker looks at."""
    failed, in_row, broken = 0, 0, False
    for one in results:
        verdict = _verdict(one)
        if verdict is Verdict.SENT:
            in_row, broken = 0, True
        elif verdict in (Verdict.FAILED, Verdict.UNCERTAIN):
            failed, in_row = failed + 1, in_row + 1
    if not accepted and not failed:
        return
    Mailing.objects.filter(pk=mailing_id).update(
        run_accepted=F("run_accepted") + accepted,
        run_failed=F("run_failed") + failed,
        failed_in_row=in_row if broken else F("failed_in_row") + in_row,
    )
