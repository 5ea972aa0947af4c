"""What is held of one person: shown, given, corrected (RGPD art. 15, 16, 20).

Everything hangs on the private link, which is mailed and dies soon; erasing is `subscriptions`'.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from newsletter.errors import LetterError
from newsletter.models.audience import ConsentEvent, Subscriber, Subscription, new_token
from newsletter.models.deliveries import Delivery
from newsletter.models.readers import ReaderMail
from newsletter.models.returns import Bounce
from newsletter.models.suppressions import Suppression
from newsletter.readers.exports import log_export
from newsletter.readers.subscriptions import TOKEN, UnknownTokenError

FORMAT = "en-quelques-clics/donnees-personnelles/1"
Held = dict[str, Any]


class UnknownDataLinkError(UnknownTokenError):
    """Nobody's private link, or no longer."""

    message = (
        "Ce lien privé ne sert plus\u00a0: une correction l'a remplacé, ou vos données ont été "
        "effacées. S'il vous en faut un autre, demandez-le depuis la page de votre abonnement."
    )


class ExpiredDataLinkError(LetterError):
    """The private link is too old."""

    def __init__(self) -> None:
        super().__init__(
            "Ce lien privé a expiré\u00a0: demandez-en un autre depuis la page de votre abonnement."
        )


def by_data_token(token: str) -> Subscriber:
    """The person whose private link this is.

    Raises:
        UnknownDataLinkError: nobody's, or used to correct or erase.
        ExpiredDataLinkError: older than DATA_LINK_HOURS.
    """
    found = Subscriber.objects.filter(data_token=token) if TOKEN.fullmatch(token) else None
    subscriber = found.first() if found is not None else None
    if subscriber is None:
        raise UnknownDataLinkError
    oldest = timezone.now() - timedelta(hours=settings.DATA_LINK_HOURS)
    if subscriber.data_token_at is None or subscriber.data_token_at < oldest:
        raise ExpiredDataLinkError
    return subscriber


def held(subscriber: Subscriber) -> Held:
    """All that is held of a person, as JSON values under French names; moments are ISO 8601."""
    of_person = {"subscription__subscriber": subscriber}
    deliveries = Delivery.objects.filter(**of_person).select_related("content", "mailing__bulletin")
    bounces = Bounce.objects.filter(subscriber=subscriber)
    mails = ReaderMail.objects.filter(**of_person)
    digest = Suppression.objects.hash_of(subscriber.email)
    return {
        "format": FORMAT,
        "produit_le": _moment(timezone.now()),
        "adresse": subscriber.email,
        "nom": subscriber.name,
        "organisme": subscriber.organisation,
        "connu_depuis": _moment(subscriber.created_at),
        "abonnements": [_subscription(one) for one in _subscriptions(subscriber)],
        "envois": [_delivery(one) for one in deliveries.order_by("-pk")],
        "retours": [_bounce(one) for one in bounces.order_by("-at")],
        "courriels": [_mail(one) for one in mails.order_by("-pk")],
        "exclusions": [
            {"motif": one.get_reason_display(), "le": _moment(one.at)}
            for one in Suppression.objects.filter(address_hash=digest)
        ],
    }


def _subscriptions(subscriber: Subscriber) -> list[Subscription]:
    rows = subscriber.subscriptions.select_related("bulletin").order_by("pk")
    return list(rows.prefetch_related("topics", "events"))


def _subscription(one: Subscription) -> Held:
    return {
        "bulletin": one.bulletin.title,
        "etat": one.get_status_display(),
        "recoit": one.get_frequency_display(),
        "themes": [topic.name for topic in one.topics.all()],
        "demande_le": _moment(one.requested_at),
        "confirme_le": _moment(one.confirmed_at),
        "termine_le": _moment(one.ended_at),
        "motif_de_fin": one.get_end_reason_display() if one.end_reason else "",
        "raison_donnee": one.get_leave_reason_display() if one.leave_reason else "",
        "consentements": [_event(event) for event in one.events.all()],
    }


def _event(event: ConsentEvent) -> Held:
    return {
        "evenement": event.get_kind_display(),
        "le": _moment(event.at),
        "par": event.get_channel_display(),
        "page": event.page,
        "texte_presente": event.wording,
        "version_du_texte": event.wording_version,
        "provenance": event.provenance,
        "detail": event.detail,
    }


def _delivery(one: Delivery) -> Held:
    return {
        "bulletin": one.mailing.bulletin.title,
        "objet": one.content.subject,
        "adresse": one.email,
        "etat": one.get_state_display(),
        "le": _moment(one.finished_at),
        "reponse_du_serveur": one.error,
    }


def _bounce(one: Bounce) -> Held:
    return {
        "nature": one.get_kind_display(),
        "le": _moment(one.at),
        "par": one.get_source_display(),
        "reponse_du_serveur": " ".join(filter(None, [one.status_code, one.diagnostic])),
        "decision": one.get_decision_display(),
        "explication": one.explanation,
    }


def _mail(one: ReaderMail) -> Held:
    return {
        "nature": one.get_kind_display(),
        "demande_le": _moment(one.created_at),
        "envoye_le": _moment(one.sent_at),
        "etat": one.get_state_display(),
    }


def _moment(at: datetime | None) -> str | None:
    return timezone.localtime(at).isoformat(timespec="seconds") if at else None


def note_export() -> None:
    """Data left, towards the person themself: neither name nor address."""
    log_export(None, "Données d'une personne", 1, "par elle-même, lien privé")


@transaction.atomic
def correct(subscriber: Subscriber, name: str, organisation: str) -> bool:
    """Writes a person's own correction, its proof, and a new private link; False, and nothing,
    when it says the same."""
    row = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    if (row.name, row.organisation) == (name, organisation):
        return False
    changed = [
        label
        for label, old, new in (
            ("nom", row.name, name),
            ("organisme", row.organisation, organisation),
        )
        if old != new
    ]
    row.name, row.organisation, row.data_token = name, organisation, new_token()
    row.save(update_fields=["name", "organisation", "data_token"])
    now = timezone.now()
    ConsentEvent.objects.bulk_create(
        ConsentEvent(
            subscription=subscription,
            kind=ConsentEvent.Kind.CORRECTED,
            at=now,
            channel=ConsentEvent.Channel.PRIVATE,
            detail=", ".join(changed),
        )
        for subscription in row.subscriptions.all()
    )
    subscriber.data_token = row.data_token
    return True
