"""Letters that left, and messages about them, for the tests of returns."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from newsletter.engine.verp import bounce_sender
from newsletter.models import Delivery, Mailing, MailingContent, Subscription
from tests.newsletter.sending import bulletin, issue, reader

BOUNCES, LEAVING = "rebonds@lettre.exemple.fr", "desinscription@lettre.exemple.fr"
ADDRESS = "jeanne.martin@exemple.fr"


def sent(
    subscription: Subscription | None = None, number: int = 2, at: datetime | None = None
) -> Delivery:
    """A delivery that left, of an issue of this number."""
    subscription = subscription or reader(ADDRESS, confirmed_at=long_before())
    page = bulletin().get_children().filter(slug=f"hors-serie-{number}").first()
    page = page.specific if page else issue(number, live=False, title=f"Numéro {number}")
    mailing, _ = Mailing.objects.get_or_create(
        issue=page, bulletin=bulletin(), state="sent", finished_at=LONG_AGO
    )
    content, _ = MailingContent.objects.get_or_create(
        mailing=mailing, key="issue", defaults={"subject": "Objet", "html": "a", "text": "a"}
    )
    moment = at or timezone.now()
    return Delivery.objects.create(
        mailing=mailing,
        content=content,
        subscription=subscription,
        email=subscription.subscriber.email,
        token=subscription.token,
        state="sent",
        begun_at=moment,
        finished_at=moment,
    )


LONG_AGO = datetime.fromisoformat("2020-01-01T00:00:00+00:00")


def long_before() -> datetime:
    return timezone.now() - timedelta(days=400)


def verp(delivery: Delivery) -> str:
    return bounce_sender(BOUNCES, delivery.pk, settings.BOUNCE_KEY)


def dsn(
    delivery: Delivery,
    status: str = "5.1.1",
    said: str = "550 5.1.1 User unknown",
    *,
    to: str = "",
    name: str = "un",
    recipient: str = ADDRESS,
    action: str = "failed",
    original: str = "",
) -> bytes:
    text = f"""Return-Path: <>
Delivered-To: {to or verp(delivery)}
From: MAILER-DAEMON@mx.exemple.fr
Subject: Undelivered
Message-ID: <{name}@mx.exemple.fr>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.exemple.fr

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--B
Content-Type: text/rfc822-headers

Subject: Objet
{original}
--B--
"""
    return text.replace("\n", "\r\n").encode()


def complaint(delivery: Delivery, kind: str = "abuse", name: str = "plainte") -> bytes:
    text = f"""From: fbl@fai.example
To: plaintes@lettre.exemple.fr
Message-ID: <{name}@fai.example>
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: FBL/1

--B
Content-Type: message/rfc822

Subject: Objet
List-Unsubscribe: <https://lettre.exemple.fr/d/{delivery.token}>

Bonjour
--B--
"""
    return text.replace("\n", "\r\n").encode()


def wish(to: str = LEAVING, subject: str = "", body: str = "", extra: str = "") -> bytes:
    """What a mail program sends for the mailto form of List-Unsubscribe."""
    text = f"From: quelqu.un@autre.example\nTo: {to}\n{extra}Subject: {subject}\n\n{body}\n"
    return text.replace("\n", "\r\n").encode()
