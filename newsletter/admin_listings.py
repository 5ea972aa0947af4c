"""The letter's page listings in the admin."""

from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.ui.tables.pages import (
    BulkActionsColumn,
    PageStatusColumn,
    PageTitleColumn,
)
from wagtail.admin.viewsets.pages import PageListingViewSet

from newsletter.models import Bulletin, Issue

UPDATED = DateColumn(
    "latest_revision_created_at", label="Modifié", sort_key="latest_revision_created_at"
)


class IssueListing(PageListingViewSet):
    """Issues, the most recent first."""

    model = Issue
    icon = "mail"
    menu_label = "Numéros"
    menu_order = 10
    ordering = "-dated"
    columns = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label="Titre", sort_key="title", classname="title"),
        Column("number_label", label="Numéro", sort_key="number"),
        Column("date_label", label="Date", sort_key="dated"),
        Column("sending_label", label="Envoi"),
        UPDATED,
        PageStatusColumn("status", label="État", sort_key="live"),
    ]


class BulletinListing(PageListingViewSet):
    """The centre's bulletins."""

    model = Bulletin
    icon = "folder-open-inverse"
    menu_label = "Bulletins"
    menu_order = 20
    columns = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label="Titre", sort_key="title", classname="title"),
        Column("sender_email", label="Expéditeur", sort_key="sender_email"),
        Column("get_rhythm_display", label="Rythme"),
        UPDATED,
        PageStatusColumn("status", label="État", sort_key="live"),
    ]
