"""Signing up and confirming. GET shows, POST acts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from newsletter.models.audience import Subscription
from newsletter.readers.forms import SubscribeForm
from newsletter.readers.limits import visitor, within_limit
from newsletter.readers.stamps import Age, stamp
from newsletter.readers.subscriptions import confirm, sign_up, to_confirm
from newsletter.readers.views_private import TokenView
from newsletter.readers.wordings import WORDING

# An hour. A whole town hall, or a training room, asks from one address.
REQUESTS_PER_VISITOR, REQUESTS_PER_ADDRESS = 30, 3
CONFIRM = "newsletter/subscription/confirm.html"
CONFIRMED = "newsletter/subscription/confirmed.html"
NOTICES = {
    Age.EARLY: "Ce formulaire a été envoyé très vite\u00a0: relisez votre adresse, puis validez.",
    Age.STALE: "Ce formulaire était ouvert depuis longtemps\u00a0: relisez votre adresse, puis "
    "validez.",
}


@method_decorator(never_cache, name="dispatch")
class SubscribeView(View):
    """The sign-up form. Known or not, suppressed or not, an address gets the same answer, and the
    same work is done for it; its mail leaves later, from a worker."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._form(request, SubscribeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SubscribeForm(request.POST)
        if form.is_trapped:
            return self._sent(request, "")
        if not form.is_valid():
            return self._form(request, form, 422)
        if form.age is not Age.FAIR:
            return self._form(request, form, 422, notice=NOTICES[form.age])
        # Only what would send a mail counts: a slip of the keyboard uses up nobody's share.
        if not within_limit("visitor", visitor(request), REQUESTS_PER_VISITOR):
            form.add_error(None, "Trop de demandes depuis votre réseau. Réessayez dans une heure.")
            return self._form(request, form, 429)
        email, bulletin = form.cleaned_data["email"], form.cleaned_data["bulletin"]
        if bulletin is None:
            form.add_error(None, "Aucun bulletin n'est ouvert à l'abonnement pour l'instant.")
            return self._form(request, form, 422)
        if within_limit("address", email, REQUESTS_PER_ADDRESS):
            sign_up(email, bulletin, request.path, form.choices)
        return self._sent(request, email)

    def _form(
        self, request: HttpRequest, form: SubscribeForm, status: int = 200, notice: str = ""
    ) -> HttpResponse:
        # A form that came back too soon keeps its mark, so that it ages; another gets a new one.
        keeps = form.is_bound and form.age is not Age.STALE
        context = {
            "form": form,
            "wording": WORDING,
            "bulletin": next(iter(form.bulletins), None),
            "instant": form.data["instant"] if keeps else stamp(),
            "notice": notice,
        }
        return render(request, "newsletter/subscription/subscribe.html", context, status=status)

    def _sent(self, request: HttpRequest, email: str) -> HttpResponse:
        return render(request, "newsletter/subscription/sent.html", {"email": email})


class ConfirmView(TokenView):
    """The double opt-in."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        subscription = to_confirm(token)
        reads = subscription.status == Subscription.Status.CONFIRMED
        return self.page(request, CONFIRMED if reads else CONFIRM, subscription)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.page(request, CONFIRMED, confirm(token))
