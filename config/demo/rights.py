"""What the demo's groups may do: documentalists describe and publish, write letters and submit
them; the editor in chief approves, publishes and sends letters."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from home.models import Keyword, Territory, Topic
from newsletter.models import BulletinIndexPage
from veille.models import Organisation, Periodical, Person

DOCUMENTALISTS, EDITORS_IN_CHIEF = "Documentalistes", "Rédaction en chef"
LETTER_REVIEW = "Relecture des bulletins"
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
    _add_files(group)
    return group


def editors_in_chief(bulletins: Page) -> Group:
    """The group, made once, and the review that it ends: publishes letters and sends them."""
    group, created = Group.objects.get_or_create(name=EDITORS_IN_CHIEF)
    if not created:
        return group
    group.permissions.add(
        Permission.objects.get(codename="access_admin"),
        Permission.objects.get(codename="send_issue"),
    )
    for permission in permissions(Page, PUBLISH):
        GroupPagePermission.objects.create(group=group, page=bulletins, permission=permission)
    _add_files(group)
    task = GroupApprovalTask.objects.create(name=LETTER_REVIEW)
    task.groups.add(group)
    workflow = Workflow.objects.create(name=LETTER_REVIEW)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=bulletins)
    return group


def _add_files(group: Group) -> None:
    root = Collection.get_first_root_node()
    for model in (Image, Document):
        # Without « choose », a picture that was added could not be set as a cover.
        for permission in permissions(model, ("add", "choose")):
            GroupCollectionPermission.objects.create(
                group=group, collection=root, permission=permission
            )


def permissions(model: type[Model], actions: Iterable[str]) -> list[Permission]:
    """Those of `model`; raises Permission.DoesNotExist when one is missing."""
    kind = ContentType.objects.get_for_model(model)
    return [
        Permission.objects.get(content_type=kind, codename=f"{action}_{model._meta.model_name}")
        for action in actions
    ]
