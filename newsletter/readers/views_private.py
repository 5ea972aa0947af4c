"""What every page reached from a mail has in common.

GET shows, POST acts: a mail scanner that follows links changes nothing. The token in the address
is the key: no cookie, session or CSRF token is asked of who comes from a mail (RFC 8058 §3.2).
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from newsletter.addresses import masked
from newsletter.errors import LetterError
from newsletter.models.audience import Subscription
from newsletter.readers.personal_data import ExpiredDataLinkError
from newsletter.readers.subscriptions import ExpiredLinkError, UnknownTokenError

PLAIN = "text/plain; charset=utf-8"


class TokenView(View):
    """A page reached from a mail: private, never cached, never indexed, never framed by habit."""

    http_method_names = ["get", "head", "post"]

    @method_decorator(csrf_exempt)
    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            response = super().dispatch(request, token)
        except UnknownTokenError as error:
            response = self._refusal(request, error, 404)
        except (ExpiredLinkError, ExpiredDataLinkError) as error:
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
        self,
        request: HttpRequest,
        template: str,
        subscription: Subscription | None,
        status: int = 200,
        **more: object,
    ) -> HttpResponse:
        """A page about one subscription, which never shows the address whole: the mail that led
        here may have been passed on."""
        context: dict[str, object] = {"subscription": subscription} | more
        if subscription:
            context["bulletin"] = subscription.bulletin
            context["masked_email"] = masked(subscription.subscriber.email)
        return render(request, template, context, status=status)


def is_one_click(request: HttpRequest) -> bool:
    """Whether a mail provider asks, not a person (RFC 8058 §3.1: this key, this value)."""
    return request.method == "POST" and request.POST.get("List-Unsubscribe") == "One-Click"
