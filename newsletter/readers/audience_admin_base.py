"""What the admin's lists of rows share (wagtail-modeladmin, kept thin: it is in maintenance)."""

from datetime import datetime
from typing import ClassVar

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import IndexView

from home.models import User
from newsletter.readers.exports import EXPORT_PERMISSION, local_moment, log_export, neutralise

LONGEST_KEY = 18  # digits of a 64-bit integer, less one


class ReadOnlyPermissions(PermissionHelper):
    def user_can_create(self, user: User) -> bool:
        return False

    def user_can_edit_obj(self, user: User, obj: object) -> bool:
        return False

    def user_can_delete_obj(self, user: User, obj: object) -> bool:
        return False


class SubscriberPermissions(PermissionHelper):
    """To see, to change, to erase and to export are four rights: the right to add (to import) or
    to export does not let a person read the list."""

    def user_can_list(self, user: User) -> bool:
        return any(
            self.user_has_specific_permission(user, self.get_perm_codename(action))
            for action in ("view", "change", "delete")
        )

    def user_can_inspect_obj(self, user: User, obj: object) -> bool:
        return self.user_can_list(user)

    def user_can_create(self, user: User) -> bool:
        return False


class CarefulIndex(IndexView):
    """A filter that means nothing, typed by hand, gives the whole list."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)
        except (IncorrectLookupParameters, OverflowError):
            return redirect(request.path)


class GuardedExportIndex(CarefulIndex):
    """Reading the list does not allow carrying it away; who carries it away is written down."""

    custom_value_preprocess: ClassVar = {
        **SpreadsheetExportMixin.custom_value_preprocess,
        str: {"csv": neutralise, "xlsx": neutralise},
        datetime: {"csv": local_moment, "xlsx": local_moment},
    }

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.GET.get(self.EXPORT_VAR) and not request.user.has_perm(EXPORT_PERMISSION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def as_spreadsheet(self, queryset: QuerySet, spreadsheet_format: str) -> HttpResponseBase:
        filters = sorted(key for key in self.params if key != self.SEARCH_VAR)
        asked = [f"filtres\u00a0: {', '.join(filters)}"] if filters else []
        asked += ["recherche"] if self.query else []
        detail = ", ".join([spreadsheet_format, *asked])
        log_export(self.request.user, "Liste des abonnés", queryset.count(), detail)
        return super().as_spreadsheet(queryset, spreadsheet_format)


class NumberedAdmin(ModelAdmin):
    """An address typed by hand whose key is no number is not found."""

    index_view_class = CarefulIndex
    index_view_extra_css: ClassVar = ["newsletter/readers-admin.css"]

    def edit_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        return super().edit_view(request, known(instance_pk))

    def delete_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        return super().delete_view(request, known(instance_pk))

    def inspect_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        return super().inspect_view(request, known(instance_pk))

    def history_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        # The library shows a row's history to whoever enters the admin, under the row's name: of a
        # reader, their address.
        if not self.permission_helper.user_can_list(request.user):
            raise PermissionDenied
        return super().history_view(request, known(instance_pk))


def known(instance_pk: str) -> str:
    if not (instance_pk.isascii() and instance_pk.isdecimal()) or len(instance_pk) > LONGEST_KEY:
        raise Http404
    return instance_pk
