"""Registers the letter in the admin: listings, sending panel, buttons. Only registers."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.widgets import Button
from wagtail.models import Page
from wagtail_modeladmin.options import modeladmin_register

from home.models import User
from newsletter.admin_listings import BulletinListing, IssueListing
from newsletter.audience_admin import DeliveryAdmin, MailingAdmin, SubscriberAdmin
from newsletter.deletion import refuse_deletion
from newsletter.models import Issue
from newsletter.sending_panel import PERMISSION
from newsletter.sending_panel import urlpatterns as sending_urls

# Registered for their pages; their menu items stand in the letter's own group.
RECORDS = [modeladmin_register(model) for model in (SubscriberAdmin, MailingAdmin, DeliveryAdmin)]


class LetterGroup(ViewSetGroup):
    menu_label = "Lettre"
    menu_icon = "mail"
    menu_order = 220
    submenu_hook = "register_letter_menu_item"
    items = (IssueListing("numeros"), BulletinListing("bulletins"))


class SendMenuItem(ActionMenuItem):
    """« Envoyer… » beside « Publier », for who may send."""

    name = "action-send-issue"
    label = "Envoyer aux abonnés…"
    icon_name = "mail"
    order = 90

    def is_shown(self, context: dict) -> bool:
        page = context.get("page")
        return isinstance(page, Issue) and context["request"].user.has_perm(PERMISSION)

    def get_url(self, context: dict) -> str:
        return reverse("newsletter_sending", args=[context["page"].pk])


@hooks.register("register_admin_viewset")
def register_letter() -> LetterGroup:
    return LetterGroup()


def _record_menu_item(rank: int) -> MenuItem:
    item = RECORDS[rank]().get_menu_item()
    item.order = 50 + 10 * rank
    return item


for rank in range(len(RECORDS)):
    hooks.register("register_letter_menu_item", partial(_record_menu_item, rank))


@hooks.register("register_admin_urls")
def register_sending_urls() -> list[URLPattern]:
    return sending_urls


@hooks.register("register_page_action_menu_item")
def register_send_item() -> SendMenuItem:
    return SendMenuItem()


@hooks.register("register_page_header_buttons")
def sending_button(
    page: Page, user: User, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    if isinstance(page.specific_deferred, Issue) and user.has_perm(PERMISSION):
        url = reverse("newsletter_sending", args=[page.pk])
        yield Button("Envoyer aux abonnés…", url, icon_name="mail", priority=12)


@hooks.register("before_delete_page")
def keep_what_has_left(request: HttpRequest, page: Page) -> HttpResponse | None:
    return refuse_deletion(request, [page])


@hooks.register("before_bulk_action")
def keep_all_that_has_left(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    if action_type == "delete" and action.models == [Page]:
        return refuse_deletion(request, objects)
    return None


@hooks.register("register_permissions")
def register_send_permission() -> QuerySet[Permission]:
    return Permission.objects.filter(
        content_type__app_label="newsletter",
        codename__in=["send_issue", "export_subscriber"],
    )
