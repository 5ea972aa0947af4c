"""The composer in the admin. GET shows; every action is a POST that makes one revision.

With its script the board is redrawn in place and what is being typed elsewhere stays. Without
it the buttons in sight still work and the page comes back; the actions behind « … » need it.
"""

from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.http import require_POST, require_safe

from home.models import cards_by_id
from newsletter.composer import presence, saving
from newsletter.composer.actions import change_for
from newsletter.composer.board import Row, board_of, places_of
from newsletter.composer.gauge import gauge_of
from newsletter.composer.lists import item_in, place_of
from newsletter.composer.proposing import circumstances, composition_of
from newsletter.errors import LetterError
from newsletter.models import Issue

FOUND = 12
# PostgreSQL stores it neither in a column nor in JSON.
ZERO = "\0"
REFUSED, CONFLICT = 422, 409


def opened(request: HttpRequest, issue_id: int) -> Issue:
    """The issue's latest version, for who may see it in the admin."""
    issue = get_object_or_404(Issue, pk=issue_id)
    permissions = issue.permissions_for_user(request.user)
    if not (permissions.can_edit() or request.user.has_perm("newsletter.send_issue")):
        raise PermissionDenied
    return saving.latest(issue)


@require_safe
def composer(request: HttpRequest, issue_id: int) -> HttpResponse:
    issue = opened(request, issue_id)
    session = presence.enter(issue, request.user, timezone.now())
    context = board_context(request, issue) | {
        "session": session,
        "others": presence.stay(session, issue, request.user, timezone.now()),
        "header_title": f"Composer «\u00a0{issue.title}\u00a0»",
        "header_icon": "list-ul",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Accueil"},
            {"url": reverse("numeros:index"), "label": "Numéros"},
            {"url": "", "label": "Composer", "sublabel": issue.title},
        ],
    }
    return TemplateResponse(request, "newsletter/admin/composer.html", context)


def board_context(request: HttpRequest, issue: Issue) -> dict[str, Any]:
    revision = issue.latest_revision
    step = saving.step_of(revision)
    row = Issue.objects.get(pk=issue.pk)
    return {
        "issue": issue,
        "board": board_of(issue, shown=request.GET.get("voir", "")),
        "gauge": gauge_of(issue),
        "version": saving.version_of(revision),
        "closed": saving.reason_closed(row, request.user),
        "undoes": step.undoes,
        "redoes": step.redoes,
        "act_url": reverse("newsletter_compose", args=[issue.pk]),
        "panel_url": reverse("newsletter_composer_panel", args=[issue.pk]),
    }


@require_POST
def act(request: HttpRequest, issue_id: int) -> HttpResponse:
    """One action. `action` is a name of ACTIONS, "annuler" or "retablir", with fields of its own
    after « ? »; `version` is what the editor saw. JSON for the script, else back to the page."""
    opened(request, issue_id)
    name, _, more = request.POST.get("action", "").partition("?")
    posted = {**request.POST.dict(), **dict(parse_qsl(more))}
    fields = {key: value.replace(ZERO, "") for key, value in posted.items()}
    version, status = fields.get("version", ""), 200
    try:
        match name:
            case "annuler":
                issue, words = saving.undo(issue_id, request.user, version)
            case "retablir":
                issue, words = saving.redo(issue_id, request.user, version)
            case _:
                change = change_for(name, fields)
                issue, words = saving.apply(issue_id, request.user, version, change)
    except LetterError as error:
        status = CONFLICT if isinstance(error, saving.StaleError) else REFUSED
        issue, words = opened(request, issue_id), str(error)
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse(drawn(request, issue) | {"message": words}, status=status)
    (messages.success if status == 200 else messages.error)(request, words)
    return redirect("newsletter_composer", issue_id)


def drawn(request: HttpRequest, issue: Issue) -> dict[str, Any]:
    context = board_context(request, issue)
    html = render_to_string("newsletter/admin/board.html", context, request)
    return {"html": html, "version": context["version"]}


@require_safe
def state(request: HttpRequest, issue_id: int) -> JsonResponse:
    """Asked now and then: who else is here, and whether a newer version exists."""
    issue = opened(request, issue_id)
    session = request.GET.get("session", "")
    number = int(session) if session.isdecimal() and len(session) < 10 else 0
    others = presence.stay(number, issue, request.user, timezone.now())
    revision = issue.latest_revision
    return JsonResponse(
        {
            "version": saving.version_of(revision),
            "by": saving.name_of(revision.user) if revision else "",
            "others": others,
        }
    )


@require_safe
def board(request: HttpRequest, issue_id: int) -> JsonResponse:
    """The board as it stands now."""
    return JsonResponse(drawn(request, opened(request, issue_id)) | {"message": ""})


@require_safe
def panel(request: HttpRequest, issue_id: int) -> HttpResponse:
    """The actions of one line (`ligne`) or of one page outside the issue (`page`), drawn when
    they are asked for: seventy closed panels would weigh more than the board."""
    issue = opened(request, issue_id)
    held = composition_of(issue)
    context = {"places": places_of(held)}
    if line := request.GET.get("ligne"):
        try:
            item, (place, box) = item_in(held, line), place_of(held, line)
        except LetterError as error:
            return HttpResponse(str(error), status=REFUSED, content_type="text/plain")
        card = cards_by_id([item.page_id or 0], only_listed=False).get(item.page_id or 0)
        context |= {"row": Row(item, card), "place": place, "box": box}
        return TemplateResponse(request, "newsletter/admin/row_panel.html", context)
    number = request.GET.get("page", "")
    page_id = int(number) if number.isdecimal() and len(number) < 10 else 0
    card = cards_by_id([page_id]).get(page_id)
    if card is None:
        raise Http404
    context |= {"card": card, "rule": "regle" in request.GET, "restore": "decidee" in request.GET}
    return TemplateResponse(request, "newsletter/admin/candidate_panel.html", context)


@require_safe
def find(request: HttpRequest, issue_id: int) -> HttpResponse:
    """Pages to add, that no rule selected: the public search, best first."""
    issue = opened(request, issue_id)
    words = request.GET.get("q", "").replace(ZERO, "").strip()[:200]
    finder = import_string(settings.ENTRY_FINDER)
    ids = finder(words, FOUND) if words else []
    cards, held = cards_by_id(ids), composition_of(issue)
    about = circumstances(issue)
    context = {
        "words": words,
        "most": FOUND,
        "issue": issue,
        "found": [
            (cards[pk], pk in held.page_ids, about.carried.get(pk)) for pk in ids if pk in cards
        ],
        "places": places_of(held),
        "version": saving.version_of(issue.latest_revision),
        "act_url": reverse("newsletter_compose", args=[issue.pk]),
    }
    return TemplateResponse(request, "newsletter/admin/found.html", context)


BASE = "lettre/numeros/<key:issue_id>/composer/"
urlpatterns: list[URLPattern] = [
    path(BASE, composer, name="newsletter_composer"),
    path(f"{BASE}agir/", act, name="newsletter_compose"),
    path(f"{BASE}etat/", state, name="newsletter_composer_state"),
    path(f"{BASE}tableau/", board, name="newsletter_composer_board"),
    path(f"{BASE}panneau/", panel, name="newsletter_composer_panel"),
    path(f"{BASE}chercher/", find, name="newsletter_composer_find"),
]
