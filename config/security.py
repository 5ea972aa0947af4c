"""The content security policy that each part of the site needs.

Public pages keep the strict policy of the settings. Wagtail's editing forms carry inline
scripts and styles (date widgets, inline panels), so the admin alone is relaxed.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

RELAXED = {
    "script-src": ["'self'", "'unsafe-inline'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:"],
    "frame-src": ["'self'", "blob:"],
}


class AdminPolicyMiddleware:
    """Marks responses under the admin with the relaxed policy; must stand before CSPMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        if request.path.startswith(reverse("wagtailadmin_home")):
            response._csp_update = RELAXED  # type: ignore[attr-defined]
        return response
