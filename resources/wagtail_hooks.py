"""Registers the centre's own resources in the admin. Only registers."""

from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from resources.listings import CaseStudyListing


class ResourcesGroup(ViewSetGroup):
    menu_label = "Ressources"
    menu_icon = "clipboard-list"
    menu_order = 210
    items = (CaseStudyListing("retours-d-experience"),)


@hooks.register("register_admin_viewset")
def register_resources() -> ResourcesGroup:
    return ResourcesGroup()
