"""The demo's readers, on domains reserved for examples (RFC 2606): 200 confirmed, and others
who must receive nothing."""

from datetime import datetime, timedelta

from django.utils import timezone

from newsletter.models import Bulletin, ConsentEvent, Subscriber, Subscription, Suppression

FIRST = ("Alice", "Bruno", "Camille", "David", "Emma", "Farid", "Gaëlle", "Hugo", "Inès", "Julien")
LAST = (
    *("Arnaud", "Benali", "Carpentier", "Dumont", "Evrard", "Fontaine", "Girard", "Haddad"),
    *("Imbert", "Joly", "Keller", "Lefèvre", "Marchand", "Nguyen", "Olivier", "Perrin"),
    *("Quentin", "Rousseau", "Sanchez", "Traoré"),
)
DOMAINS = ("example.org", "example.com", "example.net")
CONFIRMED, PENDING, ENDED, SUPPRESSED = 200, 12, 9, 5
ASCII = str.maketrans("éèêëàâîïôûüçÉ", "eeeeaaiiouucE")
CONFIRMED_AT = datetime(2018, 9, 3, 9, 0, tzinfo=timezone.get_default_timezone())
WORDING = "Je souhaite recevoir le bulletin « En quelques clics » par courriel."


def addresses(count: int) -> list[tuple[str, str]]:
    """The first `count` (address, name) of a fixed series; all different."""
    people = [(first, last) for last in LAST for first in FIRST]
    made = []
    for number in range(count):
        first, last = people[number % len(people)]
        rank = number // len(people)
        local = f"{first}.{last}{rank or ''}".translate(ASCII).lower()
        made.append((f"{local}@{DOMAINS[number % len(DOMAINS)]}", f"{first} {last}"))
    return made


def load(bulletin: Bulletin) -> int:
    """Makes the readers once; returns how many addresses the demo holds."""
    everyone = addresses(CONFIRMED + PENDING + ENDED + SUPPRESSED)
    if not Subscriber.objects.filter(email=everyone[-1][0]).exists():
        Subscriber.objects.bulk_create(
            [Subscriber(email=email, name=name) for email, name in everyone]
        )
        by_email = {s.email: s for s in Subscriber.objects.all()}
        rows = [
            _subscription(by_email[email], bulletin, rank)
            for rank, (email, _) in enumerate(everyone)
        ]
        Subscription.objects.bulk_create(rows)
        ConsentEvent.objects.bulk_create([event for row in rows for event in _events(row)])
        for email, _ in everyone[-SUPPRESSED:]:
            Suppression.objects.hold(email, Suppression.Reason.COMPLAINT)
    return len(everyone)


def _subscription(subscriber: Subscriber, bulletin: Bulletin, rank: int) -> Subscription:
    """By rank: confirmed readers first, then pending, ended, and confirmed but suppressed."""
    row = Subscription(subscriber=subscriber, bulletin=bulletin)
    row.requested_at = CONFIRMED_AT + timedelta(minutes=rank)
    pending = CONFIRMED <= rank < CONFIRMED + PENDING
    if pending:
        row.requested_at = timezone.now()
        return row
    row.status = Subscription.Status.CONFIRMED
    row.confirmed_at = row.requested_at + timedelta(minutes=5)
    if CONFIRMED + PENDING <= rank < CONFIRMED + PENDING + ENDED:
        row.status = Subscription.Status.ENDED
        row.ended_at = row.confirmed_at + timedelta(days=20)
        row.end_reason = Subscription.EndReason.READER
    return row


def _events(row: Subscription) -> list[ConsentEvent]:
    form = {"subscription": row, "channel": ConsentEvent.Channel.FORM, "page": "/abonnement/"}
    form |= {"wording": WORDING, "wording_version": "demo"}
    kinds = ConsentEvent.Kind
    events = [ConsentEvent(kind=kinds.REQUESTED, at=row.requested_at, **form)]
    if row.confirmed_at:
        events.append(ConsentEvent(kind=kinds.CONFIRMED, at=row.confirmed_at, **form))
    if row.ended_at:
        left = {"subscription": row, "channel": ConsentEvent.Channel.MAIL}
        events.append(ConsentEvent(kind=kinds.ENDED, at=row.ended_at, **left))
    return events
