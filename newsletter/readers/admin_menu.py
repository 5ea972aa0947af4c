"""The readers' screens among the letter's menu items, each for who may open it."""

from collections.abc import Callable
from functools import partial

from django.http import HttpRequest
from django.urls import URLPattern, reverse
from wagtail.admin.menu import MenuItem

from newsletter.readers import audience_admin_actions, register_views
from newsletter.readers.imports import views as imports

# name of the address, label, icon, rank, permission
SCREENS = (
    ("newsletter_imports", "Importer des abonnés", "upload", 52, imports.PERMISSION),
    ("newsletter_register", "Consentements", "list-ul", 100, register_views.VIEW),
    ("newsletter_exports", "Exports de données", "download", 110, "newsletter.view_dataexport"),
    ("newsletter_retention", "Conservation", "history", 120, "newsletter.view_jobrun"),
    ("newsletter_processing", "Traitements", "clipboard-list", 130, register_views.VIEW),
)
# What a group may be given beside the rights on subscribers.
PERMISSIONS = ("view_consentevent", "view_dataexport", "view_jobrun")


class GuardedItem(MenuItem):
    def __init__(self, label: str, url: str, *, permission: str, **options: object) -> None:
        super().__init__(label, url, **options)
        self.permission = permission

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(self.permission)


def _item(name: str, label: str, icon: str, rank: int, permission: str) -> MenuItem:
    return GuardedItem(
        label, reverse(name), name=name, icon_name=icon, order=rank, permission=permission
    )


ITEMS: list[Callable[[], MenuItem]] = [partial(_item, *screen) for screen in SCREENS]
urlpatterns: list[URLPattern] = [
    *imports.urlpatterns,
    *register_views.urlpatterns,
    *audience_admin_actions.urlpatterns,
]
