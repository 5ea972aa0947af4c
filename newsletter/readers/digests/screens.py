"""« Résumés » in the admin: the digests to come, each of their mails, and those that have left.

A digest is not composed by anybody: it carries pages that are published, and leaves by itself.
Who may send an issue (`newsletter.send_issue`) sees them and steers them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin.menu import MenuItem

from newsletter import live_mailing
from newsletter.composer.previewing import FORMS, Form
from newsletter.errors import LetterError
from newsletter.live_mailing import live_answer, live_context
from newsletter.log_actions import day_and_time
from newsletter.models import Bulletin, Delivery, Mailing, MailingContent
from newsletter.periods import FREQUENCIES, MONTHLY, WEEKLY, Window, coming
from newsletter.previews import MAIL_POLICY, PLAIN, in_dark
from newsletter.readers.combinations import EVERY_THEME, Combination, combinations_of
from newsletter.readers.digests.gathering import harvest_of, tree
from newsletter.readers.digests.outlook import Outlook, outlook_of, press_of
from newsletter.readers.digests.runs import EVERY_THEME_KEY, digests, mailing_of, readers_of
from newsletter.sending_panel import PERMISSION, may_send

PAGE = 20
SHOWN_ROWS = 25
MAIL_FORMS = tuple(form for form in FORMS if form.mode in {"mail", "mail-sombre", "text"})
ONCE = (
    "Qui n'a pas encore été servi ne recevra rien. Une annulation ne se défait pas\u00a0; ce "
    "résumé ne sera pas refait."
)
HOW_OFTEN = {WEEKLY: "Chaque semaine", MONTHLY: "Chaque mois"}
CRUMBS = (("wagtailadmin_home", "Accueil"), ("newsletter_digests", "Résumés"))


@dataclass(frozen=True, slots=True)
class Coming:
    """The next digest of a bulletin at one frequency: when it leaves, what it would hold now;
    `made`: the mailing, where it was prepared already."""

    bulletin: Bulletin
    window: Window
    frequency_label: str
    leaves: str
    outlook: Outlook
    made: Mailing | None

    @property
    def hidden(self) -> int:
        return max(0, len(self.outlook.rows) - SHOWN_ROWS)


class DigestsMenuItem(MenuItem):
    """« Résumés » in the letter's menu, for who may send."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION)


@may_send
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    past = Paginator(_past(), PAGE).get_page(request.GET.get("p"))
    context = {
        "coming": list(_coming(timezone.now())),
        "shown_rows": SHOWN_ROWS,
        "every_theme": EVERY_THEME_KEY,
        "past": past,
        "header_title": "Résumés thématiques",
        "header_icon": "tag",
        "breadcrumbs_items": _crumbs(""),
    }
    return TemplateResponse(request, "newsletter/admin/digests.html", context)


def _past() -> QuerySet[Mailing]:
    """With how many rows, contents and readers reached: counted for one page of the list."""
    counted = {
        "reached": Delivery.objects.filter(state=Delivery.State.SENT),
        "readers": Delivery.objects.all(),
        "combinations": MailingContent.objects.all(),
    }
    rows = {
        name: Subquery(
            found.filter(mailing=OuterRef("pk"))
            .order_by()
            .values("mailing")
            .annotate(n=Count("pk"))
            .values("n")
        )
        for name, found in counted.items()
    }
    found = digests().select_related("bulletin", "issue").annotate(**rows)
    return found.order_by("-period_from", "-pk")


def _coming(now: datetime) -> Iterator[Coming]:
    zone, themes = timezone.get_default_timezone(), tree()
    bulletins = list(Bulletin.objects.live().filter(offers_digests=True).order_by("title"))
    for frequency in FREQUENCIES if bulletins else ():
        window = coming(frequency, now, settings.DIGEST_HOUR, zone)
        harvest = harvest_of(window)
        for bulletin in bulletins:
            yield Coming(
                bulletin,
                window,
                HOW_OFTEN[frequency],
                day_and_time(window.leaves_at(settings.DIGEST_HOUR, zone)),
                outlook_of(bulletin, window, harvest, themes),
                mailing_of(bulletin, window),
            )


@may_send
@require_safe
def preview(request: HttpRequest, bulletin_id: int, frequency: str, key: str) -> HttpResponse:
    """The mail of one combination, as it would leave now, in each of its forms."""
    bulletin, window, combination = _found(bulletin_id, frequency, key)
    press = press_of(bulletin, window)
    asked = request.GET.get("forme", "")
    form = next((form for form in MAIL_FORMS if form.key == asked), MAIL_FORMS[0])
    frame_url = reverse("newsletter_digest_frame", args=[bulletin_id, frequency, key, form.key])
    context = {
        "bulletin": bulletin,
        "window": window,
        "readers": combination.readers,
        "themes": press.tree.named(combination.topic_ids),
        "is_empty": press.place(combination.topic_ids).is_empty,
        "forms": MAIL_FORMS,
        "chosen": form,
        "frame_url": frame_url,
        "header_title": window.label,
        "header_icon": "view",
        "breadcrumbs_items": _crumbs("Aperçu", window.label),
    }
    return TemplateResponse(request, "newsletter/admin/digest_preview.html", context)


@may_send
@require_safe
def frame(
    request: HttpRequest, bulletin_id: int, frequency: str, key: str, form_key: str
) -> HttpResponse:
    bulletin, window, combination = _found(bulletin_id, frequency, key)
    form = next((form for form in MAIL_FORMS if form.key == form_key), None)
    if form is None:
        raise Http404
    response = _drawn(bulletin, window, combination, form)
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "no-store"
    return response


def _drawn(
    bulletin: Bulletin, window: Window, combination: Combination, form: Form
) -> HttpResponse:
    try:
        rendered = press_of(bulletin, window).rendered(combination.topic_ids)
    except LetterError as error:
        return HttpResponse(f"Aperçu impossible. {error}", content_type=PLAIN)
    if form.mode == "text":
        return HttpResponse(rendered.text, content_type=PLAIN)
    html = in_dark(rendered.html) if form.mode == "mail-sombre" else rendered.html
    response = HttpResponse(html)
    response["Content-Security-Policy"] = MAIL_POLICY
    return response


def _found(bulletin_id: int, frequency: str, key: str) -> tuple[Bulletin, Window, Combination]:
    """404 for another bulletin, frequency, or combination than those offered and chosen; every
    theme together can be looked at even where nobody chose them."""
    if frequency not in FREQUENCIES:
        raise Http404
    bulletin = get_object_or_404(Bulletin, pk=bulletin_id, offers_digests=True)
    zone = timezone.get_default_timezone()
    window = coming(frequency, timezone.now(), settings.DIGEST_HOUR, zone)
    chosen = {one.key or EVERY_THEME_KEY: one for one in _combinations(bulletin, frequency)}
    chosen.setdefault(EVERY_THEME_KEY, Combination(EVERY_THEME, (), 0))
    if key not in chosen:
        raise Http404
    return bulletin, window, chosen[key]


def _combinations(bulletin: Bulletin, frequency: str) -> list[Combination]:
    return combinations_of(readers_of(bulletin, frequency))


@may_send
@require_safe
def status(request: HttpRequest, mailing_id: int) -> HttpResponse:
    mailing = _digest(mailing_id)
    context = live_context(
        mailing,
        lambda name: reverse("newsletter_digest_steer", args=[mailing_id, name]),
        {"annuler": ONCE},
    )
    context |= {
        "contents": mailing.contents.count(),
        "may_send": True,
        "header_title": mailing.label,
        "header_icon": "tag",
        "breadcrumbs_items": _crumbs("Envoi", mailing.label),
    }
    return TemplateResponse(request, "newsletter/admin/digest_sending.html", context)


@may_send
@require_safe
def progress(request: HttpRequest, mailing_id: int) -> JsonResponse:
    """The same answer as an issue's panel gives, for the same script."""
    return live_answer(_digest(mailing_id))


@may_send
@require_POST
def steer(request: HttpRequest, mailing_id: int, name: str) -> HttpResponse:
    """One of the sending panel's actions."""
    live_mailing.steer(request, _digest(mailing_id), name)
    return redirect("newsletter_digest_sending", mailing_id)


def _digest(mailing_id: int) -> Mailing:
    return get_object_or_404(digests().select_related("bulletin"), pk=mailing_id)


def _crumbs(label: str, sublabel: str = "") -> list[dict[str, str]]:
    found = [{"url": reverse(name), "label": words} for name, words in CRUMBS]
    return [*found, {"url": "", "label": label, "sublabel": sublabel}] if label else found


BASE = "lettre/resumes/"
MAIL = f"{BASE}apercu/<key:bulletin_id>/<slug:frequency>/<slug:key>/"
ONE = f"{BASE}envois/<key:mailing_id>/"
urlpatterns: list[URLPattern] = [
    path(BASE, index, name="newsletter_digests"),
    path(MAIL, preview, name="newsletter_digest_preview"),
    path(f"{MAIL}<slug:form_key>/", frame, name="newsletter_digest_frame"),
    path(ONE, status, name="newsletter_digest_sending"),
    path(f"{ONE}avancement/", progress, name="newsletter_digest_progress"),
    path(f"{ONE}conduite/<slug:name>/", steer, name="newsletter_digest_steer"),
]
