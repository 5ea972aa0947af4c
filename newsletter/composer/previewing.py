"""Every form of the latest version, in a frame: web page, mail at two widths and two schemes, text
part, PDF."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe

from newsletter.composer.gauge import gauge_of
from newsletter.composer.views import opened
from newsletter.models import Issue
from newsletter.previews import preview_response


@dataclass(frozen=True, slots=True)
class Form:
    """One form of the issue: `mode` is a preview mode, `width` the frame's, in pixels (0: all),
    `edition` a partner's key ("": the bulletin's own)."""

    key: str
    label: str
    mode: str
    width: int = 0
    edition: str = ""


FORMS = (
    Form("courriel-600", "Courriel, 600\u00a0px", "mail", 600),
    Form("courriel-375", "Courriel, 375\u00a0px", "mail", 375),
    Form("sombre-600", "Sombre, 600\u00a0px", "mail-sombre", 600),
    Form("sombre-375", "Sombre, 375\u00a0px", "mail-sombre", 375),
    Form("texte", "Texte", "text"),
    Form("web", "Page web", ""),
    Form("web-375", "Page web, 375\u00a0px", "", 375),
    Form("pdf", "PDF", "pdf"),
)


def forms_of(issue: Issue) -> tuple[Form, ...]:
    """The bulletin's own forms, then the mail and the PDF of each partner's edition."""
    found = list(FORMS)
    for block in issue.editions:
        key, name = block.value["key"], block.value["name"]
        found.append(Form(f"edition-{key}", f"Courriel, {name}", "mail", 600, key))
        found.append(Form(f"edition-{key}-pdf", f"PDF, {name}", "pdf", 0, key))
    return tuple(found)


@require_safe
def preview(request: HttpRequest, issue_id: int) -> HttpResponse:
    issue = opened(request, issue_id)
    forms = forms_of(issue)
    asked = request.GET.get("forme", "")
    form = next((form for form in forms if form.key == asked), forms[0])
    context = {
        "issue": issue,
        "forms": forms,
        "edition_url": issue.document(edition=form.edition).web_url if form.edition else "",
        "chosen": form,
        "gauge": gauge_of(issue),
        "frame_url": reverse("newsletter_preview_frame", args=[issue.pk, form.key]),
        "header_title": f"Aperçus de «\u00a0{issue.title}\u00a0»",
        "header_icon": "view",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Accueil"},
            {"url": reverse("numeros:index"), "label": "Numéros"},
            {"url": reverse("newsletter_composer", args=[issue.pk]), "label": "Composer"},
            {"url": "", "label": "Aperçus", "sublabel": issue.title},
        ],
    }
    return TemplateResponse(request, "newsletter/admin/preview.html", context)


@require_safe
def frame(request: HttpRequest, issue_id: int, key: str) -> HttpResponse:
    """One form of the latest version, as Wagtail's own preview draws it."""
    issue = opened(request, issue_id)
    form = next((form for form in forms_of(issue) if form.key == key), None)
    if form is None:
        return HttpResponseNotFound()
    response = None
    if form.edition:
        response = preview_response(issue, form.mode, form.edition)
    response = response or issue.make_preview_request(request, form.mode)
    # The preview's own request went through the middleware, which denied every frame.
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


BASE = "lettre/numeros/<key:issue_id>/apercus/"
urlpatterns: list[URLPattern] = [
    path(BASE, preview, name="newsletter_preview"),
    path(f"{BASE}<slug:key>/", frame, name="newsletter_preview_frame"),
]
