"""A documentalist's draft may stop anywhere: the admin keeps it, or says what is wrong."""

from typing import Any

import pytest
from django.db.models import CheckConstraint, Q
from django.test import Client
from django.urls import reverse

from home.models import HomePage
from tests.veille.editing import AUTOSAVE, editor, form, post_edit, post_new
from tests.veille.factories import notice, notice_index, organisation, person
from veille.models import AgendaEntry, Notice

INLINES = (*("contributions", "publishers", "links", "other_dates", "identifiers", "relations"),)
DEFAULTS = {"notice_type": "rapport", "language": "fr", "access": "open", "abstract_origin": "own"}


def filled(**fields: Any) -> dict[str, Any]:
    return form(INLINES, **{"title": "Un titre", "slug": "un-titre", **DEFAULTS, **fields})


def test_a_draft_with_only_a_title_is_kept(client: Client, home: HomePage) -> None:
    response = post_new(editor(client), notice_index(home), Notice, filled())
    assert response.status_code == 302
    draft = Notice.objects.get(slug="un-titre")
    assert (draft.live, draft.date_min, draft.card().label) == (False, None, "Rapport, étude")
    assert client.get(reverse("wagtailadmin_pages:edit", args=[draft.pk])).status_code == 200
    assert client.get("/notices/un-titre/").status_code == 404


def test_the_first_autosave_keeps_a_title_alone(client: Client, home: HomePage) -> None:
    response = post_new(editor(client), notice_index(home), Notice, filled(), **AUTOSAVE)
    assert response.status_code == 200
    assert response.json()["success"] is True
    assert Notice.objects.get(slug="un-titre").live is False


@pytest.mark.parametrize(
    "half_typed",
    [
        {"date_edtf": "2018-1"},
        {"contributions": ({"person": "", "organisation": "", "role": "author"},)},
        {"publishers": ({"organisation": "", "printed_as": "FNAU"},)},
        {"links": ({"kind": "full-text", "label": "Rapport", "url": ""},)},
        {"links": ({"kind": "full-text", "label": "", "url": "pas une adresse"},)},
        {"other_dates": ({"label": "remis le", "edtf": "hier", "printed": ""},)},
        {"identifiers": ({"scheme": "doi", "value": ""},)},
        {"relations": ({"kind": "see-also", "related": ""},)},
        {"notice_type": ""},
        {"language": "", "access": "", "abstract_origin": ""},
    ],
)
def test_no_half_typed_field_breaks_a_save(
    half_typed: dict, client: Client, home: HomePage
) -> None:
    """Kept or refused with its reason; never an error of the server, never half a row."""
    editor(client)
    for headers in ({}, AUTOSAVE):
        created = post_new(client, notice_index(home), Notice, filled(**half_typed), **headers)
        assert created.status_code in {200, 302, 400}
    page = notice(home, title="Déjà là", slug="deja-la", live=False)
    for headers in ({}, AUTOSAVE):
        changed = post_edit(client, page, filled(**half_typed | {"slug": "deja-la"}), **headers)
        assert changed.status_code in {200, 302, 400}
    for name in ("edit", "view_draft"):
        assert client.get(reverse(f"wagtailadmin_pages:{name}", args=[page.pk])).status_code == 200
    assert client.get(reverse("notices:index")).status_code == 200


def test_a_date_that_is_not_one_is_refused_in_french(client: Client, home: HomePage) -> None:
    data = filled(date_edtf="mai 2018", **{"action-publish": "1"})
    response = post_new(editor(client), notice_index(home), Notice, data)
    assert response.status_code == 200
    assert "n&#x27;est pas une date reconnue" in response.content.decode()
    assert not Notice.objects.exists()


def test_the_same_body_written_by_a_person_and_a_body_is_refused(
    client: Client, home: HomePage
) -> None:
    both = {
        "person": person("Besson", "Raphaël").pk,
        "organisation": organisation("Nesta").pk,
        "role": "author",
    }
    data = filled(contributions=(both,))
    response = post_new(editor(client), notice_index(home), Notice, data)
    assert response.status_code == 200
    assert "une personne ou un organisme" in response.content.decode()
    assert not Notice.objects.exists()


def test_a_full_notice_is_published_with_its_rows_in_order(client: Client, home: HomePage) -> None:
    weller, pallez = person("Weller", "Jean-Marc"), person("Pallez", "Frédérique")
    data = filled(
        date_edtf="2017",
        extent="12 p.",
        contributions=(
            {"person": weller.pk, "organisation": "", "role": "author"},
            {"person": pallez.pk, "organisation": "", "role": "director"},
        ),
        publishers=({"organisation": organisation("FNAU").pk, "printed_as": ""},),
        links=({"kind": "full-text", "label": "", "url": "https://www.fnau.org/"},),
        **{"action-publish": "1"},
    )
    response = post_new(editor(client), notice_index(home), Notice, data)
    assert response.status_code == 302
    made = Notice.objects.get(slug="un-titre")
    assert made.live is True
    assert [row.printed for row in made.contributions.all()] == [
        "Weller Jean-Marc",
        "Pallez Frédérique",
    ]
    assert (str(made.date_min), str(made.date_max)) == ("2017-01-01", "2017-12-31")
    assert str(made.links.get()) == "Texte intégral"


def test_an_empty_other_date_is_asked_for_and_nothing_more(client: Client, home: HomePage) -> None:
    data = filled(other_dates=({"label": "remis le", "edtf": "", "printed": ""},))
    response = post_new(editor(client), notice_index(home), Notice, data)
    rows = response.context["form"].formsets["other_dates"]
    assert rows.errors == [{"edtf": ["Champ requis."]}]


def test_the_form_says_how_topics_and_keywords_are_typed(client: Client, home: HomePage) -> None:
    url = reverse("wagtailadmin_pages:edit", args=[notice(home).pk])
    page = editor(client).get(url).content.decode()
    assert "Choisissez dans la liste\u00a0; un thème inconnu n&#x27;est pas retenu." in page
    assert "Séparés par des virgules." in page


@pytest.mark.parametrize("model", [Notice, AgendaEntry])
def test_every_constraint_of_an_entry_is_said_in_french(model: type) -> None:
    default = CheckConstraint(condition=Q(), name="any").violation_error_message
    said = {c.name: c.violation_error_message for c in model._meta.constraints}
    assert [name for name, words in said.items() if words == default] == []
