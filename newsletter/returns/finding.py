"""Which delivery a return speaks of. A return proves it by a token that only our message bore: that
of its return address (VERP), or that of its List-Unsubscribe. An address alone proves nothing,
except from a provider whose webhook was authenticated.
"""

import re
from collections.abc import Iterable

from django.conf import settings

from newsletter.addresses import AddressError, normalise
from newsletter.engine.messages import Reader, opaque_id
from newsletter.engine.verp import read_bounce_token
from newsletter.models.audience import Subscriber, Subscription
from newsletter.models.deliveries import Delivery
from newsletter.returns.values import Return

OPAQUE = re.compile(r"\.([0-9a-f]{24})@")
RECENT = 60  # deliveries of one subscription that are compared


def delivery_of(found: Return) -> Delivery | None:
    """The delivery that a message from the mailbox proves; None for a forged one."""
    for address in (*found.delivered_to, *found.original.senders):
        key = read_bounce_token(address, settings.BOUNCE_KEY)
        if key is not None:
            return Delivery.objects.select_related("mailing").filter(pk=key).first()
    tokens = found.original.tokens
    owners = (
        Subscription.objects.filter(token__in=tokens) if tokens else Subscription.objects.none()
    )
    return _named(owners, found.original.message_id)


def delivery_to(recipient: str, message_id: str) -> Delivery | None:
    """The delivery that a provider names by its recipient and, if it kept it, our Message-ID.

    Two indexed look-ups: the address, then that reader's latest deliveries, whose Message-ID is
    computed again.
    """
    try:
        email = normalise(recipient)
    except AddressError:
        return None
    owner = Subscriber.objects.at(email).first()
    return _named(owner.subscriptions.all(), message_id) if owner else None


def subscriptions_named(words: Iterable[str]) -> list[Subscription]:
    """Those whose unsubscribe token stands among the words."""
    return list(Subscription.objects.filter(token__in=list(words)))


def _named(owners: Iterable[Subscription], message_id: str) -> Delivery | None:
    """The delivery of these subscriptions that bears a Message-ID; else the latest that left."""
    mine = Delivery.objects.filter(subscription__in=list(owners)).select_related("mailing")
    latest = list(mine.exclude(begun_at=None).order_by("-pk")[:RECENT])
    if opaque := OPAQUE.search(message_id):
        for row in latest:
            reader = Reader(row.email, row.token, f"{row.mailing_id}.{row.pk}")
            if opaque_id(reader) == opaque[1]:
                return row
    return latest[0] if latest else None
