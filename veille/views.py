"""A notice's record as a file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from wagtail.models import Page
from wagtail.views import serve

from veille.models import Notice


@require_safe
def export(request: HttpRequest, page_path: str, format_name: str) -> HttpResponse:
    """The file of the notice at `page_path`, to whoever may read its page.

    Wagtail itself serves it, so that its files are behind the same walls as the page (not found,
    a password, a login): only the argument that `Notice.serve` reads is added to the route.
    """
    path = f"{page_path}/"
    route = Page.route_for_request(request, path)
    if route is None or not isinstance(route.page, Notice):
        raise Http404
    route.kwargs["format_name"] = format_name
    return serve(request, path)
