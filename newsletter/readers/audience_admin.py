"""Subscribers and deliveries in the admin (wagtail-modeladmin, kept thin: it is in maintenance).

Subscribers come by the public form or by an import, which prove their consent; here they are
found, corrected and erased. Deliveries are only read.
"""

from datetime import datetime
from typing import ClassVar

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from wagtail.admin.panels import FieldPanel
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import DeleteView, IndexView

from home.models import User
from newsletter.models.audience import Subscriber
from newsletter.models.deliveries import Delivery, Mailing
from newsletter.models.issues import Bulletin
from newsletter.readers.subscriptions import erase

EXPORT_PERMISSION = "newsletter.export_subscriber"
LONGEST_KEY = 18  # digits of a 64-bit integer, less one
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def neutralise(value: str) -> str:
    """A spreadsheet must not run what a stranger typed: `=…` becomes text."""
    return f"'{value}" if value.startswith(FORMULA_STARTS) and value != "-" else value


def local_moment(value: datetime) -> str:
    return timezone.localtime(value).strftime("%d/%m/%Y %H:%M")


class BulletinFilter(SimpleListFilter):
    """By bulletin; another value than those offered filters nothing."""

    title = "bulletin"
    parameter_name = "bulletin"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        titles = Bulletin.objects.order_by("title").values_list("pk", "title")
        return [(str(pk), title) for pk, title in titles]

    def queryset(self, request: HttpRequest, found: QuerySet[Subscriber]) -> QuerySet[Subscriber]:
        offered = self.value() in dict(self.lookup_choices)
        return found.filter(subscriptions__bulletin=self.value()) if offered else found


class MailingFilter(SimpleListFilter):
    """By mailing, the fifty latest."""

    title = "envoi"
    parameter_name = "envoi"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        latest = Mailing.objects.select_related("issue")[:50]
        return [(str(one.pk), f"{one.pk} – {one.issue.title}") for one in latest]

    def queryset(self, request: HttpRequest, found: QuerySet[Delivery]) -> QuerySet[Delivery]:
        offered = self.value() in dict(self.lookup_choices)
        return found.filter(mailing=self.value()) if offered else found


class SubscriberPermissions(PermissionHelper):
    def user_can_create(self, user: User) -> bool:
        return False


class ReadOnlyPermissions(PermissionHelper):
    def user_can_create(self, user: User) -> bool:
        return False

    def user_can_edit_obj(self, user: User, obj: object) -> bool:
        return False

    def user_can_delete_obj(self, user: User, obj: object) -> bool:
        return False


class CarefulIndex(IndexView):
    """A filter that means nothing, typed by hand, gives the whole list."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)
        except (IncorrectLookupParameters, OverflowError):
            return redirect(request.path)


class GuardedExportIndex(CarefulIndex):
    """Reading the list does not allow carrying it away."""

    custom_value_preprocess: ClassVar = {
        **SpreadsheetExportMixin.custom_value_preprocess,
        str: {"csv": neutralise, "xlsx": neutralise},
        datetime: {"csv": local_moment, "xlsx": local_moment},
    }

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.GET.get(self.EXPORT_VAR) and not request.user.has_perm(EXPORT_PERMISSION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class NumberedAdmin(ModelAdmin):
    """An address typed by hand whose key is no number is not found."""

    index_view_class = CarefulIndex

    def edit_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        return super().edit_view(request, known(instance_pk))

    def delete_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        return super().delete_view(request, known(instance_pk))

    def inspect_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        return super().inspect_view(request, known(instance_pk))


def known(instance_pk: str) -> str:
    if not instance_pk.isdecimal() or len(instance_pk) > LONGEST_KEY:
        raise Http404
    return instance_pk


class EraseView(DeleteView):
    """Deleting a subscriber is erasing a person: no import brings the address back."""

    page_title = "Effacer"

    def confirmation_message(self) -> str:
        return (
            "Cette personne sera oubliée\u00a0: adresse, nom, abonnements. Seule une empreinte "
            "illisible reste, pour qu'aucun import ne la réinscrive."
        )

    def delete_instance(self) -> None:
        erase(self.instance)


class SubscriberAdmin(NumberedAdmin):
    model = Subscriber
    menu_label = "Abonnés"
    menu_icon = "group"
    add_to_admin_menu = False
    base_url_path = "abonnes"
    index_view_class = GuardedExportIndex
    delete_view_class = EraseView
    permission_helper_class = SubscriberPermissions
    list_display = ("email", "name", "organisation", "state", "created_at")
    list_filter = ("subscriptions__status", BulletinFilter, "created_at")
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


class MailingAdmin(NumberedAdmin):
    model = Mailing
    menu_label = "Envois"
    menu_icon = "mail"
    add_to_admin_menu = False
    base_url_path = "envois"
    permission_helper_class = ReadOnlyPermissions
    inspect_view_enabled = True
    inspect_view_fields = (
        *("issue", "kind", "state", "note", "created_at", "created_by"),
        *("scheduled_at", "started_at", "finished_at"),
    )
    list_display = ("issue", "kind", "state", "created_at", "started_at", "finished_at")
    list_filter = ("kind", "state")
    list_select_related = ("issue", "bulletin")
    list_per_page = 50


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
