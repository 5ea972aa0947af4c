"""Signing up, confirming, leaving. GET shows, POST acts: a mail scanner that follows links
changes nothing. The token in the address is the key: no cookie, session or CSRF token is asked
of who comes from a mail (RFC 8058 §3.2)."""

import logging
from smtplib import SMTPException

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from newsletter.addresses import masked
from newsletter.engine.smtp import NoRelayError
from newsletter.errors import LetterError
from newsletter.models.audience import ConsentEvent, Subscription
from newsletter.readers.forms import SubscribeForm
from newsletter.readers.limits import visitor, within_limit
from newsletter.readers.subscriptions import (
    WORDING,
    ExpiredLinkError,
    UnknownTokenError,
    by_token,
    confirm,
    end,
    sign_up,
    to_confirm,
)

logger = logging.getLogger(__name__)
REQUESTS_PER_VISITOR, MAILS_PER_ADDRESS = 10, 3  # an hour
PLAIN = "text/plain; charset=utf-8"
CONFIRM = "newsletter/subscription/confirm.html"
CONFIRMED = "newsletter/subscription/confirmed.html"
UNSUBSCRIBE = "newsletter/subscription/unsubscribe.html"
UNSUBSCRIBED = "newsletter/subscription/unsubscribed.html"
PREFERENCES = "newsletter/subscription/preferences.html"
Channel = ConsentEvent.Channel


@method_decorator(never_cache, name="dispatch")
class SubscribeView(View):
    """The sign-up form. Known or not, suppressed or not, an address gets the same answer."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._form(request, SubscribeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SubscribeForm(request.POST)
        if form.is_trapped:
            return self._sent(request, "")
        if not within_limit("visitor", visitor(request), REQUESTS_PER_VISITOR):
            form.add_error(None, "Trop de demandes depuis votre réseau. Réessayez dans une heure.")
            return self._form(request, form, 429)
        if not form.is_valid():
            return self._form(request, form, 422)
        email, bulletin = form.cleaned_data["email"], form.cleaned_data["bulletin"]
        if bulletin is None:
            form.add_error(None, "Aucun bulletin n'est ouvert à l'abonnement pour l'instant.")
            return self._form(request, form, 422)
        if within_limit("address", email, MAILS_PER_ADDRESS):
            try:
                sign_up(email, bulletin, request.path)
            except (NoRelayError, SMTPException, OSError) as error:
                logger.error("subscription.mail_not_sent reason=%s", type(error).__name__)
                form.add_error(
                    None,
                    "Le message de confirmation n'a pas pu partir. "
                    "Réessayez dans quelques minutes.",
                )
                return self._form(request, form, 503)
        return self._sent(request, email)

    def _form(self, request: HttpRequest, form: SubscribeForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "wording": WORDING, "bulletin": next(iter(form.bulletins), None)}
        return render(request, "newsletter/subscription/subscribe.html", context, status=status)

    def _sent(self, request: HttpRequest, email: str) -> HttpResponse:
        return render(request, "newsletter/subscription/sent.html", {"email": email})


class TokenView(View):
    """A page reached from a mail: private, never cached, never indexed."""

    http_method_names = ["get", "head", "post"]

    @method_decorator(csrf_exempt)
    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            response = super().dispatch(request, token)
        except UnknownTokenError as error:
            response = self._refusal(request, error, 404)
        except ExpiredLinkError as error:
            response = self._refusal(request, error, 410)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "no-referrer"
        return response

    def _refusal(self, request: HttpRequest, error: LetterError, status: int) -> HttpResponse:
        if is_one_click(request):
            return HttpResponse(str(error), content_type=PLAIN, status=status)
        context = {"message": str(error), "status": status}
        return render(request, "newsletter/subscription/invalid.html", context, status=status)

    def page(
        self, request: HttpRequest, template: str, subscription: Subscription | None
    ) -> HttpResponse:
        context: dict[str, object] = {"subscription": subscription}
        if subscription:
            context["bulletin"] = subscription.bulletin
            context["masked_email"] = masked(subscription.subscriber.email)
        return render(request, template, context)


class ConfirmView(TokenView):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        subscription = to_confirm(token)
        reads = subscription.status == Subscription.Status.CONFIRMED
        return self.page(request, CONFIRMED if reads else CONFIRM, subscription)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.page(request, CONFIRMED, confirm(token))


class UnsubscribeView(TokenView):
    """Leaving. A test message's link shows the page and ends nothing."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        subscription = by_token(token)
        gone = subscription is not None and subscription.status == Subscription.Status.ENDED
        return self.page(request, UNSUBSCRIBED if gone else UNSUBSCRIBE, subscription)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        subscription, one_click = by_token(token), is_one_click(request)
        if subscription:
            end(subscription, Channel.ONE_CLICK if one_click else Channel.MAIL)
        if one_click:
            return HttpResponse("Vous êtes désabonné.", content_type=PLAIN)
        return self.page(request, UNSUBSCRIBED, subscription)


class PreferencesView(TokenView):
    """The state of one subscription, and the way out. Acting is the unsubscribe page's."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.page(request, PREFERENCES, by_token(token))


def is_one_click(request: HttpRequest) -> bool:
    """Whether a mail provider asks, not a person (RFC 8058 §3.1: this key, this value)."""
    return request.method == "POST" and request.POST.get("List-Unsubscribe") == "One-Click"
