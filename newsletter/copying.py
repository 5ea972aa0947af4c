"""What may not be copied: an alias of an issue would be a second page of the same number."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.models import Page

from newsletter.models import Issue


def refuse_alias(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Back to the page with the reason, or None where nothing stands in the way."""
    holds_issues = Issue.objects.descendant_of(page, inclusive=True).exists()
    if request.method != "POST" or not request.POST.get("alias") or not holds_issues:
        return None
    messages.error(
        request,
        "Un numéro ne peut pas avoir d'alias\u00a0: il serait deux fois dans l'archive. "
        "Copiez-le sans cocher «\u00a0alias\u00a0».",
    )
    return redirect("wagtailadmin_pages:copy", page.pk)
