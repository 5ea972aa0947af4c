"""Asking for a bulletin, confirming it, leaving it, being forgotten.

The public answer to a sign-up is the same whether the address is known or not. What a reader
decided about their own address (leaving everything, erasure) a fresh, confirmed double opt-in
lifts; a complaint, a dead address or the centre's own decision it does not, and an import
lifts nothing.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from newsletter.addresses import normalise
from newsletter.engine.messages import TEST_TOKEN, unsubscribe_url
from newsletter.errors import LetterError
from newsletter.models.audience import ConsentEvent, Subscriber, Subscription, Suppression
from newsletter.models.deliveries import Delivery

if TYPE_CHECKING:
    from newsletter.models.issues import Bulletin

WORDING = (
    "J'accepte de recevoir ce bulletin à cette adresse. Elle ne sert qu'à cet envoi\u00a0; "
    "je peux me désabonner à tout moment par le lien présent dans chaque courriel."
)
WORDING_VERSION = "2026-11"
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,24}")
Kind, Channel, Status = ConsentEvent.Kind, ConsentEvent.Channel, Subscription.Status


class UnknownTokenError(LetterError):
    """No subscription has this token."""

    def __init__(self) -> None:
        super().__init__("Ce lien n'est pas valide ou n'a plus d'abonnement.")


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


def sign_up(email: str, bulletin: "Bulletin", page: str) -> Subscription | None:
    """Records a request and writes to the address; None for one that must not be written to.

    Raises:
        AddressError: unusable address. NoRelayError, OSError, SMTPException: the mail did not
        leave; asking again sends it again.
    """
    email = normalise(email)
    barred = Suppression.objects.exclude(reason__in=Suppression.LIFTABLE)
    if barred.filter(address_hash=Suppression.objects.hash_of(email)).exists():
        return None
    now = timezone.now()
    with transaction.atomic():
        subscriber, _ = Subscriber.objects.get_or_create(email=email)
        subscription, _ = Subscription.objects.select_for_update().get_or_create(
            subscriber=subscriber, bulletin=bulletin, defaults={"requested_at": now}
        )
        if subscription.status != Status.CONFIRMED:
            if subscription.status == Status.ENDED:
                _restart(subscription)
            subscription.requested_at = now
            subscription.save()
            proof = Proof(Channel.FORM, page, WORDING, WORDING_VERSION)
            _witness(subscription, Kind.REQUESTED, now, proof)
    _write_to(subscription)
    return subscription


def _restart(subscription: Subscription) -> None:
    """A reader comes back: pending again. An old confirmation link must not confirm it."""
    field = Subscription._meta.get_field("confirmation_token")
    subscription.confirmation_token = field.get_default()
    subscription.status = Status.PENDING
    subscription.confirmed_at = subscription.ended_at = None
    subscription.end_reason = Subscription.EndReason.NONE


def _write_to(subscription: Subscription) -> None:
    """The confirmation mail, or, to who already reads, one that says so."""
    bulletin = subscription.bulletin
    path = reverse("confirm", args=[subscription.confirmation_token])
    context = {
        "bulletin": bulletin,
        "confirm_url": settings.SITE_URL + path,
        "unsubscribe_url": unsubscribe_url(settings.SITE_URL, subscription.token),
        "site_url": settings.SITE_URL,
        "days": settings.SUBSCRIPTION_CONFIRM_DAYS,
        "is_reader": subscription.status == Status.CONFIRMED,
    }
    subject = "Vous êtes déjà abonné" if context["is_reader"] else "Confirmez votre abonnement"
    message = EmailMessage(
        subject=f"{subject} à {bulletin.title}"[:200],
        body=render_to_string("newsletter/subscription/mail.txt", context),
        from_email=formataddr((bulletin.sender_name or bulletin.title, bulletin.sender_email)),
        to=[subscription.subscriber.email],
        headers={"Auto-Submitted": "auto-generated", "Content-Language": "fr"},
    )
    message.send()


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
def suppress(email: str, reason: Suppression.Reason) -> Suppression:
    """The address must not be written to any more: held by its hash, its subscriptions ended."""
    email = normalise(email)
    for subscription in Subscription.objects.filter(subscriber__email=email):
        end(subscription, Channel.ADMIN, Subscription.EndReason.SUPPRESSED)
    return Suppression.objects.hold(email, reason)


@transaction.atomic
def erase(subscriber: Subscriber) -> None:
    """Forgets a person (RGPD art. 17): their address stays only as a keyed hash, so that no
    import brings it back."""
    now, email = timezone.now(), subscriber.email
    Suppression.objects.hold(email, Suppression.Reason.ERASURE)
    rows = Delivery.objects.filter(email=email)
    rows.filter(state=Delivery.State.PENDING).update(
        state=Delivery.State.SKIPPED, finished_at=now, error="Adresse effacée."
    )
    rows.exclude(state=Delivery.State.SUBMITTING).update(email="", error="")
    # The admin's journal names what it speaks of: the address would stay there.
    ModelLogEntry.objects.for_instance(subscriber).update(label="Abonné effacé")
    subscriber.delete()
    _witness(None, Kind.ERASED, now, Proof(Channel.ADMIN))


def forget_unconfirmed(now: datetime) -> int:
    """Deletes requests never confirmed, and addresses that then hold nothing; returns how many
    requests. Nobody agreed to have these kept."""
    oldest = now - timedelta(days=settings.SUBSCRIPTION_CONFIRM_DAYS)
    with transaction.atomic():
        stale = Subscription.objects.pending().filter(requested_at__lt=oldest)
        # One that was confirmed, left, asked again and did not confirm goes back to ended:
        # its first consent stays proved, and an import still finds that they left.
        for subscription in stale.filter(events__kind=Kind.ENDED).distinct():
            left = subscription.events.filter(kind=Kind.ENDED).first()
            Subscription.objects.filter(pk=subscription.pk).update(
                status=Status.ENDED,
                ended_at=left.at,
                end_reason=Subscription.EndReason.READER,
            )
        pks = list(stale.values_list("pk", flat=True))
        owners = Subscriber.objects.filter(subscriptions__in=pks)
        owner_pks = list(owners.values_list("pk", flat=True))
        Subscription.objects.filter(pk__in=pks).delete()
        Subscriber.objects.filter(pk__in=owner_pks, subscriptions__isnull=True).delete()
    return len(pks)


def _witness(subscription: Subscription | None, kind: str, at: datetime, proof: Proof) -> None:
    ConsentEvent.objects.create(
        subscription=subscription,
        kind=kind,
        at=at,
        channel=proof.channel,
        page=proof.page,
        wording=proof.wording,
        wording_version=proof.wording_version,
        provenance=proof.provenance,
    )
