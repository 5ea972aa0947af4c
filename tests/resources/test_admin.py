"""Case studies in the admin: drafts may stop anywhere."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from home.models import HomePage
from resources.models import CaseStudy
from tests.resources.factories import case_study, case_study_index
from tests.veille.editing import AUTOSAVE, editor, form, post_edit, post_new
from tests.veille.factories import organisation, topic

INLINES = ("organisations", "figures", "sources", "links", "contacts")


def filled(**fields: Any) -> dict[str, Any]:
    start = {"title": "Une expérience", "slug": "une-experience", "status": "ongoing"}
    return form(INLINES, **{**start, **fields})


def test_a_case_study_with_only_a_title_is_kept(client: Client, home: HomePage) -> None:
    response = post_new(editor(client), case_study_index(home), CaseStudy, filled())
    assert response.status_code == 302
    draft = CaseStudy.objects.get()
    assert draft.live is False
    for name in ("edit", "view_draft"):
        opened = client.get(reverse(f"wagtailadmin_pages:{name}", args=[draft.pk]))
        assert opened.status_code == 200


@pytest.mark.parametrize(
    "half_typed",
    [
        {"organisations": ({"organisation": "", "role": "lead"},)},
        {"figures": ({"value": "150 h", "label": ""},)},
        {"sources": ({"label": "", "url": "https://www.irev.fr/"},)},
        {"links": ({"label": "Site", "url": ""},)},
        {"contacts": ({"name": "Quelqu'un", "consent_on": "", "expires_on": ""},)},
        {"contacts": ({"name": "", "consent_on": "2018-01-02", "expires_on": "2018-01-01"},)},
        {"status": ""},
    ],
)
def test_no_half_typed_field_breaks_a_save(
    half_typed: dict, client: Client, home: HomePage
) -> None:
    editor(client)
    parent = case_study_index(home)
    for headers in ({}, AUTOSAVE):
        created = post_new(client, parent, CaseStudy, filled(**half_typed), **headers)
        assert created.status_code in {200, 302, 400}
    page = case_study(home, slug="deja-la", live=False)
    for headers in ({}, AUTOSAVE):
        data = filled(**half_typed | {"slug": "deja-la"})
        assert post_edit(client, page, data, **headers).status_code in {200, 302, 400}
    for url in (
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        reverse("wagtailadmin_pages:view_draft", args=[page.pk]),
        reverse("retours-d-experience:index"),
    ):
        assert client.get(url).status_code == 200


def test_an_agreement_that_ends_before_it_starts_is_refused_in_french(
    client: Client, home: HomePage
) -> None:
    person = {"name": "Quelqu'un", "consent_on": "02/01/2018", "expires_on": "01/01/2018"}
    response = post_new(
        editor(client), case_study_index(home), CaseStudy, filled(contacts=(person,))
    )
    assert response.status_code == 200
    assert "L&#x27;accord doit finir" in response.content.decode()
    assert not CaseStudy.objects.exists()


def test_case_studies_are_filtered_and_searched(client: Client, home: HomePage) -> None:
    editor(client)
    page = case_study(home, title="La borne", status="test", topics=("Design",))
    page.organisations = []
    case_study(home, title="La formation", in_priority_district=True)

    def listed(query: str) -> list[str]:
        response = client.get(reverse("retours-d-experience:index") + query)
        assert response.status_code == 200
        return sorted(found.title for found in response.context["object_list"])

    assert listed("") == ["La borne", "La formation"]
    assert listed("?status=test") == ["La borne"]
    assert listed("?in_priority_district=true") == ["La formation"]
    assert listed(f"?q=borne&topics={topic('Design').pk}&status=test&live=True") == ["La borne"]


def test_a_full_case_study_is_published(client: Client, home: HomePage) -> None:
    promocil = organisation("Promocil")
    data = filled(
        problem="Le demandeur connaît mal les logements.",
        organisations=({"organisation": promocil.pk, "role": "lead", "printed_as": ""},),
        figures=({"value": "150 h", "label": "de formation"},),
        contacts=({"name": "X", "consent_on": "01/01/2018", "expires_on": "01/01/2099"},),
        **{"action-publish": "1"},
    )
    assert post_new(editor(client), case_study_index(home), CaseStudy, data).status_code == 302
    made = CaseStudy.objects.get()
    assert (made.live, made.leads()) == (True, ["Promocil"])
    assert [str(figure) for figure in made.figures.all()] == ["150 h de formation"]
    assert [person.name for person in made.valid_contacts()] == ["X"]
