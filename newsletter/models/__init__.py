"""The letter's tables."""

from newsletter.models.audience import ConsentEvent, Subscriber, Subscription
from newsletter.models.bulletins import Bulletin, BulletinIndexPage
from newsletter.models.claims import Claim
from newsletter.models.deliveries import Delivery, Mailing, MailingContent
from newsletter.models.frozen import FrozenEdition
from newsletter.models.issues import Issue
from newsletter.models.ledger import LedgerEntry
from newsletter.models.readers import DataExport, JobRun, ReaderMail, SubscriberImport
from newsletter.models.returns import Bounce
from newsletter.models.suppressions import Suppression
from newsletter.models.visits import CampaignVisit

__all__ = [
    "Bounce",
    "Bulletin",
    "BulletinIndexPage",
    "CampaignVisit",
    "Claim",
    "ConsentEvent",
    "DataExport",
    "Delivery",
    "FrozenEdition",
    "Issue",
    "JobRun",
    "LedgerEntry",
    "Mailing",
    "MailingContent",
    "ReaderMail",
    "Subscriber",
    "SubscriberImport",
    "Subscription",
    "Suppression",
]
