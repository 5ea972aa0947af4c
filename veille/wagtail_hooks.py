"""Registers the watch in the admin. Only registers."""

from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.snippets.models import register_snippet

from veille.listings import (
    AgendaListing,
    NoticeListing,
    OrganisationViewSet,
    PeriodicalViewSet,
    PersonViewSet,
)


class WatchGroup(ViewSetGroup):
    menu_label = "Veille"
    menu_icon = "doc-full"
    menu_order = 200
    items = (
        NoticeListing("notices"),
        AgendaListing("agenda"),
        PersonViewSet,
        OrganisationViewSet,
        PeriodicalViewSet,
    )


register_snippet(WatchGroup)
