"""What a sending provider tells through its webhook, at `/courriel/retours/PROVIDER/`.

django-anymail checks who speaks (HTTP basic authentication, and the signature where a provider
signs) and reads the events. Only the providers of `RETURNS_WEBHOOKS` have an address, and only
once a secret is set. A provider's own verdict is not taken: its servers' words are judged here.
"""

import hashlib
import hmac
import logging
from typing import Any

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from newsletter.models.audience import ConsentEvent
from newsletter.models.deliveries import Delivery
from newsletter.models.returns import Bounce
from newsletter.readers.subscriptions import end
from newsletter.returns.effects import Finding, apply
from newsletter.returns.finding import delivery_to
from newsletter.returns.judging import ENHANCED, judge

logger = logging.getLogger(__name__)
Kind = Bounce.Kind
PLAIN = "text/plain; charset=utf-8"
PROVIDERS = {
    "brevo": BrevoTrackingWebhookView,
    "mailgun": MailgunTrackingWebhookView,
    "mailjet": MailjetTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
    "sparkpost": SparkPostTrackingWebhookView,
}
# The provider itself did not send: its lists, not a server's answer.
REJECTED = {
    RejectReason.INVALID: Kind.HARD,
    RejectReason.BOUNCED: Kind.SOFT,
    RejectReason.TIMED_OUT: Kind.SOFT,
}


@method_decorator(csrf_exempt, name="dispatch")
@method_decorator(never_cache, name="dispatch")
class ReturnsWebhookView(View):
    """403 for who can not prove to be the provider, 400 for what can not be read, 200 once the
    decisions are committed. Anything else (the database is away) is a 500: providers try again."""

    http_method_names = ["post", "head"]

    def dispatch(self, request: HttpRequest, provider: str) -> HttpResponse:
        enabled = provider in settings.RETURNS_WEBHOOKS and provider in PROVIDERS
        # Without a secret anybody could end anybody's subscription.
        if not enabled or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
            raise Http404
        return super().dispatch(request, provider)

    def head(self, request: HttpRequest, provider: str) -> HttpResponse:
        return HttpResponse()

    def post(self, request: HttpRequest, provider: str) -> HttpResponse:
        try:
            receiver = PROVIDERS[provider]()
            receiver.run_validators(request)
            events = receiver.parse_events(request)
        except AnymailWebhookValidationFailure:
            logger.warning("returns.webhook_forged provider=%s", provider)
            return HttpResponse("Refusé.", content_type=PLAIN, status=403)
        except (
            *(AnymailError, ImproperlyConfigured, SuspiciousOperation, ValueError),
            *(LookupError, TypeError, AttributeError, RecursionError),
        ) as error:
            # A stranger's JSON may have any shape; those are what reading it can raise.
            logger.warning(
                "returns.webhook_unread provider=%s reason=%s", provider, type(error).__name__
            )
            return HttpResponse("Illisible.", content_type=PLAIN, status=400)
        take(events, provider)
        return HttpResponse("Reçu.", content_type=PLAIN)


def take(events: list[AnymailTrackingEvent], provider: str) -> list[Bounce]:
    """Acts upon authenticated events; those about readers' doings (opened, clicked) are dropped
    unread."""
    findings = []
    for event in events:
        if event.event_type == EventType.UNSUBSCRIBED:
            _leave(event)
        elif found := _finding(event, provider):
            findings.append(found)
    return apply(findings) if findings else []


def _leave(event: AnymailTrackingEvent) -> None:
    """The way out that a provider adds of itself, for the mailing the person was reading."""
    delivery = _delivery(event)
    if delivery and delivery.subscription:
        end(delivery.subscription, ConsentEvent.Channel.RETURN)


def _finding(event: AnymailTrackingEvent, provider: str) -> Finding | None:
    said = _said(event)
    if event.event_type == EventType.COMPLAINED:
        kind: str = Kind.COMPLAINT
    elif event.event_type == EventType.REJECTED:
        kind = REJECTED.get(event.reject_reason, Kind.POLICY)
    elif event.event_type == EventType.BOUNCED:
        is_malformed = event.reject_reason == RejectReason.INVALID
        kind = Kind.HARD if is_malformed else str(judge("", said))
    else:
        return None
    status = ENHANCED.search(said)
    return Finding(
        kind=kind,
        source=Bounce.Source.WEBHOOK,
        at=timezone.now(),
        key=_key(event, provider),
        delivery=_delivery(event),
        status=status[0] if status else "",
        said=said,
        server=provider,
    )


def _delivery(event: AnymailTrackingEvent) -> Delivery | None:
    return delivery_to(_text(event.recipient), _text(event.message_id))


def _said(event: AnymailTrackingEvent) -> str:
    raw = event.esp_event if isinstance(event.esp_event, dict) else {}
    # Mailjet puts its servers' verdict in words there.
    told = (event.mta_response, event.description, raw.get("error"), raw.get("comment"))
    return " ".join(_text(one) for one in told if one)


def _text(value: Any) -> str:
    return value[:1_000] if isinstance(value, str) else ""


def _key(event: AnymailTrackingEvent, provider: str) -> str:
    """The provider's own number, where it gives one; else what makes an event the same. Keyed:
    an address stands in it."""
    told = (event.message_id, event.recipient, event.timestamp, event.mta_response)
    own = [event.event_id] if event.event_id else [str(one) for one in told]
    text = "\n".join([provider, str(event.event_type), *own])
    digest = hmac.new(settings.SUPPRESSION_KEY.encode(), text.encode(), hashlib.sha256)
    return f"w:{digest.hexdigest()[:60]}"
