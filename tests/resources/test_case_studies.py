"""A case study: its parts, its bodies, and the persons who agreed to be named, for a time."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from home.cards import FacetValue, citation_text
from home.models import HomePage
from resources.models import (
    CaseContact,
    CaseLink,
    CaseStudy,
    CaseStudyOrganisation,
)
from tests.resources.factories import case_study
from tests.veille.factories import organisation

TODAY = date(2018, 11, 5)


def contact(page: CaseStudy, name: str, expires_on: date) -> CaseContact:
    return CaseContact.objects.create(
        case_study=page, name=name, consent_on=date(2018, 1, 1), expires_on=expires_on
    )


def test_a_card_of_a_case_study_has_its_tint_and_its_lead(home: HomePage) -> None:
    page = case_study(home, title="Logement Connect", baseline="Comme le bon coin", started="2017")
    page.organisations = [
        CaseStudyOrganisation(organisation=organisation("Promocil"), printed_as="PROMOCIL"),
        CaseStudyOrganisation(organisation=organisation("EDDO"), role="partner"),
        CaseStudyOrganisation(organisation=organisation("Région"), role="funder"),
    ]
    page.save()
    card = page.card()
    assert (card.tint, card.label, card.collection) == (
        "case",
        "Retour d'expérience",
        "retour-d-experience",
    )
    assert citation_text(card.citation) == "PROMOCIL, 2017"
    assert card.subtitle == "Comme le bon coin"
    assert (page.partners(), page.funders()) == (["EDDO"], ["Région"])


def test_an_empty_case_study_prints_no_line(home: HomePage) -> None:
    assert case_study(home).citation() == ()


def test_a_contact_is_shown_until_the_agreement_expires(home: HomePage) -> None:
    page = case_study(home)
    contact(page, "Expirée", TODAY - timedelta(days=1))
    contact(page, "Dernier jour", TODAY)
    contact(page, "Valable", TODAY + timedelta(days=1))
    shown = [person.name for person in page.valid_contacts(TODAY)]
    assert shown == ["Dernier jour", "Valable"]


def test_an_expired_contact_is_neither_on_the_page_nor_in_the_search(
    client: Client, home: HomePage
) -> None:
    page = case_study(home, actions_taken="Une borne interactive.")
    contact(page, "Personne Oubliée", timezone.localdate() - timedelta(days=1))
    contact(page, "Personne Joignable", timezone.localdate() + timedelta(days=1))
    text = client.get(page.url).content.decode()
    assert "Personne Joignable" in text
    assert "Personne Oubliée" not in text
    words = page.search_text()
    assert "Personne" not in f"{words.title}{words.names}{words.subjects}{words.body}"


def test_the_database_refuses_an_agreement_that_ends_before_it_starts(home: HomePage) -> None:
    page = case_study(home)
    for expires_on in (date(2017, 12, 31), date(2018, 1, 1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            contact(page, "Personne", expires_on)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseContact.objects.create(case_study=page, name="Sans fin", consent_on=TODAY)


def test_a_body_has_a_role_once_and_a_link_an_address(home: HomePage) -> None:
    page, hem = case_study(home), organisation("Ordinat'Hem")
    CaseStudyOrganisation.objects.create(case_study=page, organisation=hem)
    CaseStudyOrganisation.objects.create(case_study=page, organisation=hem, role="funder")
    for model, fields in (
        (CaseStudyOrganisation, {"organisation": hem}),
        (CaseLink, {"label": "Site"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(case_study=page, **fields)


def test_the_search_reads_every_part_and_every_name(home: HomePage) -> None:
    page = case_study(
        home,
        context="La loi ALUR",
        obstacles="Les idées reçues",
        conditions="Un animateur",
        quote="Comme le bon coin",
        district="Provinces Françaises",
    )
    page.organisations = [
        CaseStudyOrganisation(organisation=organisation("Promocil", variants="SA Promocil"))
    ]
    page.save()
    text = page.search_text()
    assert "SA Promocil" in text.names
    for words in ("loi ALUR", "idées reçues", "animateur", "bon coin", "Provinces Françaises"):
        assert words in text.body


def test_facets_carry_the_collection_and_the_state(home: HomePage) -> None:
    facets = case_study(home, status="test").facet_values()
    assert FacetValue("type", "retour-d-experience", "Retour d'expérience") in facets
    assert FacetValue("etat", "test", "En test") in facets


def test_the_list_costs_the_same_for_three_as_for_twelve(client: Client, home: HomePage) -> None:
    def add(rank: int) -> None:
        page = case_study(home, topics=("Design", f"Thème {rank}"), tags=(f"mot {rank}",))
        page.organisations = [
            CaseStudyOrganisation(organisation=organisation(f"Porteur {rank}")),
            CaseStudyOrganisation(organisation=organisation("Région"), role="funder"),
        ]
        page.save()
        page.save_revision().publish()

    def cost() -> int:
        client.get("/retours-d-experience/")
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/retours-d-experience/").status_code == 200
        return len(seen)

    for rank in range(3):
        add(rank)
    few = cost()
    for rank in range(3, 12):
        add(rank)
    assert cost() == few
    assert len(client.get("/retours-d-experience/").context["cards"]) == 12


def test_a_draft_is_not_listed(client: Client, home: HomePage) -> None:
    case_study(home, title="Publique")
    case_study(home, title="Brouillon", live=False)
    cards = client.get("/retours-d-experience/").context["cards"]
    assert [card.title for card in cards] == ["Publique"]
