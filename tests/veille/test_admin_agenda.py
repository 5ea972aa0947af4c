"""Dates of the agenda in the admin: drafts may stop anywhere."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from home.models import HomePage
from tests.veille.editing import AUTOSAVE, editor, form, post_edit, post_new
from tests.veille.factories import agenda_entry, agenda_index, organisation
from veille.models import AgendaEntry

INLINES = ("organisers", "links")


def filled(**fields: Any) -> dict[str, Any]:
    start = {"title": "Une rencontre", "slug": "une-rencontre", "kind": "event"}
    return form(INLINES, **{**start, "status": "confirmed", **fields})


def test_a_date_with_only_a_title_is_kept_as_a_draft(client: Client, home: HomePage) -> None:
    response = post_new(editor(client), agenda_index(home), AgendaEntry, filled())
    assert response.status_code == 302
    draft = AgendaEntry.objects.get()
    assert (draft.live, draft.when()) == (False, None)
    for name in ("edit", "view_draft"):
        opened = client.get(reverse(f"wagtailadmin_pages:{name}", args=[draft.pk]))
        assert opened.status_code == 200
    assert client.get(reverse("agenda:index")).status_code == 200
    assert client.get("/agenda/").status_code == 200


def test_a_date_without_its_day_is_not_published(client: Client, home: HomePage) -> None:
    data = filled(**{"action-publish": "1"})
    response = post_new(editor(client), agenda_index(home), AgendaEntry, data)
    assert response.status_code == 200
    assert not AgendaEntry.objects.filter(live=True).exists()


@pytest.mark.parametrize(
    "half_typed",
    [
        {"ends_on": "2018-11-06"},
        {"end_time": "12:00"},
        {"starts_on": "pas un jour"},
        {"starts_on": "06/11/2018", "ends_on": "05/11/2018"},
        {"kind": "deadline", "starts_on": "2018-11-06", "ends_on": "2018-11-08"},
        {"month_only": "on", "start_time": "12:00"},
        {"registration_url": "bientôt"},
        {"organisers": ({"organisation": "", "printed_as": "CGET"},)},
        {"links": ({"label": "Programme", "url": ""},)},
        {"links": ({"label": "", "url": "https://www.fnau.org/"},)},
        {"kind": "", "status": ""},
    ],
)
def test_no_half_typed_field_breaks_a_save(
    half_typed: dict, client: Client, home: HomePage
) -> None:
    editor(client)
    for headers in ({}, AUTOSAVE):
        created = post_new(client, agenda_index(home), AgendaEntry, filled(**half_typed), **headers)
        assert created.status_code in {200, 302, 400}
    page = agenda_entry(home, title="Déjà là", slug="deja-la", live=False)
    for headers in ({}, AUTOSAVE):
        data = filled(**half_typed | {"slug": "deja-la"})
        assert post_edit(client, page, data, **headers).status_code in {200, 302, 400}
    assert client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
    assert client.get(reverse("agenda:index")).status_code == 200


def test_a_french_date_is_understood_and_published(client: Client, home: HomePage) -> None:
    data = filled(
        starts_on="05/11/2018",
        ends_on="06/11/2018",
        city="Lille",
        organisers=({"organisation": organisation("CGET").pk, "printed_as": ""},),
        **{"action-publish": "1"},
    )
    assert post_new(editor(client), agenda_index(home), AgendaEntry, data).status_code == 302
    made = AgendaEntry.objects.get()
    assert made.live is True
    assert (made.date_min, made.date_max) == (date(2018, 11, 5), date(2018, 11, 6))
    assert made.when().text == "5 et 6 novembre 2018"


IMPOSSIBLE = [
    (
        {"starts_on": "06/11/2018", "ends_on": "05/11/2018"},
        {"ends_on": ["Le dernier jour précède le premier."]},
    ),
    (
        {"kind": "deadline", "starts_on": "06/11/2018", "ends_on": "08/11/2018"},
        {"ends_on": ["Une date limite tient en un jour\u00a0: le premier."]},
    ),
    (
        {"month_only": "on", "start_time": "9:00", "end_time": "12:00"},
        {name: ["Un mois seul n'a pas d'heures."] for name in ("start_time", "end_time")},
    ),
    ({"end_time": "12:00"}, {"start_time": ["Donnez aussi l'heure de début."]}),
    (
        {"start_time": "12:00", "end_time": "9:00"},
        {"end_time": ["L'heure de fin précède celle de début."]},
    ),
    (
        {"ends_on": "05/11/2018", "start_time": "9:00", "end_time": "9:00"},
        {"end_time": ["L'heure de fin précède celle de début."]},
    ),
]


@pytest.mark.parametrize(("fields", "errors"), IMPOSSIBLE)
def test_an_impossible_moment_is_refused_in_french_beside_its_field(
    fields: dict, errors: dict, client: Client, home: HomePage
) -> None:
    data = filled(**{"starts_on": "05/11/2018", **fields})
    response = post_new(editor(client), agenda_index(home), AgendaEntry, data)
    assert response.status_code == 200
    assert response.context["form"].errors == errors
    assert not AgendaEntry.objects.exists()


def test_hours_over_two_days_may_run_backwards(client: Client, home: HomePage) -> None:
    hours = {"start_time": "14:00", "end_time": "12:00"}
    data = filled(starts_on="05/11/2018", ends_on="06/11/2018", **hours)
    assert post_new(editor(client), agenda_index(home), AgendaEntry, data).status_code == 302
