"""The least that a sending needs: a bulletin, a published issue, readers in every state."""

from datetime import UTC, datetime

from django.utils import timezone

from newsletter.models import (
    Bulletin,
    BulletinIndexPage,
    Issue,
    Mailing,
    MailingContent,
    Subscriber,
    Subscription,
)
from newsletter.models.deliveries import Delivery
from tests.factories import site_tree

SENDER = "veille@lettre.exemple.fr"
# The least that an issue needs not to be empty.
A_WORD = {
    "type": "free",
    "value": {"title": "Un mot de l'équipe", "text": "<p>Bel été.</p>", "image": None},
}


def bulletin(slug: str = "en-quelques-clics", **fields: object) -> Bulletin:
    if found := Bulletin.objects.filter(slug=slug).first():
        return found
    home = site_tree()
    shelf = BulletinIndexPage.objects.first() or home.add_child(
        instance=BulletinIndexPage(title="Bulletins", slug="bulletins")
    )
    values = {
        "title": "En quelques clics",
        "sender_name": "Centre d'été",
        "sender_email": SENDER,
        "reply_to": "contact@exemple.fr",
    }
    return shelf.add_child(instance=Bulletin(slug=slug, **(values | fields)))


def issue(number: int = 2, *, live: bool = True, **fields: object) -> Issue:
    values = {"title": "L'été des tiers-lieux", "kind": "special", "dated": "2018-10"}
    values |= {"rubrics": [A_WORD]}
    page = Issue(slug=f"hors-serie-{number}", number=number, live=live, **(values | fields))
    page = bulletin().add_child(instance=page)
    if live:
        page.save_revision().publish()
        page.refresh_from_db()
    return page


def reader(
    address: str, status: str = "confirmed", to: Bulletin | None = None, **fields: object
) -> Subscription:
    now = timezone.now()
    dates = {
        "pending": {},
        "confirmed": {"confirmed_at": now},
        "ended": {"ended_at": now, "end_reason": "reader"},
    }[status]
    subscriber, _ = Subscriber.objects.get_or_create(email=address)
    values = {"requested_at": now} | dates | fields
    return Subscription.objects.create(
        subscriber=subscriber, bulletin=to or bulletin(), status=status, **values
    )


def readers(count: int, **fields: object) -> list[Subscription]:
    return [reader(f"lecteur{n}@exemple.fr", **fields) for n in range(1, count + 1)]


def mailing_to(count: int, state: str = "sending", **fields: object) -> Mailing:
    """A mailing of a short frozen content to `count` new readers, without rendering anything."""
    page = issue(live=False)
    subscriptions = readers(count)
    mailing = Mailing.objects.create(issue=page, bulletin=bulletin(), state=state, **fields)
    content = MailingContent.objects.create(
        mailing=mailing, key="issue", subject="Objet", html="<p>Bonjour</p>", text="Bonjour"
    )
    Delivery.objects.bulk_create(
        Delivery(
            mailing=mailing,
            content=content,
            subscription=one,
            email=one.subscriber.email,
            token=one.token,
        )
        for one in subscriptions
    )
    return mailing


def states(mailing: Mailing) -> dict[str, str]:
    """The state of each delivery, by address."""
    return dict(mailing.deliveries.values_list("email", "state"))


def counts(mailing: Mailing) -> dict[str, int]:
    """The states that hold something."""
    return {name: n for name, n in mailing.counts().items() if n and name != "total"}


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
