"""What the form of an issue proposes, and what follows from what is typed."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from home.models import HomePage
from newsletter.models import Bulletin, Issue
from tests.newsletter.factories import bulletin, issue
from tests.veille.editing import post_edit, post_new
from tests.veille.factories import notice

STREAMS = ("partners", "featured", "rubrics", "agenda", "rules", "editions", "errata")


@pytest.fixture
def ready(home: HomePage) -> Issue:
    return issue(bulletin(home), notice(home).pk, slug="numero-1")


def typed(**fields: Any) -> dict[str, Any]:
    """The form of an issue without any block, as a browser posts it."""
    data: dict[str, Any] = {f"{name}-count": "0" for name in STREAMS}
    data |= {"comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0, "introduction": "null"}
    return data | {"title": "Titre", "dated": "2026-12", "max_bytes": 90_000} | fields


def add_form(client: Client, letter: Bulletin) -> Any:
    url = reverse("wagtailadmin_pages:add", args=["newsletter", "issue", letter.pk])
    return client.get(url).context["form"]


def test_a_new_issue_is_proposed_its_number_date_and_address(
    ready: Issue, admin_client: Client
) -> None:
    issue(ready.bulletin, kind="special", number=4, title="Hors-série")
    form = add_form(admin_client, ready.bulletin)
    proposed = {name: form[name].value() for name in ("kind", "number", "dated", "slug")}
    assert proposed == {
        "kind": "regular",
        "number": 2,
        "dated": f"{timezone.localdate():%Y-%m}",
        "slug": "numero-2",
    }
    assert form.fields["number"].help_text == "Le prochain hors-série serait Hors-Série #5."


def test_an_issue_that_exists_is_proposed_nothing(ready: Issue, admin_client: Client) -> None:
    form = admin_client.get(f"/admin/pages/{ready.pk}/edit/").context["form"]
    assert (form["number"].value(), form["slug"].value()) == (1, ready.slug)
    assert form.fields["number"].help_text == ""


@pytest.mark.parametrize(
    ("fields", "slug"),
    [
        ({"kind": "regular", "number": 2, "slug": "numero-2"}, "numero-2"),
        ({"kind": "regular", "number": 15, "slug": "numero-2"}, "numero-15"),
        ({"kind": "special", "number": 1, "slug": "numero-2"}, "hors-serie-1"),
        ({"kind": "special", "number": 1, "slug": "choisi"}, "choisi"),
    ],
)
def test_the_proposed_address_follows_the_number_and_a_chosen_one_stays(
    ready: Issue, admin_client: Client, fields: dict[str, Any], slug: str
) -> None:
    post_new(admin_client, ready.bulletin, Issue, typed(**fields))
    made = Issue.objects.exclude(pk=ready.pk).get()
    assert (made.slug, made.kind, made.number) == (slug, fields["kind"], fields["number"])


def test_a_draft_that_changes_its_number_changes_its_address(
    ready: Issue, admin_client: Client
) -> None:
    draft = issue(ready.bulletin, number=2, slug="numero-2", live=False)
    post_edit(admin_client, draft, typed(kind="special", number=3, slug="numero-2"))
    draft.refresh_from_db()
    latest = draft.get_latest_revision_as_object()
    assert (latest.slug, latest.number_label) == ("hors-serie-3", "Hors-Série #3")


def test_an_issue_that_was_published_keeps_its_address(ready: Issue, admin_client: Client) -> None:
    post_edit(admin_client, ready, typed(kind="regular", number=5, slug="numero-1"))
    latest = Issue.objects.get(pk=ready.pk).get_latest_revision_as_object()
    assert (latest.number, latest.slug) == (5, "numero-1")


def test_a_number_that_exists_is_refused_in_words(ready: Issue, admin_client: Client) -> None:
    answer = post_new(
        admin_client, ready.bulletin, Issue, typed(kind="regular", number=1, slug="autre")
    )
    assert "Ce numéro existe déjà dans ce bulletin." in answer.content.decode()
    assert Issue.objects.count() == 1
