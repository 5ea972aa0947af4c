"""The files of a notice, beside its page: `/notices/SLUG.ris`, whatever the shelf's slug."""

from django.urls import re_path

from veille import views
from veille.exports import FORMATS

NAMES = "|".join(name.replace(".", r"\.") for name in FORMATS)

urlpatterns = [
    re_path(
        rf"^(?P<page_path>(?:[\w-]+/)+[\w-]+)\.(?P<format_name>{NAMES})$",
        views.export,
        name="notice_export",
    ),
]
