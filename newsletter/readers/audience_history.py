"""Everything that is known of one reader, for who answers them."""

from dataclasses import dataclass

from django.db.models import Prefetch

from newsletter.models.audience import ConsentEvent, Subscriber, Subscription
from newsletter.models.deliveries import Delivery
from newsletter.models.readers import ReaderMail
from newsletter.models.returns import Bounce
from newsletter.models.suppressions import Suppression

LATEST = 50


@dataclass(frozen=True, slots=True)
class History:
    """At most `LATEST` of each, the latest first."""

    subscriptions: list[Subscription]
    events: list[ConsentEvent]
    deliveries: list[Delivery]
    bounces: list[Bounce]
    mails: list[ReaderMail]
    suppression: Suppression | None


def history_of(subscriber: Subscriber) -> History:
    """The same number of queries for any reader."""
    subscriptions = list(
        subscriber.subscriptions.select_related("bulletin").prefetch_related(Prefetch("topics"))
    )
    own = {"subscription__in": [one.pk for one in subscriptions]}
    events = ConsentEvent.objects.filter(**own).select_related("subscription__bulletin")
    deliveries = Delivery.objects.filter(**own).select_related(
        "mailing__issue", "mailing__bulletin"
    )
    mails = ReaderMail.objects.filter(**own).select_related("subscription__bulletin")
    return History(
        subscriptions=subscriptions,
        events=list(events[:LATEST]),
        deliveries=list(deliveries.order_by("-pk")[:LATEST]),
        bounces=list(Bounce.objects.filter(subscriber=subscriber)[:LATEST]),
        mails=list(mails[:LATEST]),
        suppression=Suppression.objects.filter(
            address_hash=Suppression.objects.hash_of(subscriber.email)
        ).first(),
    )
