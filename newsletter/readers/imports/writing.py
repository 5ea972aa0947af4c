"""Lines become confirmed subscriptions, with the provenance that proves them.

An address that left, was erased, complained or bounced here stays out: an import never lifts
anything. One that the file itself says gone is recorded as suppressed, so that a later file without
that column does not bring it in; but a file never ends the subscription of who reads here.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from home.models import Topic
from newsletter.addresses import keyed_hash
from newsletter.models.audience import ConsentEvent, Subscriber, Subscription
from newsletter.models.issues import Bulletin
from newsletter.models.suppressions import Suppression
from newsletter.readers.combinations import key_of
from newsletter.readers.imports.values import Fate, Row

CHUNK = 500
Status, Reason = Subscription.Status, Suppression.Reason
REASON_OF = {
    Fate.LEFT: Reason.UNSUBSCRIBE,
    Fate.BOUNCED: Reason.BOUNCE,
    Fate.COMPLAINED: Reason.COMPLAINT,
}


class Outcome:
    """What became of a line."""

    CREATED = "created"
    ALREADY = "already"
    PENDING = "pending"
    DOUBLE = "double"
    READS_HERE = "reads-here"
    ENDED = "ended"
    HELD = "held"
    LEFT, BOUNCED, COMPLAINED = Fate.LEFT, Fate.BOUNCED, Fate.COMPLAINED
    REJECTED = "rejected"

    STAYS = (ALREADY, PENDING, DOUBLE, READS_HERE)
    KEPT_OUT = (ENDED, HELD, LEFT, BOUNCED, COMPLAINED)


@dataclass(frozen=True, slots=True)
class Target:
    """Where lines go, and what proves the consent. `topics`: by slug and by name."""

    bulletin: Bulletin
    provenance: str
    topics: Mapping[str, Topic]
    shape: str = ""


def topics_by_name() -> dict[str, Topic]:
    topics = list(Topic.objects.all())
    return {topic.name: topic for topic in topics} | {topic.slug: topic for topic in topics}


def _known(emails: Iterable[str]) -> QuerySet[Subscriber]:
    """The subscribers of these addresses, through the index that makes an address unique."""
    return Subscriber.objects.alias(spelled=Lower("email")).filter(spelled__in=list(emails))


def judge(rows: Collection[Row], bulletin: Bulletin) -> dict[str, str]:
    """The outcome of each address, in the database as it is: three queries, nothing written."""
    hashes = {row.email: keyed_hash(row.email, settings.SUPPRESSION_KEY) for row in rows}
    held = set(
        Suppression.objects.filter(address_hash__in=hashes.values()).values_list(
            "address_hash", flat=True
        )
    )
    known = Subscription.objects.filter(subscriber__in=_known(hashes).values("pk"))
    statuses: dict[str, str] = {}
    reading: set[str] = set()
    for email, bulletin_id, status in known.values_list(
        "subscriber__email", "bulletin_id", "status"
    ):
        if bulletin_id == bulletin.pk:
            statuses[email] = status
        if status != Status.ENDED:
            reading.add(email)
    here = {
        Status.ENDED: Outcome.ENDED,
        Status.PENDING: Outcome.PENDING,
        Status.CONFIRMED: Outcome.ALREADY,
    }
    outcomes = {}
    for row in rows:
        if hashes[row.email] in held:
            outcomes[row.email] = Outcome.HELD
        elif row.fate in Fate.SUPPRESSED:
            outcomes[row.email] = Outcome.READS_HERE if row.email in reading else row.fate
        else:
            outcomes[row.email] = here.get(statuses.get(row.email, ""), Outcome.CREATED)
    return outcomes


def write(rows: Collection[Row], target: Target) -> dict[str, str]:
    """Writes what `judge` says, and returns it. Within the caller's transaction."""
    outcomes = judge(rows, target.bulletin)
    Suppression.objects.bulk_create(
        (
            Suppression(
                address_hash=keyed_hash(row.email, settings.SUPPRESSION_KEY),
                reason=REASON_OF[row.fate],
            )
            for row in rows
            if outcomes[row.email] in REASON_OF
        ),
        ignore_conflicts=True,
    )
    _subscribe([row for row in rows if outcomes[row.email] == Outcome.CREATED], target)
    return outcomes


def _subscribe(rows: list[Row], target: Target) -> None:
    now, emails = timezone.now(), [row.email for row in rows]
    known = {one.email: one for one in _known(emails)}
    new = [
        Subscriber(email=row.email, name=row.name, organisation=row.organisation)
        for row in rows
        if row.email not in known
    ]
    known |= {one.email: one for one in Subscriber.objects.bulk_create(new)}
    chosen = [dict.fromkeys(target.topics[name].pk for name in row.topics) for row in rows]
    made = Subscription.objects.bulk_create(
        Subscription(
            subscriber=known[row.email],
            bulletin=target.bulletin,
            status=Status.CONFIRMED,
            requested_at=now,
            confirmed_at=now,
            topics_key=key_of(topics),
        )
        for row, topics in zip(rows, chosen, strict=True)
    )
    _prove(made, rows, target, now)
    through = Subscription.topics.through
    through.objects.bulk_create(
        through(subscription=subscription, topic_id=pk)
        for subscription, topics in zip(made, chosen, strict=True)
        for pk in topics
    )


def _prove(made: list[Subscription], rows: list[Row], target: Target, at: datetime) -> None:
    ConsentEvent.objects.bulk_create(
        ConsentEvent(
            subscription=subscription,
            kind=ConsentEvent.Kind.IMPORTED,
            at=at,
            channel=ConsentEvent.Channel.IMPORT,
            provenance=target.provenance,
            detail=f"Accord daté «\u00a0{row.consent}\u00a0» dans le fichier"
            if row.consent
            else "",
        )
        for subscription, row in zip(made, rows, strict=True)
    )
