"""« Bon à diffuser » in the admin: what is found of an issue's latest version, each finding with
the place to mend it, and a button that has the links checked now."""

import logging

from celery import signature
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from newsletter.cautions import needs_check
from newsletter.checking import facts_of, page_ids_of
from newsletter.models import Issue
from newsletter.preflight import check

logger = logging.getLogger(__name__)
SEND_PERMISSION = "newsletter.send_issue"


def opened(request: HttpRequest, issue_id: int) -> Issue:
    """The issue's latest version, for who may edit or send it."""
    issue = get_object_or_404(Issue, pk=issue_id)
    permissions = issue.permissions_for_user(request.user)
    if not (permissions.can_edit() or request.user.has_perm(SEND_PERMISSION)):
        raise PermissionDenied
    return issue.get_latest_revision_as_object()


@require_safe
def panel(request: HttpRequest, issue_id: int) -> HttpResponse:
    issue = opened(request, issue_id)
    facts = facts_of(issue)
    context = {
        "issue": issue,
        "report": check(facts),
        # An address that two pages share counts once, as in the findings.
        "link_count": len({link.url for link in facts.links}),
        "unchecked": len({link.url for link in facts.links if needs_check(link, facts.today)}),
        "checked_on": facts.links_checked_on,
        "header_title": f"Vérification de «\u00a0{issue.title}\u00a0»",
        "header_icon": "check",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Accueil"},
            {"url": reverse("numeros:index"), "label": "Numéros"},
            {"url": "", "label": "Vérification", "sublabel": issue.title},
        ],
    }
    return TemplateResponse(request, "newsletter/admin/preflight.html", context)


@require_POST
def check_links(request: HttpRequest, issue_id: int) -> HttpResponse:
    issue = opened(request, issue_id)
    if ring_for_links(page_ids_of(issue)):
        words = (
            "La vérification des liens est lancée. Revenez sur cette page dans quelques minutes."
        )
        messages.success(request, words)
    else:
        words = "Le service des tâches ne répond pas\u00a0: les liens n'ont pas été vérifiés."
        messages.error(request, words)
    return redirect("newsletter_preflight", issue_id)


def ring_for_links(page_ids: list[int]) -> bool:
    """Asks a worker to check the links of these pages; False when the broker did not take it."""
    bell = signature("veille.check_pages_links", args=(page_ids,))
    try:
        bell.apply_async(ignore_result=True, retry=False)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("links.not_rung pages=%d reason=%s", len(page_ids), error)
        return False
    return True


BASE = "lettre/numeros/<key:issue_id>/verification/"
urlpatterns: list[URLPattern] = [
    path(BASE, panel, name="newsletter_preflight"),
    path(f"{BASE}liens/", check_links, name="newsletter_check_links"),
]
