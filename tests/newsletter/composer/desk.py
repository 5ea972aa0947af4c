"""Editors at their desk: an issue of one rubric, and who may compose it."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission, PageLogEntry

from home.models import HomePage, User
from newsletter.composer import saving
from newsletter.composer.actions import change_for
from newsletter.composer.composition import Composition
from newsletter.composer.proposing import composition_of
from newsletter.composer.saving import COMPOSE, REDO, UNDO
from newsletter.models import Issue

MINE = (COMPOSE, UNDO, REDO)


def editor(home: HomePage, username: str = "claire", **fields: Any) -> User:
    """Somebody who may write under the home page, and no more."""
    group, is_new = Group.objects.get_or_create(name="Rédaction de test")
    if is_new:
        admin = Permission.objects.get(codename="access_admin")
        group.permissions.add(admin)
        for codename in ("add_page", "change_page", "publish_page"):
            permission = Permission.objects.get(codename=codename)
            GroupPagePermission.objects.create(group=group, page=home, permission=permission)
    user = User.objects.create_user(username=username, password="x", **fields)
    user.groups.add(group)
    return user


def visitor(username: str = "passant") -> User:
    """Somebody who may open the admin, and change no page."""
    user = User.objects.create_user(username=username, password="x")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    return user


def version(issue: Issue) -> str:
    return saving.version_of(Issue.objects.get(pk=issue.pk).get_latest_revision())


def do(issue: Issue, user: User, action: str, *, seen: str | None = None, **fields: Any) -> str:
    """One action on the latest version (or on the one that was `seen`); returns its words."""
    posted = {name: str(value) for name, value in fields.items()}
    at = version(issue) if seen is None else seen
    return saving.apply(issue.pk, user, at, change_for(action, posted))[1]


def undo(issue: Issue, user: User) -> str:
    return saving.undo(issue.pk, user, version(issue))[1]


def redo(issue: Issue, user: User) -> str:
    return saving.redo(issue.pk, user, version(issue))[1]


def now(issue: Issue) -> Composition:
    return composition_of(saving.latest(Issue.objects.get(pk=issue.pk)))


def titles(issue: Issue) -> list[str]:
    return [part.title for part in now(issue).parts]


def history(issue: Issue) -> list[tuple[str, str, str]]:
    """(action, who, sentence) of each entry that the composer wrote, the oldest first."""
    entries = PageLogEntry.objects.filter(page=issue.pk, action__in=MINE).order_by("pk")
    return [(entry.action, entry.user.username, str(entry.message)) for entry in entries]


def composer(issue: Issue, name: str = "newsletter_composer") -> str:
    return reverse(name, args=[issue.pk])


def post(client: Client, issue: Issue, action: str, **fields: Any) -> Any:
    """What the script of the page posts, with the version that it would know."""
    sent = {"action": action, "version": version(issue)} | fields
    return client.post(
        composer(issue, "newsletter_compose"), sent, headers={"accept": "application/json"}
    )
