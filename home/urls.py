"""Legal pages, health, and what robots read."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import path
from django.views.generic import TemplateView
from wagtail.contrib.sitemaps.views import sitemap

from home import views


def legal_page(template: str, heading: str) -> Callable[..., HttpResponseBase]:
    """A page whose template states the facts of the centre's settings under a heading."""
    return TemplateView.as_view(template_name=template, extra_context={"heading": heading})


urlpatterns = [
    path(
        "mentions-legales/",
        legal_page("home/legal_notice.html", "Mentions légales"),
        name="legal_notice",
    ),
    path(
        "donnees-personnelles/",
        legal_page("home/privacy.html", "Données personnelles"),
        name="privacy",
    ),
    path(
        "accessibilite/",
        legal_page("home/accessibility.html", "Déclaration d’accessibilité"),
        name="accessibility",
    ),
    path("contact/", legal_page("home/contact.html", "Contact"), name="contact"),
    path("plan-du-site/", views.site_map, name="site_map"),
    path("style/accent.css", views.accent, name="accent"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("sante/vivant", views.alive, name="alive"),
    path("sante/pret", views.ready, name="ready"),
]
