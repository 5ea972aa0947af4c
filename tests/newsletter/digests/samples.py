"""A centre with a tree of themes, pages of the week of 9 November 2026, and readers."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from home.models import Topic
from newsletter.models import Bulletin, Mailing, Subscription
from newsletter.periods import WEEKLY, Window
from newsletter.readers.combinations import set_choices
from newsletter.readers.digests.runs import send_due
from tests.factories import site_tree
from tests.newsletter.sending import bulletin, reader
from tests.veille.factories import notice, topic

PARIS = ZoneInfo("Europe/Paris")
WEEK = Window(WEEKLY, date(2026, 11, 9), date(2026, 11, 16))
MONDAY = datetime(2026, 11, 16, 7, 0, tzinfo=PARIS)
IN_WEEK = datetime(2026, 11, 11, 12, 0, tzinfo=PARIS)


def themes(**parents: str) -> dict[str, Topic]:
    """themes(Climat="", Energie="Climat"): each under the one it names, "" at the top."""
    made: dict[str, Topic] = {}
    for name, parent in parents.items():
        made[name] = topic(name)
        if parent:
            Topic.objects.filter(pk=made[name].pk).update(parent=made[parent])
            made[name].refresh_from_db()
    return made


def page(title: str, *topics: str, at: datetime = IN_WEEK, **fields: object):
    return notice(site_tree(), title=title, topics=topics, published=at, **fields)


def follower(
    address: str, *topics: Topic, frequency: str = WEEKLY, to: Bulletin | None = None
) -> Subscription:
    subscription = reader(address, to=to or bulletin())
    set_choices(subscription, frequency, topics)
    return subscription


def sent(now: datetime = MONDAY) -> Mailing | None:
    """The one digest that a turn of the beat makes at `now`."""
    made = send_due(now)
    assert len(made) <= 1
    return Mailing.objects.get(pk=made[0]) if made else None


def who_gets(mailing: Mailing) -> dict[str, str]:
    """{address: key of the content}."""
    return dict(mailing.deliveries.values_list("email", "content__key"))
