"""Accounts with exactly the rights that a test names."""

from django.contrib.auth.models import Permission
from django.test import Client

from home.models import User


def somebody(*rights: str, name: str = "quelqu-un") -> Client:
    """A signed-in account that may open the admin and has these rights of the letter."""
    user = User.objects.create_user(name, f"{name}@exemple.fr", "x")
    found = Permission.objects.filter(
        content_type__app_label__in=["newsletter", "wagtailadmin"],
        codename__in=["access_admin", *rights],
    )
    assert found.count() == len(rights) + 1
    user.user_permissions.set(found)
    client = Client()
    client.force_login(user)
    return client


def refused(response: object) -> bool:
    """Wagtail sends who may not back to its home; Django's own guard says 403."""
    return response.status_code in {302, 403}
