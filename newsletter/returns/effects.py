"""What a judged return changes, in one transaction: its row, the subscriptions it ends, the
suppression. A replay changes nothing; nor does what speaks of somebody who is gone.

Many at a time: the number of statements does not grow with the number of returns.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from newsletter.models.audience import ConsentEvent, Subscriber, Subscription
from newsletter.models.deliveries import Delivery
from newsletter.models.returns import Bounce
from newsletter.models.suppressions import Suppression
from newsletter.returns.judging import soft_score
from newsletter.returns.wording import mask, sentence

Kind, Decision = Bounce.Kind, Bounce.Decision
Status, EndReason = Subscription.Status, Subscription.EndReason
HALF_LIVES = 8  # what is older weighs less than a two-hundredth
DAY = timedelta(days=1)
REASONS = {Kind.COMPLAINT: EndReason.COMPLAINT}


@dataclass(frozen=True, slots=True)
class Finding:
    """A return, judged. `reason` names the sentence (`wording`) when it is not that of the kind;
    one that is not `counts` changes nothing."""

    kind: str
    source: str
    at: datetime
    key: str
    delivery: Delivery | None
    status: str = ""
    said: str = ""
    server: str = ""
    reason: str = ""
    counts: bool = True


@dataclass(slots=True)
class Person:
    """A reader whose row is locked: subscriptions by id, and when each mailing was last refused."""

    subscriber: Subscriber
    subscriptions: dict[int, Subscription] = field(default_factory=dict)
    refusals: dict[object, datetime] = field(default_factory=dict)

    @property
    def open(self) -> list[Subscription]:
        return [one for one in self.subscriptions.values() if one.status != Status.ENDED]


@dataclass(slots=True)
class Ending:
    subscription: Subscription
    reason: str
    at: datetime
    detail: str


@transaction.atomic
def apply(findings: Sequence[Finding]) -> list[Bounce]:
    """Writes a row for each finding that is new, with its decision, and acts; returns the rows."""
    people = _people(findings)
    keys = {one.key for one in findings}
    known = set(Bounce.objects.filter(source_key__in=keys).values_list("source_key", flat=True))
    rows: list[Bounce] = []
    endings: list[Ending] = []
    held: dict[str, str] = {}
    for one in findings:
        if one.key not in known:
            known.add(one.key)
            person = people.get(one.delivery.subscription_id) if one.delivery else None
            rows.append(_decided(one, person, endings, held))
    _end(endings)
    _hold(held)
    # A stranger's return has nobody to lock: two readers of it at once write one row.
    Bounce.objects.bulk_create(rows, ignore_conflicts=True)
    written = [row.source_key for row in rows]
    return list(Bounce.objects.filter(source_key__in=written)) if written else []


def _people(findings: Sequence[Finding]) -> dict[int | None, Person]:
    """Who is concerned, by subscription; locked, so that scores add up and nobody is erased
    meanwhile."""
    asked = {one.delivery.subscription_id for one in findings if one.delivery} - {None}
    if not asked:
        return {}
    owners = set(Subscription.objects.filter(pk__in=asked).values_list("subscriber_id", flat=True))
    locked = Subscriber.objects.select_for_update().filter(pk__in=owners).order_by("pk")
    people = {one.pk: Person(one) for one in locked}
    for one in Subscription.objects.filter(subscriber__in=list(people)):
        people[one.subscriber_id].subscriptions[one.pk] = one
    oldest = min(one.at for one in findings)
    past = Bounce.objects.filter(
        subscriber__in=list(people),
        kind=Kind.SOFT,
        decision__in=[Decision.COUNTED, Decision.ENDED],
        at__gte=oldest - HALF_LIVES * settings.SOFT_BOUNCE_HALF_LIFE_DAYS * DAY,
    )
    for owner, mailing, at in past.order_by("at").values_list("subscriber_id", "mailing_id", "at"):
        people[owner].refusals[mailing] = at
    return {pk: person for person in people.values() for pk in person.subscriptions}


def _decided(
    one: Finding, person: Person | None, endings: list[Ending], held: dict[str, str]
) -> Bounce:
    """The row of a finding; what it ends and holds is added to the lists, once a person."""
    row = Bounce(
        kind=one.kind,
        source=one.source,
        decision=Decision.NONE,
        subscriber=person.subscriber if person else None,
        delivery=one.delivery,
        mailing_id=one.delivery.mailing_id if one.delivery else None,
        at=one.at,
        status_code=one.status[:11],
        diagnostic=_masked(one, person),
        reporting_server=mask(one.server)[:255],
        source_key=one.key,
    )
    limit = settings.SOFT_BOUNCE_LIMIT
    reason = one.reason or str(one.kind)
    if obstacle := _obstacle(one, person):
        row.explanation = sentence(obstacle)
        return row
    if person is None or not one.counts or one.kind not in (Kind.HARD, Kind.SOFT, Kind.COMPLAINT):
        row.explanation = sentence(reason, limit=limit)
        return row
    row.decision = Decision.ENDED
    if one.kind == Kind.SOFT:
        row.score = _score(one, person)
        if row.score < limit:
            row.decision = Decision.COUNTED
        else:
            reason = "soft-ended"
    row.explanation = sentence(reason, limit=limit)
    if row.decision == Decision.ENDED:
        _close(one, person, endings, held)
    return row


def _obstacle(one: Finding, person: Person | None) -> str:
    """Why a finding changes nothing, whatever its kind; "" when it may."""
    if one.delivery is None:
        return "stranger"
    if person is None:
        return "gone"
    if one.kind == Kind.COMPLAINT:
        return ""
    if one.delivery.email and one.delivery.email != person.subscriber.email:
        return "moved"
    subscription = person.subscriptions[one.delivery.subscription_id]
    left = one.delivery.finished_at or one.delivery.begun_at
    if left and subscription.confirmed_at and subscription.confirmed_at > left:
        return "renewed"
    if one.kind in (Kind.HARD, Kind.SOFT) and not person.open:
        return "ended-before"
    return ""


def _score(one: Finding, person: Person) -> float:
    """The weight of this refusal with the earlier ones. A mailing counts once; what was refused
    before the reader last confirmed counts no more."""
    assert one.delivery is not None  # noqa: S101 — `_obstacle` has seen to it
    person.refusals[one.delivery.mailing_id] = one.at
    confirmed = [sub.confirmed_at for sub in person.open if sub.confirmed_at]
    since = max(confirmed, default=one.at - 36_500 * DAY)
    days = [(one.at - at) / DAY for at in person.refusals.values() if at >= since]
    return soft_score(days, settings.SOFT_BOUNCE_HALF_LIFE_DAYS)


def _close(one: Finding, person: Person, endings: list[Ending], held: dict[str, str]) -> None:
    """All of a person's subscriptions: the address is dead, or its owner had enough."""
    why = REASONS.get(Kind(one.kind), EndReason.BOUNCE)
    for subscription in person.open:
        subscription.status = Status.ENDED
        detail = " ".join((str(Kind(one.kind).label), one.status)).strip()
        endings.append(Ending(subscription, why, one.at, detail))
    if one.kind == Kind.COMPLAINT:
        held[person.subscriber.email] = Suppression.Reason.COMPLAINT
    elif one.kind == Kind.HARD:
        held.setdefault(person.subscriber.email, Suppression.Reason.BOUNCE)


def _end(endings: list[Ending]) -> None:
    """In bulk: one update a reason and moment, one insertion of the proofs."""
    groups: dict[tuple[str, datetime], list[int]] = {}
    for one in endings:
        groups.setdefault((one.reason, one.at), []).append(one.subscription.pk)
    for (reason, at), pks in groups.items():
        still = Subscription.objects.filter(pk__in=pks).exclude(status=Status.ENDED)
        still.update(status=Status.ENDED, ended_at=at, end_reason=reason)
    ConsentEvent.objects.bulk_create(
        ConsentEvent(
            subscription=one.subscription,
            kind=ConsentEvent.Kind.ENDED,
            at=one.at,
            channel=ConsentEvent.Channel.RETURN,
            detail=one.detail,
        )
        for one in endings
    )


def _hold(held: dict[str, str]) -> None:
    """A complaint outranks what a reader may lift by themselves."""
    hashes = {Suppression.objects.hash_of(email): reason for email, reason in held.items()}
    rows = [Suppression(address_hash=one, reason=reason) for one, reason in hashes.items()]
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)
    complained = [one for one, reason in hashes.items() if reason == Suppression.Reason.COMPLAINT]
    if complained:
        Suppression.objects.filter(
            address_hash__in=complained, reason__in=Suppression.LIFTABLE
        ).update(reason=Suppression.Reason.COMPLAINT)


def _masked(one: Finding, person: Person | None) -> str:
    known = [one.delivery.email] if one.delivery and one.delivery.email else []
    return mask(one.said, *known, *([person.subscriber.email] if person else []))
