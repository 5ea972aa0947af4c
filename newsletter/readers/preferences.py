"""What a reader receives: every issue, or a digest of chosen themes, as it is chosen and shown."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from django.db import transaction
from django.utils import timezone

from home.models import Topic
from newsletter.models.audience import ConsentEvent, Subscription
from newsletter.readers.combinations import set_choices

Frequency = Subscription.Frequency


@dataclass(frozen=True, slots=True)
class Choices:
    """No topic means every theme."""

    frequency: str = Frequency.ISSUE
    topics: tuple[Topic, ...] = ()


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme as a box to tick, `depth` steps under its group's first."""

    pk: int
    name: str
    depth: int
    is_checked: bool


@dataclass(frozen=True, slots=True)
class ThemeGroup:
    """A theme with all that stands under it; or, untitled, the themes that have nothing below."""

    title: str
    themes: tuple[Theme, ...]


def theme_groups(checked: Collection[int]) -> list[ThemeGroup]:
    """Every theme, by tree, in the centre's order: one query."""
    children: dict[int | None, list[Topic]] = defaultdict(list)
    for topic in Topic.objects.all():
        children[topic.parent_id].append(topic)

    def under(topic: Topic, depth: int = 0) -> Iterator[Theme]:
        yield Theme(topic.pk, topic.name, depth, topic.pk in checked)
        for child in children[topic.pk]:
            yield from under(child, depth + 1)

    roots = children[None]
    groups = [ThemeGroup(root.name, tuple(under(root))) for root in roots if children[root.pk]]
    alone = tuple(theme for root in roots if not children[root.pk] for theme in under(root))
    return [*groups, *([ThemeGroup("", alone)] if alone else [])]


def choices_of(subscription: Subscription) -> Choices:
    return Choices(subscription.frequency, tuple(subscription.topics.all()))


def in_words(subscription: Subscription, topics: Iterable[Topic]) -> str:
    """« Un résumé par mois – Mobilités, Santé »."""
    names = ", ".join(topic.name for topic in topics) or "tous les thèmes"
    label = subscription.get_frequency_display()
    return label if subscription.frequency == Frequency.ISSUE else f"{label} – {names}"


@transaction.atomic
def change(subscription: Subscription, choices: Choices, page: str) -> bool:
    """Writes what a reader chose, and the proof of it; False, and nothing, when it is the same."""
    if not set_choices(subscription, choices.frequency, choices.topics):
        return False
    subscription.refresh_from_db()
    ConsentEvent.objects.create(
        subscription=subscription,
        kind=ConsentEvent.Kind.CHANGED,
        at=timezone.now(),
        channel=ConsentEvent.Channel.MAIL,
        page=unquote(page),
        detail=in_words(subscription, subscription.topics.all())[:255],
    )
    return True
