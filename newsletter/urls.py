"""The letter's public addresses. `/d/TOKEN` is short: it stands in a header of every message."""

from django.urls import URLPattern, path, re_path
from wagtail.views import serve

from newsletter.readers.views import ConfirmView, PreferencesView, SubscribeView, UnsubscribeView

# Wagtail's own pattern wants a slash at the end; these are routed and guarded as pages are.
FILES = (
    r"[\w-]+\.(?:pdf|ris|bib|csl\.json)|atom\.xml"  # of an issue; of its bulletin
    r"|[\w-]+/edition/[\w-]+\.pdf"
)

urlpatterns: list[URLPattern] = [
    path("abonnement/", SubscribeView.as_view(), name="subscribe"),
    path("abonnement/confirmer/<str:token>/", ConfirmView.as_view(), name="confirm"),
    path("abonnement/preferences/<str:token>/", PreferencesView.as_view(), name="preferences"),
    path("d/<str:token>", UnsubscribeView.as_view(), name="unsubscribe"),
    re_path(rf"^([\w-]+/[\w-]+/(?:{FILES}))$", serve, name="issue_file"),
]
