"""Who a mailing is sent to, and in which order."""

from django.conf import settings
from django.db import connection
from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from newsletter.models.audience import Subscription
from newsletter.models.deliveries import Delivery, Mailing, MailingContent
from newsletter.models.issues import Issue
from newsletter.models.suppressions import Suppression

CANARY_SHARE = 4  # readers a canary: below that, nobody goes first


def readable(subscriptions: QuerySet[Subscription]) -> QuerySet[Subscription]:
    """Those of `subscriptions` that may be written to: confirmed, their address not suppressed."""
    suppressed = Suppression.objects.filter(address_hash=OuterRef("subscriber__address_hash"))
    return subscriptions.filter(~Exists(suppressed), status=Subscription.Status.CONFIRMED)


def audience(issue: Issue) -> QuerySet[Subscription]:
    """Who would receive this issue now: those who read every issue of its bulletin and may be
    written to, less who was reached by a mailing of it that was cancelled half-way."""
    reached = Delivery.objects.filter(
        subscription=OuterRef("pk"),
        mailing__issue_id=issue.pk,
        mailing__kind=Mailing.Kind.ISSUE,
        state__in=[Delivery.State.SENT, Delivery.State.UNCERTAIN],
    )
    every_issue = Subscription.objects.filter(
        # Who had chosen digests of a bulletin that offers them no more reads its issues again.
        Q(frequency=Subscription.Frequency.ISSUE) | Q(bulletin__offers_digests=False),
        ~Exists(reached),
        bulletin_id=issue.bulletin_id,
    )
    return readable(every_issue)


def address(
    mailing: Mailing,
    content: MailingContent,
    chosen: QuerySet[Subscription],
    team: list[str] | None = None,
) -> int:
    """One pending delivery of `content` for each of `chosen`, in one statement; returns how many.

    Args:
        team: addresses that go before all others, where they are among the readers; None: nobody
            goes first, neither team nor canary.
    """
    values = {
        "mailing_id": Value(mailing.pk),
        "content_id": Value(content.pk),
        "subscription_id": F("pk"),
        "email": F("subscriber__email"),
        "token": F("token"),
        "state": Value(Delivery.State.PENDING.value, CharField()),
        "tries": Value(0),
        "is_hard": Value(False),
        "error": Value("", CharField()),
        "status_code": Value("", CharField()),
        "next_try_at": Value(None, DateTimeField()),
        "wave": _wave(chosen, team),
    }
    copied = {f"_{column}": value for column, value in values.items()}
    rows = chosen.order_by("pk").annotate(**copied).values_list(*copied)
    select, parameters = rows.query.sql_with_params()
    quote = connection.ops.quote_name
    columns = ", ".join(map(quote, values))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(Delivery._meta.db_table)} ({columns}) {select}",
            parameters,
        )
        return int(cursor.rowcount)


def _wave(chosen: QuerySet[Subscription], team: list[str] | None) -> Case:
    """The team, then `LETTER_CANARY` readers where there are many more, then the rest."""
    rest, cases = Value(Mailing.Wave.REST.value), []
    if team is None:
        return Case(default=rest)
    if team:
        cases.append(When(subscriber__email__in=team, then=Value(Mailing.Wave.TEAM.value)))
    size = settings.LETTER_CANARY
    first = list(chosen.order_by("pk").values_list("pk", flat=True)[: size * CANARY_SHARE])
    if size and len(first) == size * CANARY_SHARE:
        cases.append(When(pk__lte=first[size - 1], then=Value(Mailing.Wave.CANARY.value)))
    return Case(*cases, default=rest)
