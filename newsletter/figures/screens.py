"""The figures of a bulletin and of one mailing in the admin, and as CSV.

For who may change the bulletin, or send. Counts only: no address and no name is on these screens
nor in these files.
"""

import csv
from datetime import date
from io import StringIO
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.permissions import policy_registry

from home.models import User
from newsletter.figures.charts import Bar, Point, bar_chart, line_chart
from newsletter.figures.counting import (
    Figures,
    bounce_words,
    figures_of,
    mailings_of,
    readers_by_month,
    stopped_moving,
)
from newsletter.figures.progress import failed_domains, reasons_of
from newsletter.figures.visits import campaign_of
from newsletter.figures.wording import counted, number
from newsletter.models.bulletins import Bulletin
from newsletter.models.deliveries import Mailing
from newsletter.models.visits import CampaignVisit
from newsletter.numbering import MONTHS

PERMISSION = "newsletter.send_issue"
ICON = "table"
SHOWN, CHARTED, TOP_PAGES = 24, 12, 30
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    *("Envoi", "Nature", "Parti le", "Destinataires", "Acceptés", "Échecs", "Incertains"),
    *("Écartés", "Retours", "Plaintes", "Désabonnés", "Nouveaux"),
)


def bulletins_for(user: User) -> Any:
    """Those whose figures `user` may see."""
    everything = Bulletin.objects.order_by("title")
    if user.has_perm(PERMISSION):
        return everything
    policy = policy_registry.get_by_type(Page)
    mine = policy.instances_user_has_permission_for(user, "change")
    return everything.filter(pk__in=mine.values("pk"))


def chosen(request: HttpRequest) -> tuple[list[Bulletin], Bulletin]:
    """(those one may choose, the one that is): `?bulletin=ID`, else the first.

    Raises:
        PermissionDenied: none may be seen. Http404: this one may not, or is not.
    """
    found = list(bulletins_for(request.user))
    if not found:
        raise PermissionDenied
    asked = request.GET.get("bulletin")
    if asked is None:
        return found, found[0]
    for bulletin in found:
        if str(bulletin.pk) == asked:
            return found, bulletin
    raise Http404


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    bulletins, bulletin = chosen(request)
    rows = [(one, figures_of(one)) for one in mailings_of(bulletin)[:SHOWN]]
    months = readers_by_month(bulletin, timezone.localdate())
    context = {
        "bulletins": bulletins,
        "bulletin": bulletin,
        "rows": rows,
        "months": [m | {"label": month_label(m["month"])} for m in reversed(months)],
        "readers_now": months[-1]["readers"] if months else 0,
        "readers_chart": readers_chart(months) if len(months) > 1 else "",
        "mailings_chart": mailings_chart(rows[:CHARTED]) if rows else "",
        "header_title": f"Chiffres de «\u00a0{bulletin.title}\u00a0»",
        "header_icon": ICON,
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Accueil"},
            {"url": "", "label": "Chiffres", "sublabel": bulletin.title},
        ],
    }
    return TemplateResponse(request, "newsletter/admin/figures.html", context)


def readers_chart(months: list[dict[str, Any]]) -> str:
    first, last = months[0], months[-1]
    description = (
        f"De {number(first['readers'])} abonnés fin {month_label(first['month'])} à "
        f"{number(last['readers'])} en {month_label(last['month'])}. Le tableau qui suit donne "
        "chaque mois."
    )
    points = [Point(f"{m['month']:%m/%Y}", m["readers"]) for m in months]
    # Escaped where it is drawn.
    return mark_safe(line_chart("abonnes", "Abonnés confirmés, mois par mois", description, points))


def mailings_chart(rows: list[tuple[Mailing, Figures]]) -> str:
    bars = [
        Bar(
            short_label(mailing),
            f"{number(one.accepted)} sur {number(one.reached)}",
            one.accepted,
            one.reached - one.accepted,
        )
        for mailing, one in rows
    ]
    description = (
        f"{counted(len(bars), 'envoi', 'envois')}, le plus récent en premier\u00a0: messages "
        "acceptés sur ceux qui ont été tentés\u00a0; les refusés et les incertains sont hachurés. "
        "Le tableau qui suit donne les nombres."
    )
    return mark_safe(bar_chart("envois", "Acceptés et refusés, envoi par envoi", description, bars))


def short_label(mailing: Mailing) -> str:
    """« n° 12 », « Hors-Série #2 », « résumé du 16/11/2026 »."""
    if mailing.issue is None:
        return f"résumé du {mailing.period_from:%d/%m/%Y}"
    return mailing.issue.number_label or mailing.issue.date_label or f"envoi {mailing.pk}"


def month_label(month: date) -> str:
    return f"{MONTHS[month.month - 1]} {month.year}"


@require_safe
def one_mailing(request: HttpRequest, mailing_id: int) -> HttpResponse:
    mailing = get_object_or_404(Mailing.objects.exclude(kind=Mailing.Kind.TEST), pk=mailing_id)
    if not bulletins_for(request.user).filter(pk=mailing.bulletin_id).exists():
        raise PermissionDenied
    figures, campaign = figures_of(mailing), campaign_of(mailing)
    visits = CampaignVisit.objects.filter(campaign=campaign).order_by()
    context = {
        "mailing": mailing,
        "figures": figures,
        "bounces": list(bounce_words(figures.bounces)),
        "failures": {"reasons": reasons_of(mailing.pk), "domains": failed_domains(mailing.pk)},
        "is_final": stopped_moving(mailing, timezone.now()),
        "visits": visits.values("page__title", "page_id")
        .annotate(n=Sum("count"))
        .order_by("-n", "page__title")[:TOP_PAGES],
        "visits_total": visits.aggregate(n=Sum("count"))["n"] or 0,
        "campaign": campaign,
        "header_title": f"Chiffres de «\u00a0{mailing.label}\u00a0»",
        "header_icon": ICON,
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Accueil"},
            {
                "url": f"{reverse('newsletter_figures')}?bulletin={mailing.bulletin_id}",
                "label": "Chiffres",
            },
            {"url": "", "label": short_label(mailing), "sublabel": mailing.label},
        ],
    }
    return TemplateResponse(request, "newsletter/admin/figures_mailing.html", context)


@require_safe
def as_csv(request: HttpRequest, what: str) -> HttpResponse:
    """`envois` or `abonnes` of the chosen bulletin, whole: semicolons and a byte order mark, as
    French spreadsheets want them."""
    _, bulletin = chosen(request)
    out = StringIO()
    table = csv.writer(out, delimiter=";", lineterminator="\r\n")
    if what == "envois":
        table.writerow(COLUMNS)
        table.writerows(mailing_row(one) for one in mailings_of(bulletin))
    else:
        table.writerow(["Mois", "Nouveaux", "Départs", "Abonnés à la fin du mois"])
        months = readers_by_month(bulletin, timezone.localdate(), months=10_000)
        table.writerows([f"{m['month']:%Y-%m}", m["new"], m["left"], m["readers"]] for m in months)
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{bulletin.slug}-{what}.csv"'
    return answer


def mailing_row(mailing: Mailing) -> list[Any]:
    one = figures_of(mailing)
    label = mailing.label
    day = timezone.localtime(mailing.started_at, timezone.get_default_timezone())
    return [
        # A spreadsheet must not run a title.
        f"'{label}" if label.startswith(FORMULAS) else label,
        mailing.get_kind_display(),
        f"{day:%Y-%m-%d %H:%M}",
        *(one.recipients, one.accepted, one.failed, one.uncertain, one.skipped),
        *(one.bounced, one.complaints, one.left, "" if one.new is None else one.new),
    ]


class FiguresMenuItem(MenuItem):
    """« Chiffres » under « Lettre », for who has a bulletin to see them of."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bulletins_for(request.user).exists()


def menu_item() -> MenuItem:
    url = reverse("newsletter_figures")
    return FiguresMenuItem("Chiffres", url, name="figures", icon_name=ICON, order=40)


urlpatterns: list[URLPattern] = [
    path("lettre/chiffres/", overview, name="newsletter_figures"),
    path("lettre/chiffres/<key:mailing_id>/", one_mailing, name="newsletter_figures_mailing"),
    path("lettre/chiffres/envois.csv", as_csv, {"what": "envois"}, name="newsletter_figures_csv"),
    path("lettre/chiffres/abonnes.csv", as_csv, {"what": "abonnes"}, name="newsletter_readers_csv"),
]
