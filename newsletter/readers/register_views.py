"""Screens for who answers for personal data: the consent register, the journal of exports, what is
forgotten and when, the record of processing activities. Only an export is a POST, for it writes."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from newsletter.models.readers import DataExport, JobRun
from newsletter.readers.exports import EXPORT_PERMISSION, csv_response, log_export
from newsletter.readers.processing_record import SECURITY, markdown, record
from newsletter.readers.register import (
    HEADER,
    RegisterForm,
    events,
    filters_in_words,
    row,
    suppression_of,
)
from newsletter.readers.retention import JOB, standings
from newsletter.readers.screens import other_pages, page_of, screen

VIEW = "newsletter.view_consentevent"
REFUSED = 422
EXPORTED = "Registre des consentements"
CHUNK = 2000
may_view = permission_required(VIEW, raise_exception=True)
may_export = permission_required([VIEW, EXPORT_PERMISSION], raise_exception=True)
may_see_exports = permission_required("newsletter.view_dataexport", raise_exception=True)
may_see_runs = permission_required("newsletter.view_jobrun", raise_exception=True)


@may_view
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    form = RegisterForm(request.GET)
    found = events(form)
    context = {
        "form": form,
        "events": page_of(request, found),
        "query": other_pages(request),
        "may_export": request.user.has_perm(EXPORT_PERMISSION),
        "suppression": suppression_of(form.cleaned_data.get("email", "")),
    }
    status = REFUSED if form.errors else 200
    title = "Registre des consentements"
    return screen(
        request, "newsletter/admin/register.html", title, context, icon="list-ul", status=status
    )


@may_export
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    form = RegisterForm(request.POST)
    found = events(form)
    if form.errors:
        return HttpResponse("Ces filtres ne sont pas valables.", status=REFUSED)
    log_export(request.user, EXPORTED, found.count(), filters_in_words(form))
    rows = (row(event) for event in found.iterator(CHUNK))
    return csv_response("registre-des-consentements.csv", HEADER, rows)


@may_see_exports
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    context = {"exports": page_of(request, DataExport.objects.select_related("by"))}
    title = "Exports de données"
    return screen(
        request, "newsletter/admin/register_exports.html", title, context, icon="download"
    )


@may_see_runs
@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    context = {"standings": standings(), "runs": JobRun.objects.filter(job=JOB)[:10]}
    title = "Conservation"
    return screen(
        request, "newsletter/admin/register_retention.html", title, context, icon="history"
    )


@may_view
@require_safe
def processing(request: HttpRequest) -> HttpResponse:
    title = "Registre des traitements"
    context = {"record": record(), "security": SECURITY}
    return screen(
        request, "newsletter/admin/register_processing.html", title, context, icon="clipboard-list"
    )


@may_view
@require_safe
def processing_file(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(markdown(record()), content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="registre-des-traitements.md"'
    return response


urlpatterns: list[URLPattern] = [
    path("lettre/consentements/", register, name="newsletter_register"),
    path("lettre/consentements/export/", export, name="newsletter_register_export"),
    path("lettre/exports/", exports, name="newsletter_exports"),
    path("lettre/conservation/", retention, name="newsletter_retention"),
    path("lettre/traitements/", processing, name="newsletter_processing"),
    path("lettre/traitements.md", processing_file, name="newsletter_processing_file"),
]
