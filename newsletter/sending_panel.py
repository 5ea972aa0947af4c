"""The sending panel of an issue in the admin: what is found of it, who would receive it, a test,
the sending now or later, its progress and its steering.

Who may edit the issue opens the panel and sends a test (an editor checks their work); writing to
readers needs the permission `newsletter.send_issue`. Every action is a POST.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from home.models import User
from newsletter import live_mailing
from newsletter.checking import preflight
from newsletter.engine import dispatch
from newsletter.engine.trials import send_test
from newsletter.errors import LetterError
from newsletter.live_mailing import live_answer, live_context
from newsletter.log_actions import day_and_time, readers
from newsletter.models import Issue, Mailing
from newsletter.sending_actions import ACTIONS
from newsletter.sending_forms import ScheduleForm, TestForm

PERMISSION = "newsletter.send_issue"
REFUSED = 422
MAX_DIGITS = 19  # of a key that the database can hold
may_send = permission_required(PERMISSION, raise_exception=True)
State = Mailing.State


def may_open(user: User, issue: Issue) -> bool:
    return user.has_perm(PERMISSION) or issue.permissions_for_user(user).can_edit()


def opened(request: HttpRequest, issue_id: int) -> Issue:
    """The issue as it is on sale (or was first stored), for who may edit or send it."""
    issue = get_object_or_404(Issue, pk=issue_id)
    if not may_open(request.user, issue):
        raise PermissionDenied
    return issue


@require_safe
def panel(request: HttpRequest, issue_id: int) -> HttpResponse:
    return drawn(request, opened(request, issue_id))


def drawn(
    request: HttpRequest,
    issue: Issue,
    test_form: TestForm | None = None,
    schedule_form: ScheduleForm | None = None,
) -> HttpResponse:
    """The panel; with a form that was refused, its errors and what was typed."""
    mailing = Mailing.objects.of_issue(issue.pk).first()
    context = {
        "issue": issue,
        "mailing": mailing,
        "refused": None if mailing else refused_of(issue.pk),
        "may_send": request.user.has_perm(PERMISSION),
        "test_form": test_form or TestForm(initial={"addresses": request.user.email}),
        "schedule_form": schedule_form or ScheduleForm(),
        "header_title": f"Envoi de «\u00a0{issue.title}\u00a0»",
        "header_icon": "mail",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Accueil"},
            {"url": reverse("numeros:index"), "label": "Numéros"},
            {"url": "", "label": "Envoi", "sublabel": issue.title},
        ],
    }
    context |= during(mailing) if mailing else before_sending(issue, request.user)
    status = REFUSED if test_form or schedule_form else 200
    return TemplateResponse(request, "newsletter/admin/sending.html", context, status=status)


def during(mailing: Mailing) -> dict[str, Any]:
    """`departure`: when it leaves, in words, while that is to come."""
    at, issue_id = mailing.scheduled_at, mailing.issue_id
    waits = at is not None and mailing.started_at is None and at > timezone.now()
    live = live_context(mailing, lambda name: reverse("newsletter_steer", args=[issue_id, name]))
    departure = day_and_time(at) if at and waits else ""
    return live | {"departure": departure, "query": f"?envoi={mailing.pk}"}


def refused_of(issue_id: int) -> Mailing | None:
    """The latest sending of the issue, when it was refused while it was being prepared: nobody was
    to receive it, and its note says why."""
    latest = Mailing.objects.filter(issue_id=issue_id, kind=Mailing.Kind.ISSUE).first()
    if latest is None or latest.state != State.CANCELLED or not latest.note:
        return None
    return None if latest.deliveries.exists() else latest


def before_sending(issue: Issue, user: User) -> dict[str, Any]:
    """What is said of an issue that has no sending: `rendered` is None when it can not be made,
    and then the report says why."""
    version = issue if issue.live else latest(issue)
    try:
        rendered = version.rendered()
    except LetterError:
        rendered = None
    return {
        "rendered": rendered,
        "report": preflight(version, rendered=rendered),
        "recipients": dispatch.recipient_count(issue),
        "same_person": dispatch.wants_another_than(user, issue),
    }


def latest(issue: Issue) -> Issue:
    return issue.get_latest_revision_as_object()


@require_POST
def test(request: HttpRequest, issue_id: int) -> HttpResponse:
    issue = opened(request, issue_id)
    form = TestForm(request.POST)
    if not form.is_valid():
        return drawn(request, issue, test_form=form)
    addresses = form.cleaned_data["addresses"]
    try:
        send_test(latest(issue), addresses, by=request.user)
    except LetterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"L'essai est parti vers {', '.join(addresses)}.")
    return redirect("newsletter_sending", issue_id)


@may_send
@require_POST
def send(request: HttpRequest, issue_id: int) -> HttpResponse:
    issue = get_object_or_404(Issue, pk=issue_id)
    try:
        dispatch.request(issue, by=request.user)
    except LetterError as error:
        messages.error(request, str(error))
    else:
        total = dispatch.recipient_count(issue)
        messages.success(request, f"L'envoi est lancé vers {readers(total)}.")
    return redirect("newsletter_sending", issue_id)


@may_send
@require_POST
def schedule(request: HttpRequest, issue_id: int) -> HttpResponse:
    issue = get_object_or_404(Issue, pk=issue_id)
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        return drawn(request, issue, schedule_form=form)
    at = form.cleaned_data["at"]
    try:
        dispatch.request(issue, by=request.user, at=at)
    except LetterError as error:
        messages.error(request, str(error))
    else:
        total = dispatch.recipient_count(issue)
        words = f"L'envoi est programmé pour le {day_and_time(at)}, vers {readers(total)}."
        messages.success(request, words)
    return redirect("newsletter_sending", issue_id)


@may_send
@require_POST
def steer(request: HttpRequest, issue_id: int, name: str) -> HttpResponse:
    """One of ACTIONS, on the mailing that was on the screen: a newer one is left alone."""
    if name not in ACTIONS:
        raise Http404
    mailing = Mailing.objects.of_issue(issue_id).first()
    if mailing is None or str(mailing.pk) != request.POST.get("mailing"):
        messages.error(request, "Cet envoi n'existe plus\u00a0: voici où en est le numéro.")
        return redirect("newsletter_sending", issue_id)
    live_mailing.steer(request, mailing, name)
    return redirect("newsletter_sending", issue_id)


@require_safe
def progress(request: HttpRequest, issue_id: int) -> JsonResponse:
    """The mailing that is on the screen (`envoi`), else the issue's present one."""
    opened(request, issue_id)
    found = Mailing.objects.filter(issue_id=issue_id, kind=Mailing.Kind.ISSUE)
    if (named := request.GET.get("envoi", "")).isdecimal() and len(named) < MAX_DIGITS:
        found = found.filter(pk=named)
    else:
        found = Mailing.objects.of_issue(issue_id)
    return live_answer(get_object_or_404(found))


BASE = "lettre/numeros/<key:issue_id>/envoi/"
urlpatterns: list[URLPattern] = [
    path(BASE, panel, name="newsletter_sending"),
    path(f"{BASE}essai/", test, name="newsletter_send_test"),
    path(f"{BASE}lancer/", send, name="newsletter_send"),
    path(f"{BASE}programmer/", schedule, name="newsletter_schedule"),
    path(f"{BASE}conduite/<slug:name>/", steer, name="newsletter_steer"),
    path(f"{BASE}avancement/", progress, name="newsletter_progress"),
]
