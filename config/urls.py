"""The route table on one screen; Wagtail last."""

from django.conf import settings
from django.urls import include, path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("fichiers/", include(wagtaildocs_urls)),
    path("", include("home.urls")),
    path("", include("newsletter.urls")),
    path("", include("veille.urls")),
    path("", include("search.urls")),
]
if settings.SERVE_MEDIA:
    media = settings.MEDIA_URL.strip("/")
    # First: the files of an issue are named like any file.
    urlpatterns.insert(
        0, path(f"{media}/<path:path>", serve, {"document_root": settings.MEDIA_ROOT})
    )
if settings.DEMO_MAILBOX:
    urlpatterns.append(path("demo/courriels/", include("config.demo.mailbox")))
urlpatterns += [path("", include(wagtail_urls))]

handler404 = "home.views.not_found"
handler500 = "home.views.server_error"
