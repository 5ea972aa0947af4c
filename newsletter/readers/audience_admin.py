"""Subscribers and deliveries in the admin (wagtail-modeladmin, kept thin: it is in maintenance).

Subscribers come by the public form or by an import, which prove their consent; here they are
found, corrected and erased. Deliveries are only read.
"""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail_modeladmin.views import DeleteView, InspectView

from newsletter.models.audience import Subscriber
from newsletter.models.deliveries import Delivery, Mailing
from newsletter.readers.audience_admin_actions import CHANGE
from newsletter.readers.audience_admin_base import (
    CarefulIndex,
    GuardedExportIndex,
    NumberedAdmin,
    ReadOnlyPermissions,
    SubscriberPermissions,
    known,
)
from newsletter.readers.audience_admin_filters import (
    AddressSearch,
    BulletinFilter,
    DayFilter,
    FrequencyFilter,
    MailingFilter,
    OriginFilter,
    ThemeFilter,
)
from newsletter.readers.audience_history import history_of
from newsletter.readers.exports import EXPORT_PERMISSION, neutralise
from newsletter.readers.subscriptions import erase

__all__ = [
    "CarefulIndex",
    "DeliveryAdmin",
    "MailingAdmin",
    "MailingFilter",
    "NumberedAdmin",
    "ReadOnlyPermissions",
    "SubscriberAdmin",
    "known",
    "neutralise",
]


class EraseView(DeleteView):
    """Deleting a subscriber is erasing a person: no import brings the address back."""

    page_title = "Effacer"

    def confirmation_message(self) -> str:
        return (
            "Cette personne sera oubliée\u00a0: adresse, nom, abonnements. Seule une empreinte "
            "illisible reste, pour qu'aucun import ne la réinscrive. Un effacement ne se "
            "défait pas."
        )

    def get_meta_title(self) -> str:
        return "Effacer un abonné"

    def delete_instance(self) -> None:
        erase(self.instance)


class HistoryOfReaderView(InspectView):
    """All that is known of one reader, and what may be done for them."""

    page_title = "Abonné"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        context = {
            "reader": self.instance,
            "history": history_of(self.instance),
            "may_change": user.has_perm(CHANGE),
            "may_erase": self.permission_helper.user_can_delete_obj(user, self.instance),
        }
        return super().get_context_data(**(context | kwargs))

    def get_meta_title(self) -> str:
        return "Abonné"

    def get_page_subtitle(self) -> str:
        """The address is the page's own first heading."""
        return ""


class SubscriberAdmin(NumberedAdmin):
    model = Subscriber
    menu_label = "Abonnés"
    menu_icon = "group"
    add_to_admin_menu = False
    base_url_path = "abonnes"
    index_view_class = GuardedExportIndex
    inspect_view_enabled = True
    inspect_view_class = HistoryOfReaderView
    inspect_template_name = "newsletter/admin/subscriber.html"
    delete_view_class = EraseView
    permission_helper_class = SubscriberPermissions
    search_handler_class = AddressSearch
    list_display = ("email", "name", "organisation", "state", "created_at")
    list_filter = (
        *("subscriptions__status", BulletinFilter, ThemeFilter, FrequencyFilter, OriginFilter),
        ("created_at", DayFilter),
    )
    search_fields = ("email", "name", "organisation")
    list_export = ("email", "name", "organisation", "state", "created_at")
    export_filename = "abonnes"
    list_per_page = 50
    panels = [
        FieldPanel("email", read_only=True),
        FieldPanel("name"),
        FieldPanel("organisation"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscriber]:
        return super().get_queryset(request).prefetch_related("subscriptions__bulletin")

    def get_list_export(self, request: HttpRequest) -> tuple[str, ...]:
        return self.list_export if request.user.has_perm(EXPORT_PERMISSION) else ()

    def state(self, subscriber: Subscriber) -> str:
        return ", ".join(
            f"{one.bulletin.title}\u00a0: {one.get_status_display().lower()}"
            for one in subscriber.subscriptions.all()
        )

    state.short_description = "abonnements"


class MailingPage(InspectView):
    """One mailing, read."""

    page_title = "Envoi"

    def get_meta_title(self) -> str:
        return f"Envoi de «\u00a0{self.instance.label}\u00a0»"

    def get_page_subtitle(self) -> str:
        return self.instance.label


class MailingAdmin(NumberedAdmin):
    model = Mailing
    menu_label = "Envois"
    menu_icon = "mail"
    add_to_admin_menu = False
    base_url_path = "envois"
    permission_helper_class = ReadOnlyPermissions
    inspect_view_enabled = True
    inspect_view_class = MailingPage
    inspect_view_fields = (
        *("kind", "state", "note", "created_at", "created_by"),
        *("scheduled_at", "started_at", "finished_at"),
    )
    list_display = ("what", "kind", "state", "created_at", "started_at", "finished_at")
    list_filter = ("kind", "state")
    list_select_related = ("issue", "bulletin")
    list_per_page = 50

    def what(self, mailing: Mailing) -> str:
        return mailing.label

    what.short_description = "envoi"


class DeliveryAdmin(NumberedAdmin):
    model = Delivery
    menu_label = "Lignes d'envoi"
    menu_icon = "list-ul"
    add_to_admin_menu = False
    base_url_path = "lignes-d-envoi"
    permission_helper_class = ReadOnlyPermissions
    list_display = ("email", "mailing", "state", "finished_at", "smtp_code", "error")
    list_filter = ("state", "is_hard", MailingFilter)
    search_fields = ("email",)
    list_select_related = ("mailing",)
    list_per_page = 100
