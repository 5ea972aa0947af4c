"""Importing a file of addresses in the admin: drop it, say what it is, see what will happen, start
it, follow it, read its report. Who may add subscribers; every change is a POST."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from newsletter.models.readers import SubscriberImport
from newsletter.readers.exports import csv_response
from newsletter.readers.imports import reports, running
from newsletter.readers.imports.forms import MappingForm, UploadForm
from newsletter.readers.imports.reading import preview
from newsletter.readers.imports.shapes import SHAPE_NAMES
from newsletter.readers.imports.values import ImportFileError
from newsletter.readers.screens import page_of, screen

PERMISSION = "newsletter.add_subscriber"
REFUSED = 422
State = SubscriberImport.State
may_import = permission_required(PERMISSION, raise_exception=True)
UNDER_WAY = (State.QUEUED, State.RUNNING)


def found(import_id: int) -> SubscriberImport:
    """An import without its file, which may be large."""
    jobs = SubscriberImport.objects.defer("content").select_related("bulletin", "created_by")
    return get_object_or_404(jobs, pk=import_id)


@may_import
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("newsletter_import", _deposit(request, form.cleaned_data).pk)
        except ImportFileError as error:
            form.add_error("file", str(error))
    jobs = SubscriberImport.objects.defer("content", "report", "mapping")
    context = {
        "form": form,
        "jobs": page_of(request, jobs.select_related("bulletin", "created_by")),
    }
    status = REFUSED if form.errors else 200
    title = "Importer des abonnés"
    return screen(
        request, "newsletter/admin/imports.html", title, context, icon="upload", status=status
    )


def _deposit(request: HttpRequest, given: dict[str, Any]) -> SubscriberImport:
    content = given["file"].read()
    seen = preview(content)
    return SubscriberImport.objects.create(
        bulletin=given["bulletin"],
        filename=given["file"].name[:255],
        content=content,
        shape=seen.shape,
        mapping={
            "header": [name[:200] for name in seen.header],
            "roles": seen.roles,
            "lines": [[cell[:80] for cell in line] for line in seen.lines],
        },
        created_by=request.user,
    )


@never_cache
@may_import
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, import_id: int) -> HttpResponse:
    """The mapping while it is a draft; then its progress or its report."""
    job = found(import_id)
    if job.state != State.DRAFT:
        if request.method == "POST":
            return redirect("newsletter_import", job.pk)
        return _shown(request, job, None)
    form = MappingForm(job, request.POST or None, initial=job.mapping.get("typed"))
    if request.method == "POST" and form.is_valid():
        try:
            _check(job, form)
        except ImportFileError as error:
            form.add_error(None, str(error))
        else:
            return redirect(f"{reverse('newsletter_import', args=[job.pk])}#import-previsions")
    return _shown(request, job, form)


def _check(job: SubscriberImport, form: MappingForm) -> None:
    """Keeps what the person said and computes what would happen."""
    typed = {
        "source": form.cleaned_data["source"],
        "collected_on": form.cleaned_data["collected_on"].isoformat(),
    }
    job.mapping = job.mapping | {"roles": form.roles(), "typed": typed}
    job.provenance = form.provenance()[:255]
    job.report = running.foretell(job)
    drafts = SubscriberImport.objects.filter(pk=job.pk, state=State.DRAFT)
    drafts.update(mapping=job.mapping, provenance=job.provenance, report=job.report)


def _shown(request: HttpRequest, job: SubscriberImport, form: MappingForm | None) -> HttpResponse:
    refused = form is not None and bool(form.errors)
    context = {
        "job": job,
        "form": form,
        "shape": SHAPE_NAMES.get(job.shape, ""),
        "told": reports.told(job.report) if job.report and not refused else [],
        "partial": bool(job.report) and job.report.get("read", 0) == running.FORETOLD,
        "read": job.report.get("read", 0) if job.report else 0,
        "coming": reports.counts(job.report).get("created", 0) if job.report else 0,
        "rejected": job.report.get("rejected", [])[:20] if job.report else [],
        "under_way": job.state in UNDER_WAY,
        "can_resume": job.state == State.FAILED and _has_content(job),
    }
    return screen(
        request,
        "newsletter/admin/import.html",
        f"Import de «\u00a0{job.filename}\u00a0»",
        context,
        icon="upload",
        parents=((reverse("newsletter_imports"), "Importer des abonnés"),),
        status=REFUSED if refused else 200,
    )


def _has_content(job: SubscriberImport) -> bool:
    return SubscriberImport.objects.filter(pk=job.pk, content__isnull=False).exists()


@may_import
@require_POST
def confirm(request: HttpRequest, import_id: int) -> HttpResponse:
    """Starts what has been checked; pressed twice, starts once."""
    job = found(import_id)
    if job.state == State.DRAFT and not job.report:
        messages.error(request, "Vérifiez d'abord ce que l'import va faire.")
    elif running.start(job):
        messages.success(request, "L'import est lancé.")
    return redirect("newsletter_import", job.pk)


@may_import
@require_POST
def take_up(request: HttpRequest, import_id: int) -> HttpResponse:
    job = found(import_id)
    if running.resume(job):
        messages.success(request, "L'import reprend où il s'était arrêté.")
    return redirect("newsletter_import", job.pk)


@may_import
@require_POST
def give_up(request: HttpRequest, import_id: int) -> HttpResponse:
    """Forgets a draft and its file."""
    if SubscriberImport.objects.filter(pk=import_id, state=State.DRAFT).delete()[0]:
        messages.success(request, "Le fichier est oublié\u00a0: rien n'en a été importé.")
    return redirect("newsletter_imports")


@never_cache
@may_import
@require_safe
def progress(request: HttpRequest, import_id: int) -> JsonResponse:
    """{"state", "state_label", "done", "total", "over"}: lines of the file."""
    job = get_object_or_404(SubscriberImport.objects.only("state", "done", "total"), pk=import_id)
    return JsonResponse(
        {
            "state": job.state,
            "state_label": job.get_state_display(),
            "done": job.done,
            "total": job.total,
            "over": job.state not in UNDER_WAY,
        }
    )


@may_import
@require_safe
def report(request: HttpRequest, import_id: int) -> HttpResponse:
    """Line, what, why. No address: who asks has the file."""
    job = found(import_id)
    rows = reports.each_line(job.report) if job.report else ()
    return csv_response(f"import-{job.pk}.csv", ["ligne", "résultat", "raison"], rows)


BASE = "lettre/imports/"
ONE = f"{BASE}<key:import_id>/"
urlpatterns: list[URLPattern] = [
    path(BASE, index, name="newsletter_imports"),
    path(ONE, detail, name="newsletter_import"),
    path(f"{ONE}confirmer/", confirm, name="newsletter_import_confirm"),
    path(f"{ONE}reprendre/", take_up, name="newsletter_import_resume"),
    path(f"{ONE}abandonner/", give_up, name="newsletter_import_drop"),
    path(f"{ONE}progression/", progress, name="newsletter_import_progress"),
    path(f"{ONE}compte-rendu.csv", report, name="newsletter_import_report"),
]
