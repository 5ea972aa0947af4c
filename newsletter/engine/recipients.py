"""Who an issue is sent to."""

from django.db import connection
from django.db.models import CharField, DateTimeField, Exists, F, OuterRef, QuerySet, Value

from newsletter.models.audience import Subscription, Suppression
from newsletter.models.deliveries import Delivery, Mailing, MailingContent
from newsletter.models.issues import Issue


def audience(issue: Issue) -> QuerySet[Subscription]:
    """Who would receive this issue now: confirmed, not suppressed, and not already reached by a
    mailing of it that was cancelled half-way."""
    reached = Delivery.objects.filter(
        subscription=OuterRef("pk"),
        mailing__issue_id=issue.pk,
        mailing__kind=Mailing.Kind.ISSUE,
        state__in=[Delivery.State.SENT, Delivery.State.UNCERTAIN],
    )
    confirmed = Subscription.objects.confirmed().filter(
        ~Exists(reached), bulletin_id=issue.bulletin_id
    )
    emails = confirmed.order_by().values_list("subscriber__email", flat=True)
    held = Suppression.objects.held(emails.iterator())
    return confirmed.exclude(subscriber__email__in=held) if held else confirmed


def address(mailing: Mailing, content: MailingContent) -> int:
    """One pending delivery a reader, in one statement; returns how many."""
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
        "next_try_at": Value(None, DateTimeField()),
    }
    copied = {f"_{column}": value for column, value in values.items()}
    chosen = audience(mailing.issue).order_by("pk").annotate(**copied).values_list(*copied)
    select, parameters = chosen.query.sql_with_params()
    quote = connection.ops.quote_name
    columns = ", ".join(map(quote, values))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(Delivery._meta.db_table)} ({columns}) {select}",
            parameters,
        )
        return int(cursor.rowcount)
