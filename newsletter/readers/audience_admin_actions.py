"""What may be done for one reader in the admin: end a subscription, send the confirmation again.
Each is a POST and needs the right to change subscribers."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST
from wagtail.log_actions import log

from newsletter.models.audience import ConsentEvent, Subscriber, Subscription
from newsletter.models.readers import ReaderMail
from newsletter.models.suppressions import Suppression
from newsletter.readers import mails
from newsletter.readers.subscriptions import ExpiredLinkError, end, to_confirm

CHANGE = "newsletter.change_subscriber"
INSPECT = "abonnes_modeladmin_inspect"
may_change = permission_required(CHANGE, raise_exception=True)


def found(subscription_id: int) -> Subscription:
    related = Subscription.objects.select_related("subscriber", "bulletin")
    return get_object_or_404(related, pk=subscription_id)


@may_change
@require_POST
def end_subscription(request: HttpRequest, subscription_id: int) -> HttpResponse:
    subscription = found(subscription_id)
    reason = Subscription.EndReason.ADMIN
    if end(subscription, ConsentEvent.Channel.ADMIN, reason):
        log(instance=subscription.subscriber, action="wagtail.edit")
        title = subscription.bulletin.title
        messages.success(request, f"L'abonnement à «\u00a0{title}\u00a0» est terminé.")
    else:
        messages.warning(request, "Cet abonnement était déjà terminé.")
    return redirect(INSPECT, subscription.subscriber_id)


@may_change
@require_POST
def send_confirmation(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """The link of the request that the reader made: the centre can not ask in their name."""
    subscription = found(subscription_id)
    if words := _refusal(subscription):
        messages.error(request, words)
        return redirect(INSPECT, subscription.subscriber_id)
    with transaction.atomic():
        Subscriber.objects.select_for_update().get(pk=subscription.subscriber_id)
        owed = mails.owe(subscription, ReaderMail.Kind.CONFIRM)
        if owed:
            mails.ring_on_commit()
            log(instance=subscription.subscriber, action="wagtail.edit")
    if owed:
        messages.success(request, "La demande de confirmation va repartir.")
    else:
        words = "Cette adresse a déjà reçu plusieurs demandes\u00a0: attendez avant d'en renvoyer."
        messages.error(request, words)
    return redirect(INSPECT, subscription.subscriber_id)


def _refusal(subscription: Subscription) -> str:
    """Why no confirmation may leave; "" when it may."""
    if subscription.status != Subscription.Status.PENDING:
        return "Cet abonnement n'attend pas de confirmation."
    if Suppression.objects.holds(subscription.subscriber.email):
        return "Cette adresse est exclue\u00a0: la personne doit refaire une demande elle-même."
    try:
        to_confirm(subscription.confirmation_token)
    except ExpiredLinkError:
        return "La demande a expiré\u00a0: la personne doit en refaire une."
    return ""


BASE = "lettre/abonnements/<key:subscription_id>/"
urlpatterns: list[URLPattern] = [
    path(f"{BASE}terminer/", end_subscription, name="newsletter_subscription_end"),
    path(f"{BASE}confirmation/", send_confirmation, name="newsletter_subscription_confirm"),
]
