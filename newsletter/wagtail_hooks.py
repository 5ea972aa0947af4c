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
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page
from wagtail_modeladmin.options import modeladmin_register

from home.models import User
from newsletter.admin_listings import BulletinListing, IssueListing
from newsletter.composer import history, previewing, starting
from newsletter.composer.addresses import composer_url
from newsletter.composer.views import urlpatterns as composer_urls
from newsletter.copying import refuse_alias
from newsletter.deletion import refuse_deletion
from newsletter.figures.screens import menu_item as figures_item
from newsletter.figures.screens import urlpatterns as figures_urls
from newsletter.models import Bulletin, Issue
from newsletter.preflight_panel import urlpatterns as preflight_urls
from newsletter.readers import admin_menu
from newsletter.readers.audience_admin import DeliveryAdmin, MailingAdmin, SubscriberAdmin
from newsletter.readers.digests.screens import DigestsMenuItem
from newsletter.readers.digests.screens import urlpatterns as digest_urls
from newsletter.returns.admin import ReturnAdmin
from newsletter.returns.admin import urlpatterns as returns_urls
from newsletter.sending_panel import PERMISSION
from newsletter.sending_panel import urlpatterns as sending_urls

# Registered for their pages; their menu items stand in the letter's own group.
RECORDS = [
    modeladmin_register(model)
    for model in (SubscriberAdmin, MailingAdmin, DeliveryAdmin, ReturnAdmin)
]


class LetterGroup(ViewSetGroup):
    menu_label = "Lettre"
    menu_icon = "mail"
    menu_order = 220
    submenu_hook = "register_letter_menu_item"
    items = (IssueListing("numeros"), BulletinListing("bulletins"))


class ComposeMenuItem(ActionMenuItem):
    """« Composer » beside « Enregistrer »: autosave has kept what was typed."""

    name = "action-compose-issue"
    label = "Composer…"
    icon_name = "list-ul"
    order = 85

    def is_shown(self, context: dict) -> bool:
        return isinstance(context.get("page"), Issue)

    def get_url(self, context: dict) -> str:
        return composer_url(context["page"].pk)


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
for item in admin_menu.ITEMS:
    hooks.register("register_letter_menu_item", item)


@hooks.register("register_admin_urls")
def register_sending_urls() -> list[URLPattern]:
    return [
        *sending_urls,
        *admin_menu.urlpatterns,
        *returns_urls,
        *figures_urls,
        *digest_urls,
        *preflight_urls,
        *composer_urls,
        *previewing.urlpatterns,
        *starting.urlpatterns,
    ]


@hooks.register("register_page_action_menu_item")
def register_compose_item() -> ComposeMenuItem:
    return ComposeMenuItem()


@hooks.register("register_page_action_menu_item")
def register_send_item() -> SendMenuItem:
    return SendMenuItem()


@hooks.register("register_letter_menu_item")
def register_start_item() -> MenuItem:
    url = reverse("newsletter_choose_bulletin")
    return MenuItem("Nouveau numéro", url, name="new-issue", icon_name="plus", order=5)


@hooks.register("register_letter_menu_item")
def register_figures_item() -> MenuItem:
    return figures_item()


@hooks.register("register_letter_menu_item")
def register_digests_item() -> MenuItem:
    url = reverse("newsletter_digests")
    return DigestsMenuItem("Résumés", url, name="digests", icon_name="tag", order=25)


@hooks.register("register_log_actions")
def register_composer_history(actions: LogActionRegistry) -> None:
    history.register(actions)


@hooks.register("register_page_header_buttons")
def letter_buttons(
    page: Page, user: User, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    found = page.specific_deferred
    may_edit = page.permissions_for_user(user).can_edit()
    if isinstance(found, Bulletin) and page.permissions_for_user(user).can_add_subpage():
        url = reverse("newsletter_start", args=[page.pk])
        yield Button("Nouveau numéro…", url, icon_name="plus", priority=11)
    if isinstance(found, Issue) and (may_edit or user.has_perm(PERMISSION)):
        yield Button("Composer", composer_url(page.pk), icon_name="list-ul", priority=11)
        url = reverse("newsletter_preflight", args=[page.pk])
        yield Button("Bon à diffuser\u00a0?", url, icon_name="circle-check", priority=12)
    if isinstance(found, Issue) and (may_edit or user.has_perm(PERMISSION)):
        label = "Envoyer aux abonnés…" if user.has_perm(PERMISSION) else "Envoyer un essai…"
        url = reverse("newsletter_sending", args=[page.pk])
        yield Button(label, url, icon_name="mail", priority=12)


@hooks.register("before_delete_page")
def keep_what_has_left(request: HttpRequest, page: Page) -> HttpResponse | None:
    return refuse_deletion(request, [page])


@hooks.register("before_copy_page")
def keep_one_page_a_number(request: HttpRequest, page: Page) -> HttpResponse | None:
    return refuse_alias(request, page)


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
        codename__in=["send_issue", "export_subscriber", *admin_menu.PERMISSIONS],
    )
