"""The sending panel of an issue in the admin: who would receive it, a test, the sending, its
progress. Acting needs the permission `newsletter.send_issue`; every action is a POST."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from newsletter.dispatch import recipient_count, send_test, start
from newsletter.errors import LetterError
from newsletter.models import Issue, Mailing
from newsletter.rendering import render

PERMISSION = "newsletter.send_issue"
may_send = permission_required(PERMISSION, raise_exception=True)


@may_send
def panel(request: HttpRequest, issue_id: int) -> HttpResponse:
    issue = get_object_or_404(Issue, pk=issue_id)
    mailing = Mailing.objects.of_issue(issue.pk).first()
    rendered, problem = None, ""
    try:
        rendered = issue.rendered() if issue.live else render(latest(issue).document(strict=True))
    except LetterError as error:
        problem = str(error)
    context = {
        "issue": issue,
        "mailing": mailing,
        "counts": mailing.counts() if mailing else None,
        "recipients": recipient_count(issue),
        "rendered": rendered,
        "problem": problem,
        "edit_url": reverse("wagtailadmin_pages:edit", args=[issue.pk]),
        "header_title": f"Envoi de «\u00a0{issue.title}\u00a0»",
        "header_icon": "mail",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Accueil"},
            {"url": reverse("numeros:index"), "label": "Numéros"},
            {"url": "", "label": "Envoi", "sublabel": issue.title},
        ],
    }
    return TemplateResponse(request, "newsletter/admin/sending.html", context)


def latest(issue: Issue) -> Issue:
    return issue.get_latest_revision_as_object()


@may_send
@require_POST
def test(request: HttpRequest, issue_id: int) -> HttpResponse:
    issue = get_object_or_404(Issue, pk=issue_id)
    address = request.POST.get("address", "").strip()
    try:
        validate_email(address)
        send_test(latest(issue), [address])
    except ValidationError:
        messages.error(request, f"«\u00a0{address}\u00a0» n'est pas une adresse électronique.")
    except LetterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"L'essai est parti vers {address}.")
    return redirect("newsletter_sending", issue_id)


@may_send
@require_POST
def send(request: HttpRequest, issue_id: int) -> HttpResponse:
    issue = get_object_or_404(Issue, pk=issue_id)
    try:
        mailing = start(issue, by=request.user)
    except LetterError as error:
        messages.error(request, str(error))
    else:
        total = mailing.counts()["total"]
        messages.success(request, f"L'envoi est lancé vers {total} abonnés.")
    return redirect("newsletter_sending", issue_id)


@may_send
def progress(request: HttpRequest, issue_id: int) -> JsonResponse:
    """The mailing's state and counts, for the bar that moves."""
    mailing = get_object_or_404(Mailing.objects.of_issue(issue_id))
    state = {"state": mailing.state, "state_label": mailing.get_state_display()}
    return JsonResponse(state | mailing.counts() | {"note": mailing.note})


urlpatterns: list[URLPattern] = [
    path("lettre/numeros/<int:issue_id>/envoi/", panel, name="newsletter_sending"),
    path("lettre/numeros/<int:issue_id>/envoi/essai/", test, name="newsletter_send_test"),
    path("lettre/numeros/<int:issue_id>/envoi/lancer/", send, name="newsletter_send"),
    path("lettre/numeros/<int:issue_id>/envoi/avancement/", progress, name="newsletter_progress"),
]
