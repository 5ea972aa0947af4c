"""A worker's claim: what it holds, that it lives, what it gives back.

Rows are taken by one statement, committed before the relay hears of any of them. Two workers never
take the same row: the second passes over what the first has locked (SQLite, which has no row locks,
lets one writer in at a time).
"""

import os
import socket
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from newsletter.models.audience import Subscription
from newsletter.models.claims import Claim
from newsletter.models.deliveries import Delivery, DeliveryQuerySet, Mailing

State = Delivery.State
UNCLAIMED = {"claim_id": None, "claimed_at": None, "begun_at": None, "finished_at": None}
GONE = "L'abonnement a pris fin avant l'envoi."
TAKE = """
WITH due AS (
  SELECT d.id AS due_id, {reads} AS reads
  FROM newsletter_delivery d LEFT JOIN newsletter_subscription s ON s.id = d.subscription_id
  WHERE d.mailing_id = %s AND d.wave <= %s AND d.state = 'pending'
    AND (d.next_try_at IS NULL OR d.next_try_at <= %s OR d.tried_at > %s) {apart}
  ORDER BY d.wave, d.id LIMIT %s {lock}
)
UPDATE newsletter_delivery AS d
SET state = CASE WHEN reads THEN 'submitting' ELSE 'skipped' END,
    claim_id = %s, claimed_at = %s,
    finished_at = CASE WHEN reads THEN NULL ELSE {moment} END,
    error = CASE WHEN reads THEN error ELSE %s END
FROM due WHERE d.id = due.due_id
RETURNING id, email, token, tries, content_id, state
"""


class Row(NamedTuple):
    """A claimed delivery: as much as sending it takes."""

    pk: int
    email: str
    token: str
    tries: int
    content_id: int


class Taken(NamedTuple):
    """What a claim got: rows to send, how many were skipped; `is_short` when no more were due."""

    rows: list[Row]
    skipped: int
    is_short: bool


def host() -> str:
    return socket.gethostname()[:255]


def living(now: datetime) -> QuerySet[Claim]:
    """The claims whose worker gave a sign of life within the lease. One seen in the future (the
    clock was put back) is not alive for ever."""
    lease = timedelta(seconds=settings.LETTER_LEASE_SECONDS)
    return Claim.objects.filter(seen_at__gt=now - lease, seen_at__lt=now + lease)


def open_claim(mailing_id: int, claim_id: UUID, connections: int) -> bool:
    """Writes the claim; False when the mailing does not run, or enough workers hold it."""
    now = timezone.now()
    with transaction.atomic():
        # Locked, so that of two workers who come together one sees the other.
        running = Mailing.objects.select_for_update().filter(
            pk=mailing_id, state=Mailing.State.SENDING
        )
        if not running.values_list("pk", flat=True):
            return False
        if living(now).filter(mailing_id=mailing_id).count() >= settings.LETTER_WORKERS:
            return False
        add_claim(mailing_id, claim_id, connections, now)
    return True


def add_claim(mailing_id: int, claim_id: UUID, connections: int, now: datetime) -> None:
    Claim.objects.create(
        id=claim_id,
        mailing_id=mailing_id,
        host=host(),
        pid=os.getpid(),
        connections=connections,
        started_at=now,
        seen_at=now,
    )


def beat(claim_id: UUID) -> bool:
    """A sign of life; False when the claim was taken away."""
    return bool(Claim.objects.filter(pk=claim_id).update(seen_at=timezone.now()))


def take(mailing: Mailing, claim_id: UUID, size: int, apart: Iterable[str] = ()) -> Taken:
    """At most `size` due rows of the mailing's wave, committed on return, in the order of keys.
    Who left since the freeze becomes `skipped` in the same statement.

    Args:
        apart: domains of readers that must wait; their rows are passed over.
    """
    now, apart = timezone.now(), tuple(apart)
    on_server = connection.vendor == "postgresql"
    reads = "s.status = 'confirmed'" if mailing.kind != Mailing.Kind.TEST else "1 = 1"
    sql = TAKE.format(
        reads=f"COALESCE({reads}, 1 = 0)",
        apart="AND LOWER(d.email) NOT LIKE %s " * len(apart),
        lock="FOR UPDATE OF d SKIP LOCKED" if on_server else "",
        moment="%s::timestamptz" if on_server else "%s",
    )
    moment, claim = stored("claimed_at", now), stored("claim_id", claim_id)
    likes = [f"%@{domain.lower()}" for domain in apart]
    values = [mailing.pk, mailing.wave, moment, moment, *likes, size, claim, moment, moment, GONE]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchall()
    rows = sorted(Row(*row[:5]) for row in found if row[5] == State.SUBMITTING)
    return Taken(rows, len(found) - len(rows), len(found) < size)


def stored(name: str, value: Any) -> Any:
    """`value` as the column `name` of a delivery holds it in this database."""
    return Delivery._meta.get_field(name).get_db_prep_value(value, connection)


def held(claim_id: UUID) -> DeliveryQuerySet:
    """The rows that are in this worker's hands."""
    return Delivery.objects.filter(claim_id=claim_id, state=State.SUBMITTING)


def gone_among(claim_id: UUID) -> set[int]:
    """Those of the held rows whose reader has left since."""
    reads = Subscription.objects.confirmed().filter(pk=OuterRef("subscription_id"))
    return set(held(claim_id).filter(~Exists(reads)).values_list("pk", flat=True))


def give_back(claim_id: UUID) -> int:
    """Held rows, of which the relay never heard, wait again; returns how many."""
    return held(claim_id).update(state=State.PENDING, **UNCLAIMED)


def drop(claim_id: UUID) -> None:
    """The end of a claim of which nothing is under way."""
    give_back(claim_id)
    Claim.objects.filter(pk=claim_id).delete()
