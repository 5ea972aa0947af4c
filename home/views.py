"""Pages that come from the centre's settings, and what machines ask of a site."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe
from wagtail.models import Site

from home.colours import DARK_PAPER, LIGHT_PAPER, readable_on
from home.health import readiness
from home.models import SiteSettings
from home.sitemaps import site_branches

PLAIN = "text/plain; charset=utf-8"
CLOSED_TO_ROBOTS = ("/admin/", "/abonnement/", "/d/", "/recherche/?", "/sante/")
SECURITY_TXT_DAYS = 180


@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    site = Site.find_for_request(request)
    tree = site_branches(site.root_page, request) if site else []
    return render(request, "home/sitemap.html", {"heading": "Plan du site", "tree": tree})


@require_safe
@cache_control(max_age=86_400, public=True)
def accent(request: HttpRequest) -> HttpResponse:
    """The centre's accent colour as a style sheet, in a shade that can be read on each paper."""
    chosen = SiteSettings.for_request(request).accent_colour
    css = ""
    if chosen:
        light, dark = readable_on(chosen, LIGHT_PAPER), readable_on(chosen, DARK_PAPER)
        css = f":root{{--centre-accent:{light};--centre-accent-dark:{dark}}}"
    return HttpResponse(css, content_type="text/css; charset=utf-8")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED_TO_ROBOTS)]
    lines += ["", f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type=PLAIN)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116. Without a contact there is nothing to say, and the address leads nowhere."""
    contact = SiteSettings.for_request(request).contact_email
    if not contact:
        raise Http404
    expires = timezone.now() + timedelta(days=SECURITY_TXT_DAYS)
    lines = [
        f"Contact: mailto:{contact}",
        f"Expires: {expires:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: fr, en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type=PLAIN)


@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"alive": True})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Database, broker and search, each true or false; 503 when one of them does not answer."""
    parts = readiness()
    is_ready = all(parts.values())
    return JsonResponse({"ready": is_ready, **parts}, status=200 if is_ready else 503)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Reads nothing: no context, no database; anything may be what failed."""
    return HttpResponse(render_to_string("500.html"), status=500)
