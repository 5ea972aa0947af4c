"""What a reader chooses, by the link of every mail; what is held of them, by a private one."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from newsletter.models.audience import ConsentEvent, Subscriber, Subscription
from newsletter.readers import personal_data
from newsletter.readers.forms import ChoicesForm, CorrectionForm
from newsletter.readers.preferences import change
from newsletter.readers.subscriptions import ask_for_data_link, by_token, erase
from newsletter.readers.views_private import TokenView

PREFERENCES = "newsletter/subscription/preferences.html"
DATA = "newsletter/subscription/personal_data.html"
ERASE = "newsletter/subscription/erase.html"
ERASED = "newsletter/subscription/erased.html"
SHOWN_ROWS = 20


class PreferencesView(TokenView):
    """One subscription: its state, what it brings, the way to one's data, the way out.

    POST `action` is « choisir » or « donnees » (mail me the private link). Leaving is the
    unsubscribe page's.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        subscription = by_token(token)
        return self._shown(request, subscription, _stored(subscription))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        subscription = by_token(token)
        if subscription is None:
            return self._shown(request, None, _stored(None))
        if request.POST.get("action") == "donnees":
            ask_for_data_link(subscription)
            return self._shown(request, subscription, _stored(subscription), done="link")
        if request.POST.get("action") != "choisir" or not _may_choose(subscription):
            return self._shown(request, subscription, _stored(subscription))
        form = ChoicesForm(request.POST)
        if not form.is_valid():
            return self._shown(request, subscription, form, status=422)
        change(subscription, form.choices, reverse("preferences", args=["…"]))
        return self._shown(request, subscription, _stored(subscription), done="saved")

    def _shown(
        self,
        request: HttpRequest,
        subscription: Subscription | None,
        form: ChoicesForm,
        status: int = 200,
        **more: object,
    ) -> HttpResponse:
        may_choose = subscription is not None and _may_choose(subscription)
        return self.page(
            request, PREFERENCES, subscription, status, form=form, may_choose=may_choose, **more
        )


def _may_choose(subscription: Subscription) -> bool:
    is_open = subscription.status != Subscription.Status.ENDED
    return is_open and subscription.bulletin.offers_digests


def _stored(subscription: Subscription | None) -> ChoicesForm:
    if subscription is None:
        return ChoicesForm()
    topics = list(subscription.topics.values_list("pk", flat=True))
    return ChoicesForm(initial={"frequency": subscription.frequency, "topics": topics})


class PersonalDataView(TokenView):
    """« Mes données »: see, take away, correct, erase.

    POST `action` is « exporter », « corriger », « effacer » (asks once more) or
    « effacer-vraiment ».
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        subscriber = personal_data.by_data_token(token)
        return self._shown(request, subscriber, CorrectionForm(instance=subscriber))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        subscriber = personal_data.by_data_token(token)
        match request.POST.get("action", ""):
            case "exporter":
                return self._exported(subscriber)
            case "corriger":
                return self._corrected(request, subscriber)
            case "effacer":
                return render(request, ERASE, {"subscriber": subscriber})
            case "effacer-vraiment":
                erase(subscriber, ConsentEvent.Channel.PRIVATE)
                return render(request, ERASED)
        return self.get(request, token)

    def _exported(self, subscriber: Subscriber) -> HttpResponse:
        held = personal_data.held(subscriber)
        personal_data.note_export()
        response = JsonResponse(held, json_dumps_params={"ensure_ascii": False, "indent": 2})
        name = f"mes-donnees-{timezone.localdate():%Y-%m-%d}.json"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _corrected(self, request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
        stored = Subscriber.objects.get(pk=subscriber.pk)
        form = CorrectionForm(request.POST, instance=subscriber)
        if not form.is_valid():
            return self._shown(request, stored, form, status=422)
        cleaned = form.cleaned_data
        changed = personal_data.correct(stored, cleaned["name"], cleaned["organisation"])
        # The old address is dead: reloading must not show it.
        address = reverse("personal_data", args=[stored.data_token])
        return redirect(f"{address}?corrige=1" if changed else address)

    def _shown(
        self, request: HttpRequest, subscriber: Subscriber, form: CorrectionForm, status: int = 200
    ) -> HttpResponse:
        held = personal_data.held(subscriber)
        context = {
            "subscriber": subscriber,
            "form": form,
            "held": held,
            "rows": SHOWN_ROWS,
            "corrected": "corrige" in request.GET and status == 200,
            "subscriptions": _with_wordings(subscriber),
            "deliveries": held["envois"][:SHOWN_ROWS],
        }
        return render(request, DATA, context, status=status)


def _with_wordings(subscriber: Subscriber) -> list[Subscription]:
    """Their subscriptions, each with `wordings`: the texts that were shown, by version."""
    rows = subscriber.subscriptions.select_related("bulletin").prefetch_related("topics", "events")
    found = list(rows.order_by("pk"))
    for one in found:
        shown = (event for event in one.events.all() if event.wording)
        one.wordings = {event.wording_version: event.wording for event in shown}
    return found
