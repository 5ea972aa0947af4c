"""A bulletin with a past: two years of readers, a year of mailings, one under way."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from newsletter.models import (
    Bounce,
    Bulletin,
    CampaignVisit,
    Claim,
    Delivery,
    Issue,
    Mailing,
    MailingContent,
    Subscriber,
    Subscription,
)
from tests.newsletter.sending import bulletin, issue

REPLIES = (
    (550, "5.1.1", "550 5.1.1 <{0}>: Recipient address rejected: User unknown in virtual table"),
    (552, "5.2.2", "552 5.2.2 <{0}>: The email account that you tried to reach is over quota"),
    (550, "5.7.26", "550 5.7.26 This mail is unauthenticated, which poses a security risk"),
)
DOMAINS = ("ville.exemple.fr", "departement.exemple.fr", "un-tres-long-nom-de-domaine.exemple.org")


def readers(letter: Bulletin, count: int) -> list[Subscription]:
    """`count` readers who came over two years; one in nine has left."""
    now = timezone.now()
    made = []
    for n in range(count):
        domain = DOMAINS[n % len(DOMAINS)]
        subscriber = Subscriber.objects.create(email=f"lecteur{n}@{domain}")
        came = now - timedelta(days=730 - 700 * n / count)
        state = {"status": "confirmed", "confirmed_at": came, "requested_at": came}
        if n % 9 == 8:
            gone = came + timedelta(days=20)
            state |= {"status": "ended", "ended_at": gone, "end_reason": "reader"}
        made.append(Subscription(subscriber=subscriber, bulletin=letter, **state))
    return Subscription.objects.bulk_create(made)


def mailing(page: Issue, to: list[Subscription], begun: datetime, state: str) -> Mailing:
    ended = {"finished_at": begun} if state == "sent" else {}
    made = Mailing.objects.create(
        issue=page, bulletin=page.bulletin, state=state, started_at=begun, **ended
    )
    content = MailingContent.objects.create(
        mailing=made, key="issue", subject="Objet", html="<p>Bonjour</p>", text="Bonjour"
    )
    rows = []
    for n, one in enumerate(to):
        row = Delivery(mailing=made, content=content, subscription=one, token=one.token)
        row.email = one.subscriber.email
        waits = state != "sent" and n > len(to) * 0.6
        if not waits:
            row.begun_at = row.finished_at = begun if state == "sent" else timezone.now()
            row.state = "uncertain" if n % 29 == 7 else "failed" if n % 13 == 5 else "sent"
            if row.state == "failed":
                row.smtp_code, row.status_code, said = REPLIES[n % len(REPLIES)]
                row.error = said.format(row.email)
            elif row.state == "uncertain":
                row.error = "Connexion perdue (body)\u00a0: timed out"
        rows.append(row)
    Delivery.objects.bulk_create(rows)
    return made


def past(count: int = 6, people: int = 120) -> Mailing:
    """The mailing under way, the last of `count`; the page of its issue is on sale."""
    letter, now = bulletin(), timezone.now()
    everybody = readers(letter, people)
    made = None
    for n in range(1, count + 1):
        is_last = n == count
        page = issue(n, live=is_last, kind="regular", title=title_of(n))
        begun = now - timedelta(seconds=50) if is_last else now - timedelta(days=30 * (count - n))
        to = everybody[: people * n // count]
        made = mailing(page, to, begun, "sending" if is_last else "sent")
    before = Mailing.objects.filter(state="sent").order_by("-started_at").first()
    for n, kind in enumerate(["hard", "soft", "soft", "policy", "complaint"]):
        Bounce.objects.create(
            mailing=before, kind=kind, source="mailbox", decision="none", explanation=str(n), at=now
        )
    for n, page in enumerate([before.issue, letter, letter.get_parent()]):
        CampaignVisit.objects.create(
            page_id=page.pk,
            campaign=f"{letter.slug}-{before.issue.number}",
            day=date.today(),
            count=400 // (n + 1),
        )
    Claim.objects.create(
        id=uuid4(), mailing=made, host="a", pid=1, connections=4, started_at=now, seen_at=now
    )
    return made


def title_of(number: int) -> str:
    words = ("L'été des tiers-lieux", "Concevoir avec les habitants", "Données et territoires")
    return f"{words[number % 3]}, numéro {number}"
