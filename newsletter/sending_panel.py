"""The sending panel of an issue in the admin: what is found of it, who would receive it, a test,
the sending now or later, its progress and its steering.

Who may edit the issue opens the panel and sends a test (an editor checks their work); writing to
readers needs the permission `newsletter.send_issue`. Every action is a POST.
"""

from collections.abc import Callable
from dataclasses import dataclass
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
from newsletter.checking import preflight
from newsletter.engine import dispatch, steering
from newsletter.engine.trials import send_test
from newsletter.errors import LetterError
from newsletter.log_actions import day_and_time, readers
from newsletter.models import Issue, Mailing
from newsletter.sending_forms import ScheduleForm, TestForm

PERMISSION = "newsletter.send_issue"
REFUSED = 422
may_send = permission_required(PERMISSION, raise_exception=True)
State = Mailing.State


@dataclass(frozen=True, slots=True)
class Action:
    """A button of the panel: shown in these states and, with `needs`, only while the mailing has
    deliveries in that state. `warning`: what to know before pressing, in a fold."""

    act: Callable[[Mailing], Any]
    label: str
    states: tuple[str, ...]
    said: Callable[[Mailing, Any], str]
    needs: str = ""
    warning: str = ""

    def suits(self, mailing: Mailing, counts: dict[str, int]) -> bool:
        return mailing.state in self.states and (not self.needs or counts[self.needs] > 0)


def _paused(mailing: Mailing, _: Any) -> str:
    return f"L'envoi est en pause\u00a0: {readers(mailing.counts()['pending'])} en attente."


def _resumed(mailing: Mailing, _: Any) -> str:
    if mailing.state == State.SCHEDULED and mailing.scheduled_at:
        return f"L'envoi partira le {day_and_time(mailing.scheduled_at)}."
    return "L'envoi est terminé." if mailing.state == State.SENT else "L'envoi reprend."


def _cancelled(mailing: Mailing, _: Any) -> str:
    served = mailing.counts()["sent"]
    reached = f" après {readers(served)}" if served else " avant le premier abonné"
    return f"L'envoi est annulé{reached}."


def _again(mailing: Mailing, count: int) -> str:
    if not count:
        return "Il n'y avait rien à renvoyer."
    when = " à la reprise" if mailing.state == State.PAUSED else ""
    return f"Nouvel essai{when} vers {readers(count)}."


RUNNING = (State.READY, State.SENDING)
ACTIONS = {
    "pause": Action(steering.pause, "Mettre en pause", (State.SCHEDULED, *RUNNING), _paused),
    "reprendre": Action(steering.resume, "Reprendre", (State.PAUSED,), _resumed),
    "renvoyer": Action(
        steering.retry_failed,
        "Renvoyer aux échecs",
        (*RUNNING, State.PAUSED, State.SENT),
        _again,
        needs="failed",
    ),
    "liberer": Action(
        steering.release_uncertain,
        "Libérer les incertains",
        (*RUNNING, State.PAUSED, State.SENT),
        _again,
        needs="uncertain",
        warning="Le serveur d'envoi n'a pas répondu pour ces abonnés\u00a0: certains ont "
        "peut-être déjà la lettre et la recevront deux fois.",
    ),
    "annuler": Action(
        steering.cancel,
        "Annuler l'envoi",
        (State.SCHEDULED, *RUNNING, State.PAUSED),
        _cancelled,
        warning="Qui n'a pas encore été servi ne recevra rien. Une annulation ne se défait "
        "pas\u00a0; le numéro pourra faire l'objet d'un nouvel envoi.",
    ),
}


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
    counts = mailing.counts() if mailing else {}
    context = {
        "issue": issue,
        "mailing": mailing,
        "counts": counts,
        "actions": [
            (name, action, bool(mailing) and action.suits(mailing, counts))
            for name, action in ACTIONS.items()
        ],
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
    context |= during(mailing, counts) if mailing else before_sending(issue, request.user)
    status = REFUSED if test_form or schedule_form else 200
    return TemplateResponse(request, "newsletter/admin/sending.html", context, status=status)


def during(mailing: Mailing, counts: dict[str, int]) -> dict[str, Any]:
    """`departure`: when it leaves, in words, while that is to come."""
    at = mailing.scheduled_at
    waits = at is not None and mailing.started_at is None and at > timezone.now()
    done = counts["total"] - counts["pending"] - counts["submitting"]
    return {"done": done, "departure": day_and_time(at) if at and waits else ""}


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
    action = ACTIONS[name]
    try:
        result = action.act(mailing)
    except LetterError as error:
        messages.error(request, str(error))
    else:
        mailing.refresh_from_db()
        messages.success(request, action.said(mailing, result))
    return redirect("newsletter_sending", issue_id)


@require_safe
def progress(request: HttpRequest, issue_id: int) -> JsonResponse:
    """The mailing's state and counts, for the bar that moves."""
    opened(request, issue_id)
    mailing = get_object_or_404(Mailing.objects.of_issue(issue_id))
    state = {"state": mailing.state, "state_label": mailing.get_state_display()}
    return JsonResponse(state | mailing.counts() | {"note": mailing.note})


BASE = "lettre/numeros/<int:issue_id>/envoi/"
urlpatterns: list[URLPattern] = [
    path(BASE, panel, name="newsletter_sending"),
    path(f"{BASE}essai/", test, name="newsletter_send_test"),
    path(f"{BASE}lancer/", send, name="newsletter_send"),
    path(f"{BASE}programmer/", schedule, name="newsletter_schedule"),
    path(f"{BASE}conduite/<slug:name>/", steer, name="newsletter_steer"),
    path(f"{BASE}avancement/", progress, name="newsletter_progress"),
]
