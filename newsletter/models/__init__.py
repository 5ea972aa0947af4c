"""The letter's tables."""

from newsletter.models.audience import ConsentEvent, Subscriber, Subscription, Suppression
from newsletter.models.deliveries import Delivery, Mailing, MailingContent
from newsletter.models.issues import Bulletin, BulletinIndexPage, Issue, LedgerEntry

__all__ = [
    "Bulletin",
    "BulletinIndexPage",
    "ConsentEvent",
    "Delivery",
    "Issue",
    "LedgerEntry",
    "Mailing",
    "MailingContent",
    "Subscriber",
    "Subscription",
    "Suppression",
]
