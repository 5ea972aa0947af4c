"""What the demo's documentalists may do: describe and publish, write letters, never send them."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from home.models import Keyword, Territory, Topic
from newsletter.models import BulletinIndexPage
from veille.models import Organisation, Periodical, Person

DOCUMENTALISTS = "Documentalistes"
VOCABULARIES = (Person, Organisation, Periodical, Topic, Keyword, Territory)
WRITE, PUBLISH = ("add", "change"), ("add", "change", "publish")


def documentalists(shelves: Iterable[Page]) -> Group:
    """The group, made once: publishes on the shelves, only writes on that of the bulletins."""
    group, created = Group.objects.get_or_create(name=DOCUMENTALISTS)
    if not created:
        return group
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for model in VOCABULARIES:
        group.permissions.add(*permissions(model, ("add", "change", "view")))
    for shelf in shelves:
        actions = WRITE if isinstance(shelf, BulletinIndexPage) else PUBLISH
        for permission in permissions(Page, actions):
            GroupPagePermission.objects.create(group=group, page=shelf, permission=permission)
    root = Collection.get_first_root_node()
    for model in (Image, Document):
        # Without « choose », a picture that was added could not be set as a cover.
        for permission in permissions(model, ("add", "choose")):
            GroupCollectionPermission.objects.create(
                group=group, collection=root, permission=permission
            )
    return group


def permissions(model: type[Model], actions: Iterable[str]) -> list[Permission]:
    """Those of `model`; raises Permission.DoesNotExist when one is missing."""
    kind = ContentType.objects.get_for_model(model)
    return [
        Permission.objects.get(content_type=kind, codename=f"{action}_{model._meta.model_name}")
        for action in actions
    ]
