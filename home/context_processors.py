"""What the frame of every page needs: the centre's settings and the main menu."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from wagtail.models import Page, Site

from home.models.settings import SiteSettings


def _menu(request: HttpRequest) -> list[Page]:
    site = Site.find_for_request(request)
    return list(site.root_page.get_children().live().public().in_menu()) if site else []


def site_frame(request: HttpRequest) -> dict[str, object]:
    """`centre` (SiteSettings) and `menu` (pages), both read only when a template asks."""
    return {
        "centre": SimpleLazyObject(lambda: SiteSettings.for_request(request)),
        "menu": SimpleLazyObject(lambda: _menu(request)),
        "site_url": settings.SITE_URL,
    }
