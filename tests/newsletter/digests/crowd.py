"""Many readers over many combinations of themes, written in bulk."""

from itertools import combinations, islice

from django.db.models import F
from django.db.models.functions import Mod

from home.models import Topic
from newsletter.models import Bulletin, Subscriber, Subscription
from newsletter.periods import WEEKLY
from newsletter.readers.combinations import key_of
from tests.newsletter.digests.samples import IN_WEEK, page, themes
from tests.newsletter.sending import bulletin

BATCH = 5000
THEMES = 21  # 210 pairs


def press(pages: int = 30) -> dict[str, Topic]:
    """21 themes, some under others, and pages of the week: each theme has at least one."""
    tree = themes(
        **{f"Thème {n}": f"Thème {n - 1}" if n % 7 in {2, 5} else "" for n in range(THEMES)}
    )
    for n in range(max(pages, THEMES)):
        page(
            f"Une publication de la semaine, numéro {n}",
            f"Thème {n % THEMES}",
            at=IN_WEEK,
            abstract="Dix ans de travaux dans les quartiers, vus par celles et ceux qui y vivent. "
            * 4,
        )
    return tree


def crowd(count: int, to: Bulletin | None = None) -> None:
    """`count` confirmed readers of every issue."""
    letter = to or bulletin()
    for first in range(0, count, BATCH):
        people = Subscriber.objects.bulk_create(
            Subscriber(email=f"foule{n}@{letter.slug}.exemple.fr")
            for n in range(first, min(first + BATCH, count))
        )
        Subscription.objects.bulk_create(
            Subscription(
                subscriber=one,
                bulletin=letter,
                status="confirmed",
                requested_at=IN_WEEK,
                confirmed_at=IN_WEEK,
            )
            for one in people
        )


def choose(letter: Bulletin, tree: dict[str, Topic], ways: int, frequency: str = WEEKLY) -> None:
    """Every reader of `letter` now follows one of `ways` pairs of themes."""
    pairs = list(islice(combinations([topic.pk for topic in tree.values()], 2), ways))
    readers = Subscription.objects.filter(bulletin=letter).annotate(rank=Mod(F("pk"), ways))
    link = Subscription.topics.through
    for rank, pair in enumerate(pairs):
        chosen = readers.filter(rank=rank)
        ids = list(chosen.values_list("pk", flat=True))
        link.objects.bulk_create(
            (link(subscription_id=pk, topic_id=topic) for pk in ids for topic in pair),
            batch_size=BATCH,
            ignore_conflicts=True,
        )
        chosen.update(frequency=frequency, topics_key=key_of(pair))
