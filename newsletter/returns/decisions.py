"""From what came back to what is decided: the relay's own refusals, the mailbox, a provider.

Each door makes `Finding`s and hands them to `effects.apply`. A soft refusal given by the relay
is handed over after the last try only: the engine retries by itself.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils import timezone

from newsletter.engine.outcomes import Outcome, Verdict
from newsletter.models.audience import ConsentEvent
from newsletter.models.deliveries import Delivery
from newsletter.models.returns import Bounce
from newsletter.readers.subscriptions import end
from newsletter.returns.dsn import read_return
from newsletter.returns.effects import Finding, apply
from newsletter.returns.finding import delivery_of, subscriptions_named
from newsletter.returns.judging import judge
from newsletter.returns.values import Form, Return

Kind, Source = Bounce.Kind, Bounce.Source


class Result(StrEnum):
    """What became of a message of the mailbox: the keys of a turn's count."""

    ENDED = "ended"
    COUNTED = "counted"
    NONE = "none"  # kept on the screen of returns, without effect
    UNKNOWN_TOKEN = "unknown-token"  # noqa: S105
    REPLAY = "replay"
    UNSUBSCRIBED = "unsubscribed"
    AUTO = "auto"  # automatic replies, receipts, delays: nothing is kept
    OTHER = "other"  # somebody wrote: for a person to read


@dataclass(frozen=True, slots=True)
class Handled:
    result: Result
    bounce: Bounce | None = None


def handle(raw: bytes) -> Handled:
    """Reads a message of the mailbox and acts. Committed when it returns."""
    found = read_return(raw)
    if found.form in (Form.AUTO_REPLY, Form.RECEIPT, Form.DELAY, Form.SUCCESS):
        return Handled(Result.AUTO)
    if found.form is Form.MESSAGE:
        return Handled(Result.UNSUBSCRIBED if leave(found) else Result.OTHER)
    return decide(found)


def decide(found: Return) -> Handled:
    """Judges a failure, a complaint or a report, and acts."""
    delivery = delivery_of(found)
    if found.form is Form.UNREADABLE and delivery is None:
        return Handled(Result.OTHER)
    rows = apply([_finding(found, delivery)])
    if not rows:
        return Handled(Result.REPLAY)
    if delivery is None:
        return Handled(Result.UNKNOWN_TOKEN, rows[0])
    return Handled(Result(rows[0].decision), rows[0])


def _finding(found: Return, delivery: Delivery | None) -> Finding:
    kind, reason = _kind(found, delivery)
    return Finding(
        kind=kind,
        source=Source.MAILBOX,
        at=timezone.now(),
        key=f"m:{hashlib.sha256(found.identity).hexdigest()[:60]}",
        delivery=delivery,
        status=found.status,
        said=found.diagnostic or found.feedback_type,
        server=found.server,
        reason=reason,
    )


def _kind(found: Return, delivery: Delivery | None) -> tuple[str, str]:
    """(kind, sentence when not the kind's own)."""
    if found.form is Form.COMPLAINT:
        return Kind.COMPLAINT, ""
    if found.form is Form.REPORT:
        return Kind.POLICY, "report"
    if found.form is Form.UNREADABLE:
        return Kind.UNKNOWN, ""
    kind = judge(found.status, found.diagnostic)
    is_forwarded = bool(
        delivery and delivery.email and found.recipients and delivery.email not in found.recipients
    )
    if kind == Kind.HARD and is_forwarded:
        # The reader's own box took the letter; one it forwards to did not.
        return Kind.SOFT, "forwarded"
    return str(kind), ""


def leave(found: Return) -> int:
    """The mailto form of List-Unsubscribe (RFC 8058 §1, RFC 6068): ends the subscriptions whose
    token was written, whoever writes; returns how many it knew.

    Only a message to that very address counts: a token in an ordinary letter is a quotation.
    """
    local, _, domain = settings.UNSUBSCRIBE_ADDRESS.lower().partition("@")
    if not local or not any(_is_at(address, local, domain) for address in found.delivered_to):
        return 0
    known = subscriptions_named(found.words)
    for subscription in known:
        end(subscription, ConsentEvent.Channel.MAILBOX)
    return len(known)


def _is_at(address: str, local: str, domain: str) -> bool:
    named, _, at = address.partition("@")
    return at == domain and named.partition("+")[0] == local


def from_smtp(rows: Sequence[tuple[int, Outcome]]) -> list[Bounce]:
    """The relay's refusals of a settled batch: (delivery pk, outcome) pairs.

    Only what the relay said of one message counts: not a lost connection, nor what is to be tried
    again. A delivery is refused once, however often it is retried with the same verdict.
    """
    told = {pk: one for pk, one in rows if one.verdict is Verdict.FAILED and one.code}
    if not told:
        return []
    concerned = Delivery.objects.filter(pk__in=told, subscription__isnull=False)
    now = timezone.now()
    findings = []
    for delivery in concerned:
        outcome = told[delivery.pk]
        kind = judge(outcome.status, outcome.error)
        findings.append(
            Finding(
                kind=str(kind),
                source=Source.SMTP,
                at=now,
                key=f"s:{delivery.pk}:{kind}",
                delivery=delivery,
                status=outcome.status,
                said=outcome.error,
            )
        )
    return apply(findings) if findings else []
