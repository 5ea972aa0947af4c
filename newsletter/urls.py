"""The letter's public addresses. `/d/TOKEN` is short: it stands in a header of every message."""

from django.urls import URLPattern, path, re_path
from wagtail.views import serve

from newsletter.figures.metrics import metrics
from newsletter.readers.views import ConfirmView, SubscribeView
from newsletter.readers.views_leaving import UnsubscribeView
from newsletter.readers.views_reader import PersonalDataView, PreferencesView
from newsletter.returns.webhooks import ReturnsWebhookView

# Wagtail's own pattern wants a slash at the end; these are routed and guarded as pages are.
FILES = (
    r"[\w-]+\.(?:pdf|ris|bib|csl\.json)|atom\.xml"  # of an issue; of its bulletin
    r"|[\w-]+/edition/[\w-]+\.pdf"
)

urlpatterns: list[URLPattern] = [
    path("metrics/", metrics, name="metrics"),
    path("abonnement/", SubscribeView.as_view(), name="subscribe"),
    path("abonnement/confirmer/<str:token>/", ConfirmView.as_view(), name="confirm"),
    path("abonnement/preferences/<str:token>/", PreferencesView.as_view(), name="preferences"),
    path("abonnement/mes-donnees/<str:token>/", PersonalDataView.as_view(), name="personal_data"),
    path("courriel/retours/<slug:provider>/", ReturnsWebhookView.as_view(), name="returns_webhook"),
    path("d/<str:token>", UnsubscribeView.as_view(), name="unsubscribe"),
    re_path(rf"^([\w-]+/[\w-]+/(?:{FILES}))$", serve, name="issue_file"),
]
