"""What the readers' screens of the admin share: a header, numbered pages, forms in a query."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse

PER_PAGE = 50


def screen(
    request: HttpRequest,
    template: str,
    title: str,
    context: dict[str, Any],
    *,
    icon: str = "group",
    parents: tuple[tuple[str, str], ...] = (),
    status: int = 200,
) -> TemplateResponse:
    """A page of the letter's group. `parents`: (address, label), from the outermost."""
    crumbs = [{"url": reverse("wagtailadmin_home"), "label": "Accueil"}]
    crumbs += [{"url": url, "label": label} for url, label in parents]
    crumbs += [{"url": "", "label": title}]
    header = {"header_title": title, "header_icon": icon, "breadcrumbs_items": crumbs}
    return TemplateResponse(request, template, header | context, status=status)


def page_of(request: HttpRequest, found: QuerySet) -> Page:
    """The page asked for; the nearest one for a number that means nothing."""
    return Paginator(found, PER_PAGE).get_page(request.GET.get("p"))


def other_pages(request: HttpRequest) -> str:
    """The query without its page: « kind=… », to be followed by « &p=… »."""
    query = request.GET.copy()
    query.pop("p", None)
    return query.urlencode()
