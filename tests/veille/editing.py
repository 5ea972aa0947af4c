"""A page's form in the admin, as a browser posts it."""

from typing import Any

from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from home.models import User

AUTOSAVE = {"HTTP_ACCEPT": "application/json"}


def editor(client: Client) -> Client:
    """A client signed in as somebody who may do everything."""
    client.force_login(User.objects.create_superuser("editrice", "editrice@example.org", "x"))
    return client


def rows(prefix: str, *forms: dict[str, Any]) -> dict[str, Any]:
    """An inline panel's fields: its management form, then each of its rows."""
    data: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": len(forms),
        f"{prefix}-INITIAL_FORMS": 0,
        f"{prefix}-MIN_NUM_FORMS": 0,
        f"{prefix}-MAX_NUM_FORMS": 1000,
    }
    for rank, form in enumerate(forms):
        ordered = {"id": "", "ORDER": rank + 1, "DELETE": "", **form}
        data |= {f"{prefix}-{rank}-{name}": value for name, value in ordered.items()}
    return data


def form(inlines: tuple[str, ...], **fields: Any) -> dict[str, Any]:
    """The fields of a page's form: its inline panels empty unless a field says otherwise."""
    data: dict[str, Any] = {"comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0}
    for name in inlines:
        data |= rows(name, *fields.pop(name, ()))
    return data | fields


def post_new(client: Client, parent: Page, model: type[Page], data: dict, **headers: str) -> Any:
    meta = model._meta
    url = reverse("wagtailadmin_pages:add", args=[meta.app_label, meta.model_name, parent.pk])
    return client.post(url, data, **headers)


def post_edit(client: Client, page: Page, data: dict, **headers: str) -> Any:
    return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data, **headers)
