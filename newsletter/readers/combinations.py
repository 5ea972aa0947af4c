"""What a reader chose (how often, which themes), and who chose the same.

All who chose the same themes share `Subscription.topics_key`, so that a digest is drawn once for
all of them, and so that the database alone finds its readers.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, QuerySet

from home.models import Topic
from newsletter.errors import LetterError
from newsletter.models.audience import Subscription

EVERY_THEME = ""
KEY_LENGTH = 16
TRIES, BATCH = 3, 500
Frequency = Subscription.Frequency


class ChangingChoicesError(LetterError):
    """Readers change their themes faster than they can be read."""


@dataclass(frozen=True, slots=True)
class Combination:
    """Themes that `readers` people chose together; no theme: every theme."""

    key: str
    topic_ids: tuple[int, ...]
    readers: int


def key_of(topic_ids: Iterable[int]) -> str:
    """The key of these themes, whatever their order; "" of none: every theme."""
    ids = ",".join(map(str, sorted(set(topic_ids))))
    return hashlib.sha256(ids.encode()).hexdigest()[:KEY_LENGTH] if ids else EVERY_THEME


@transaction.atomic
def set_choices(subscription: Subscription, frequency: str, topics: Iterable[Topic | int]) -> bool:
    """Writes what the reader chose; False when it was so already.

    Args:
        frequency: one of `Subscription.Frequency`.
        topics: the themes, or their ids; none: every theme.

    Raises:
        ValueError: no such frequency.
    """
    frequency = Frequency(frequency)
    wanted = {getattr(topic, "pk", topic) for topic in topics}
    # Two forms of one reader at once: the second waits, and the key matches what is stored.
    row = Subscription.objects.select_for_update(of=("self",)).get(pk=subscription.pk)
    held = set(row.topics.values_list("pk", flat=True))
    key = key_of(wanted)
    changed = (row.frequency, held) != (frequency, wanted)
    if held != wanted:
        row.topics.set(wanted)
    if changed or row.topics_key != key:
        Subscription.objects.filter(pk=row.pk).update(frequency=frequency, topics_key=key)
    subscription.frequency, subscription.topics_key = frequency, key
    return changed


def combinations_of(subscriptions: QuerySet[Subscription]) -> list[Combination]:
    """The combinations of these readers, the most chosen first: two queries whatever their
    number. A key that says another thing than the themes (written by hand, in SQL) is mended.

    Raises:
        ChangingChoicesError
    """
    for _ in range(TRIES):
        sizes = dict(subscriptions.order_by().values_list("topics_key").annotate(n=Count("pk")))
        chosen: dict[str, dict[int, int]] = defaultdict(dict)
        for key, topic_id, count in _choices(subscriptions):
            chosen[key][topic_id] = count
        wrong = [
            key
            for key, size in sizes.items()
            if key_of(chosen[key]) != key or set(chosen[key].values()) - {size}
        ]
        if not wrong:
            found = [Combination(k, tuple(sorted(chosen[k])), n) for k, n in sizes.items()]
            return sorted(found, key=lambda one: (-one.readers, one.key))
        _mend(subscriptions.filter(topics_key__in=wrong))
    raise ChangingChoicesError("Les choix des lecteurs changent trop vite\u00a0: réessayez.")


def _choices(subscriptions: QuerySet[Subscription]) -> QuerySet:
    """(key, theme, how many of these readers have both)."""
    links = Subscription.topics.through.objects.filter(
        subscription__in=subscriptions.order_by().values("pk")
    )
    return (
        links.order_by()
        .values_list("subscription__topics_key", "topic_id")
        .annotate(n=Count("subscription_id"))
    )


def _mend(subscriptions: QuerySet[Subscription]) -> None:
    ids = list(subscriptions.order_by("pk").values_list("pk", flat=True))
    for rank in range(0, len(ids), BATCH):
        with transaction.atomic():
            part = Subscription.objects.select_for_update(of=("self",))
            themes: dict[int, set[int]] = {
                pk: set()
                for pk in part.filter(pk__in=ids[rank : rank + BATCH]).values_list("pk", flat=True)
            }
            links = Subscription.topics.through.objects.filter(subscription_id__in=list(themes))
            for pk, topic_id in links.values_list("subscription_id", "topic_id"):
                themes[pk].add(topic_id)
            by_key = defaultdict(list)
            for pk, chosen in themes.items():
                by_key[key_of(chosen)].append(pk)
            for key, pks in by_key.items():
                Subscription.objects.filter(pk__in=pks).update(topics_key=key)


@transaction.atomic
def leave_theme(topic: Topic) -> None:
    """Before a theme is deleted: who followed it follows the theme above it; without one they lose
    it, and who followed nothing else follows everything, as when they signed up. A statement or
    two a combination, whatever the number of readers."""
    links = Subscription.topics.through.objects
    followers = Subscription.objects.filter(topics=topic)
    keys = followers.order_by().values_list("topics_key", flat=True).distinct()
    for key in list(keys):
        sample = followers.filter(topics_key=key).first()
        left = set(sample.topics.values_list("pk", flat=True)) - {topic.pk} if sample else set()
        if topic.parent_id:
            left.add(topic.parent_id)
        Subscription.objects.filter(topics_key=key, topics=topic).update(topics_key=key_of(left))
    if topic.parent_id:
        both = links.filter(topic_id=topic.parent_id).values("subscription_id")
        links.filter(topic_id=topic.pk).exclude(subscription_id__in=both).update(
            topic_id=topic.parent_id
        )
