"""One record a person, a body, a periodical; names that readers type find it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests.veille.factories import organisation, person
from veille.models import Organisation, Periodical, Person

pytestmark = pytest.mark.django_db


def refused(action: object, *args: object, **fields: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        action(*args, **fields)


def test_a_person_is_found_in_both_orders_and_by_variant() -> None:
    besson = Person.objects.create(
        family_name="Vidal de la Blache", given_name="Clémence", variants="C. Vidal"
    )
    assert str(besson) == "Vidal de la Blache Clémence"
    assert besson.names().split("\n") == [
        "Clémence Vidal de la Blache",
        "Vidal de la Blache Clémence",
        "C. Vidal",
    ]


def test_a_person_has_one_record_whatever_the_case() -> None:
    person("Dupont", "Emmanuel")
    refused(Person.objects.create, family_name="DUPONT", given_name="emmanuel")


def test_two_namesakes_are_told_apart() -> None:
    person("Martin", "Jean")
    Person.objects.create(family_name="Martin", given_name="Jean", qualifier="géographe")
    assert Person.objects.count() == 2


def test_a_body_has_one_record_whatever_the_case() -> None:
    organisation("Nesta")
    refused(Organisation.objects.create, name="NESTA")


def test_a_body_knows_what_it_was_and_what_it_has_become() -> None:
    ditp = organisation("Direction de la transformation publique", acronym="DITP", variants="Ditp")
    sgmap = organisation("Secrétariat de la modernisation", acronym="SGMAP", becomes=ditp)
    assert {"SGMAP", "DITP", "Ditp"} <= set(sgmap.names().split("\n"))
    assert {"SGMAP", "DITP"} <= set(ditp.names().split("\n"))
    assert "SGMAP" not in ditp.own_names()


def test_the_database_refuses_a_body_that_becomes_itself() -> None:
    anct = organisation("ANCT")
    refused(Organisation.objects.filter(pk=anct.pk).update, becomes=anct)


def test_a_succession_does_not_turn_round() -> None:
    first, last = organisation("CGET"), organisation("ANCT")
    Organisation.objects.filter(pk=first.pk).update(becomes=last)
    last.becomes = Organisation.objects.get(pk=first.pk)
    with pytest.raises(ValidationError, match="tourne en rond"):
        last.full_clean()


def test_a_body_prints_its_acronym_and_answers_by_it() -> None:
    apur = organisation("Atelier parisien d'urbanisme", acronym="Apur")
    assert (str(apur), apur.short) == ("Atelier parisien d'urbanisme (Apur)", "Apur")
    assert organisation("La Fonda").short == "La Fonda"


def test_a_periodical_has_one_title_and_one_issn() -> None:
    Periodical.objects.create(title="Nectart", issn="2429-2877")
    refused(Periodical.objects.create, title="nectart")
    refused(Periodical.objects.create, title="Autre", issn="2429-2877")
    Periodical.objects.create(title="Sans numéro")
    Periodical.objects.create(title="Sans numéro non plus")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": "NECTART"}, "Ce périodique a déjà sa fiche."),
        ({"title": "Autre", "issn": "2429-2877"}, "Un autre périodique porte déjà cet ISSN."),
    ],
)
def test_a_second_record_of_a_periodical_is_refused_in_french(fields: dict, said: str) -> None:
    Periodical.objects.create(title="Nectart", issn="2429-2877")
    with pytest.raises(ValidationError) as refusal:
        Periodical(**fields).full_clean()
    assert refusal.value.messages == [said]
