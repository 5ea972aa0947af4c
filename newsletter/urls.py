"""The letter's public addresses. `/d/TOKEN` is short: it stands in a header of every message."""

from django.urls import URLPattern, path

from newsletter.views import ConfirmView, PreferencesView, SubscribeView, UnsubscribeView

urlpatterns: list[URLPattern] = [
    path("abonnement/", SubscribeView.as_view(), name="subscribe"),
    path("abonnement/confirmer/<str:token>/", ConfirmView.as_view(), name="confirm"),
    path("abonnement/preferences/<str:token>/", PreferencesView.as_view(), name="preferences"),
    path("d/<str:token>", UnsubscribeView.as_view(), name="unsubscribe"),
]
