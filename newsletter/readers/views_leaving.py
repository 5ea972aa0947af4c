"""Leaving: one bulletin, or all; why, if one wants to say; and coming back."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from newsletter.models.audience import ConsentEvent, Subscription
from newsletter.models.suppressions import Suppression
from newsletter.readers.preferences import choices_of
from newsletter.readers.subscriptions import by_token, end, say_why, sign_up, suppress
from newsletter.readers.views_private import PLAIN, TokenView, is_one_click
from newsletter.readers.wordings import WORDING

UNSUBSCRIBE = "newsletter/subscription/unsubscribe.html"
UNSUBSCRIBED = "newsletter/subscription/unsubscribed.html"
REASONS = [(value, label) for value, label in Subscription.LeaveReason.choices if value]
Channel, Status = ConsentEvent.Channel, Subscription.Status


class UnsubscribeView(TokenView):
    """Leaving. A test message's link shows the page and ends nothing.

    POST `action` is nothing (leave this bulletin), « tout » (all of the centre's), « raison »
    (with `raison`) or « revenir ».
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        subscription = by_token(token)
        if subscription and subscription.status == Status.ENDED:
            return self._gone(request, subscription)
        return self.page(request, UNSUBSCRIBE, subscription, others=_others(subscription))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        subscription, one_click = by_token(token), is_one_click(request)
        if subscription is None:
            return self._said() if one_click else self.page(request, UNSUBSCRIBED, None)
        if one_click:
            end(subscription, Channel.ONE_CLICK)
            return self._said()
        done = self._act(subscription, request.POST)
        subscription.refresh_from_db()
        return self._gone(request, subscription, done=done)

    def _act(self, subscription: Subscription, posted: dict[str, str]) -> str:
        """Does what the reader pressed; what to tell of it."""
        match posted.get("action", ""):
            case "raison":
                # Only of who has left; an unknown reason is no answer.
                return "reason" if say_why(subscription, posted.get("raison", "")) else ""
            case "revenir":
                sign_up(
                    subscription.subscriber.email,
                    subscription.bulletin,
                    reverse("unsubscribe", args=["…"]),
                    choices_of(subscription),
                )
                return "asked"
            case "tout":
                suppress(
                    subscription.subscriber.email,
                    Suppression.Reason.UNSUBSCRIBE,
                    Channel.MAIL,
                    Subscription.EndReason.READER,
                )
                return "all"
        end(subscription, Channel.MAIL)
        return ""

    def _said(self) -> HttpResponse:
        return HttpResponse("Vous êtes désabonné.", content_type=PLAIN)

    def _gone(
        self, request: HttpRequest, subscription: Subscription, *, done: str = ""
    ) -> HttpResponse:
        return self.page(
            request,
            UNSUBSCRIBED,
            subscription,
            done=done,
            others=_others(subscription),
            reasons=REASONS,
            wording=WORDING,
        )


def _others(subscription: Subscription | None) -> int:
    """How many other bulletins this reader still receives, or has asked for."""
    if subscription is None:
        return 0
    rows = Subscription.objects.filter(subscriber=subscription.subscriber_id)
    return rows.exclude(status=Status.ENDED).exclude(pk=subscription.pk).count()
