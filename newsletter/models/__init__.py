"""The letter's tables."""

from newsletter.models.audience import ConsentEvent, Subscriber, Subscription, Suppression
from newsletter.models.bulletins import Bulletin, BulletinIndexPage
from newsletter.models.deliveries import Delivery, Mailing, MailingContent
from newsletter.models.frozen import FrozenEdition
from newsletter.models.issues import Issue
from newsletter.models.ledger import LedgerEntry

__all__ = [
    "Bulletin",
    "BulletinIndexPage",
    "ConsentEvent",
    "Delivery",
    "FrozenEdition",
    "Issue",
    "LedgerEntry",
    "Mailing",
    "MailingContent",
    "Subscriber",
    "Subscription",
    "Suppression",
]
