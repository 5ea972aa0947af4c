"""Asking for a bulletin, confirming it, leaving it, being forgotten.

The public answer to a sign-up is the same whether the address is known or not. What a reader
decided about their own address (leaving everything, erasure) a fresh, confirmed double opt-in
lifts, and a dead address that answers again; a complaint or the centre's own decision it does
not, and an import lifts nothing.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from newsletter.addresses import normalise
from newsletter.engine.messages import TEST_TOKEN
from newsletter.errors import LetterError
from newsletter.models.audience import ConsentEvent, Subscriber, Subscription, new_token
from newsletter.models.readers import ReaderMail
from newsletter.models.suppressions import Suppression
from newsletter.readers import mails
from newsletter.readers.combinations import set_choices
from newsletter.readers.forgetting import forget
from newsletter.readers.preferences import Choices
from newsletter.readers.wordings import WORDING, WORDING_VERSION

if TYPE_CHECKING:
    from newsletter.models.issues import Bulletin

EVERY_ISSUE = Choices()
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,24}")
Kind, Channel, Status = ConsentEvent.Kind, ConsentEvent.Channel, Subscription.Status


class UnknownTokenError(LetterError):
    """No subscription has this token."""

    message = "Ce lien n'est pas valide ou n'a plus d'abonnement."

    def __init__(self) -> None:
        super().__init__(self.message)


class ExpiredLinkError(LetterError):
    """The confirmation came too late, or after the reader left."""

    def __init__(self) -> None:
        super().__init__("Ce lien de confirmation a expiré\u00a0: refaites une demande.")


@dataclass(frozen=True, slots=True)
class Proof:
    """How a consent was given or taken back: what a `ConsentEvent` keeps."""

    channel: ConsentEvent.Channel
    page: str = ""
    wording: str = ""
    wording_version: str = ""
    provenance: str = ""


def sign_up(
    email: str, bulletin: "Bulletin", page: str, choices: Choices = EVERY_ISSUE
) -> Subscription | None:
    """Records a request and owes a mail to the address; None for one that must not be written to.

    An address that is known, suppressed or new costs the same statements and one commit: the time
    of the answer tells nothing. One that had its share of mails is left as it is.

    Raises:
        AddressError: unusable address.
    """
    email = normalise(email)
    ask = _Ask(bulletin, Proof(Channel.FORM, page, WORDING, WORDING_VERSION), choices)
    with transaction.atomic():
        mails.ring_on_commit()
        if Suppression.objects.bars(email):
            ask.rehearse(subscription=True, asks=True, mail=True)
            held = Suppression.objects.filter(address_hash=Suppression.objects.hash_of(email))
            held.update(at=F("at"))  # so that there is something to commit
            return None
        return ask.record(email)


@dataclass(frozen=True, slots=True)
class _Ask:
    """One request for a bulletin."""

    bulletin: "Bulletin"
    proof: Proof
    choices: Choices

    def record(self, email: str) -> Subscription:
        held = Subscriber.objects.at(email).select_for_update()
        subscriber, is_stranger = held.get_or_create(defaults={"email": email})
        subscription, is_new = Subscription.objects.get_or_create(
            subscriber=subscriber,
            bulletin=self.bulletin,
            defaults={"requested_at": timezone.now()},
        )
        reads = subscription.status == Status.CONFIRMED
        kind = ReaderMail.Kind.ALREADY if reads else ReaderMail.Kind.CONFIRM
        if mails.owe(subscription, kind):
            if not is_stranger:
                self.rehearse(subscription=not is_new, asks=reads)
            if not reads:
                self._write(subscription)
        return subscription

    def _write(self, subscription: Subscription) -> None:
        now = timezone.now()
        if subscription.status == Status.ENDED:
            _restart(subscription)
        subscription.requested_at = now
        subscription.save()
        set_choices(subscription, self.choices.frequency, self.choices.topics)
        _witness(subscription, Kind.REQUESTED, now, self.proof)

    def rehearse(self, *, subscription: bool, asks: bool, mail: bool = False) -> None:
        """Writes for nobody what a new address would have cost more, and takes it back."""
        with transaction.atomic():
            stranger = Subscriber.objects.create(email=f"{new_token()}@exemple.invalid")
            if subscription:
                row = Subscription.objects.create(
                    subscriber=stranger, bulletin=self.bulletin, requested_at=timezone.now()
                )
                if mail:
                    mails.owe(row, ReaderMail.Kind.CONFIRM)
                if asks:
                    self._write(row)
            transaction.set_rollback(True)


def _restart(subscription: Subscription) -> None:
    """A reader comes back: pending again. An old confirmation link must not confirm it."""
    field = Subscription._meta.get_field("confirmation_token")
    subscription.confirmation_token = field.get_default()
    subscription.status = Status.PENDING
    subscription.confirmed_at = subscription.ended_at = None
    subscription.end_reason = Subscription.EndReason.NONE
    subscription.leave_reason = Subscription.LeaveReason.NONE


def to_confirm(token: str) -> Subscription:
    """The subscription that a confirmation link speaks of. Reading changes nothing.

    Raises:
        UnknownTokenError. ExpiredLinkError: too late, or ended since. A confirmed one is found
        however old the link is: confirming twice is no error.
    """
    subscription = _find("confirmation_token", token)
    if subscription.status == Status.CONFIRMED:
        return subscription
    oldest = timezone.now() - timedelta(days=settings.SUBSCRIPTION_CONFIRM_DAYS)
    if subscription.status == Status.ENDED or subscription.requested_at < oldest:
        raise ExpiredLinkError
    return subscription


@transaction.atomic
def confirm(token: str) -> Subscription:
    """Confirms a pending subscription and lifts a suppression that the reader had asked for.

    Raises:
        As `to_confirm`.
    """
    subscription = to_confirm(token)
    now = timezone.now()
    confirmed = Subscription.objects.pending().filter(pk=subscription.pk)
    if confirmed.update(status=Status.CONFIRMED, confirmed_at=now):
        Suppression.objects.filter(
            address_hash=Suppression.objects.hash_of(subscription.subscriber.email),
            reason__in=Suppression.LIFTABLE,
        ).delete()
        proof = Proof(Channel.MAIL, reverse("confirm", args=["…"]), WORDING, WORDING_VERSION)
        _witness(subscription, Kind.CONFIRMED, now, proof)
        subscription.refresh_from_db()
        if mails.owe(subscription, ReaderMail.Kind.WELCOME):
            mails.ring_on_commit()
    return subscription


def by_token(token: str) -> Subscription | None:
    """The subscription of an unsubscribe link; None for the link of a test message.

    Raises:
        UnknownTokenError
    """
    if token == TEST_TOKEN:
        return None
    return _find("token", token)


def _find(column: str, token: str) -> Subscription:
    found = Subscription.objects.select_related("subscriber", "bulletin")
    # Another form (a NUL, a whole book) does not reach the database.
    if TOKEN.fullmatch(token) and (subscription := found.filter(**{column: token}).first()):
        return subscription
    raise UnknownTokenError


@transaction.atomic
def end(
    subscription: Subscription,
    channel: ConsentEvent.Channel,
    reason: str = Subscription.EndReason.READER,
) -> bool:
    """Ends a subscription; False, and nothing written, when it had ended already."""
    now = timezone.now()
    open_ones = Subscription.objects.filter(pk=subscription.pk).exclude(status=Status.ENDED)
    if not open_ones.update(status=Status.ENDED, ended_at=now, end_reason=reason):
        return False
    _witness(subscription, Kind.ENDED, now, Proof(channel))
    return True


@transaction.atomic
def suppress(
    email: str,
    reason: Suppression.Reason,
    channel: ConsentEvent.Channel = Channel.ADMIN,
    end_reason: str = Subscription.EndReason.SUPPRESSED,
) -> Suppression:
    """The address must not be written to any more: held by its hash, its subscriptions ended."""
    email = normalise(email)
    for subscription in Subscription.objects.filter(subscriber__email=email):
        end(subscription, channel, end_reason)
    return Suppression.objects.hold(email, reason)


def say_why(subscription: Subscription, leave_reason: str) -> bool:
    """Keeps the reason that a reader who has left gave, where they gave one; False for another."""
    reasons = {value for value in Subscription.LeaveReason.values if value}
    left = Subscription.objects.filter(pk=subscription.pk, status=Status.ENDED)
    return leave_reason in reasons and bool(left.update(leave_reason=leave_reason))


@transaction.atomic
def ask_for_data_link(subscription: Subscription) -> bool:
    """Owes the private link to one's own data, by mail: whoever holds a forwarded message has the
    token, and only the reader has the mailbox. False when they had their share of mails."""
    Subscriber.objects.select_for_update().get(pk=subscription.subscriber_id)
    mails.ring_on_commit()
    return mails.owe(subscription, ReaderMail.Kind.DATA_LINK)


@transaction.atomic
def erase(subscriber: Subscriber, channel: ConsentEvent.Channel = Channel.ADMIN) -> None:
    """Forgets a person (RGPD art. 17): their address stays only as a keyed hash, so that no
    import brings it back."""
    Suppression.objects.hold(subscriber.email, Suppression.Reason.ERASURE)
    forget(subscriber)
    _witness(None, Kind.ERASED, timezone.now(), Proof(channel))


def _witness(subscription: Subscription | None, kind: str, at: datetime, proof: Proof) -> None:
    ConsentEvent.objects.create(
        subscription=subscription,
        kind=kind,
        at=at,
        channel=proof.channel,
        page=unquote(proof.page),  # « … » of a link is read by a person
        wording=proof.wording,
        wording_version=proof.wording_version,
        provenance=proof.provenance,
    )
