"""A spec is checked whole before anything is written, and each fault is named."""

from datetime import date

import pytest

from newsletter.errors import SpecError
from newsletter.selection import Period
from newsletter.spec import parse_spec

GOOD = {"bulletin": "lettre", "kind": "special", "number": 2, "date": "2018-10", "title": "Titre"}


def faults(**changes: object) -> str:
    with pytest.raises(SpecError) as caught:
        parse_spec(GOOD | changes)
    return "\n".join(caught.value.problems).replace("\u00a0", " ")


def test_the_least_spec_is_enough() -> None:
    spec = parse_spec(GOOD)
    assert (spec.bulletin, spec.kind, spec.number, spec.rubrics) == ("lettre", "special", 2, None)


def test_a_special_issue_leaves_the_ledger_alone_unless_asked() -> None:
    assert parse_spec(GOOD).ledger is False
    assert parse_spec(GOOD | {"ledger": True}).ledger is True
    assert parse_spec(GOOD | {"kind": "regular", "ledger": False}).ledger is True


def test_periods_are_dates() -> None:
    spec = parse_spec(GOOD | {"period": {"from": "2018-01-01", "to": "2018-12-31"}})
    assert spec.period == Period(date(2018, 1, 1), date(2018, 12, 31))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"couleur": "rouge"}, "Champ inconnu : « couleur »."),
        ({"date": "octobre"}, "Champ « date » : « octobre » n'est pas une date"),
        ({"date": "2018-13"}, "« 2018-13 » n'existe pas dans le calendrier."),
        ({"number": 0}, "Champ « number » : un entier de 1 à 99999"),
        ({"number": "2"}, "Champ « number »"),
        ({"number": True}, "Champ « number »"),
        ({"kind": "extra"}, "Champ « kind »"),
        ({"title": ""}, "Champ « title » : de 1 à 255 caractères."),
        ({"rubrics": {"a": 1}}, "Champ « rubrics » : une liste est attendue."),
        ({"rubrics": [{"title": "A"}]}, "Champ « rubrics[0] » : « title » et « tags »"),
        ({"rubrics": [{"title": "A", "tags": [3]}]}, "Champ « rubrics[0].tags »"),
        ({"period": {"from": "hier"}}, "Champ « period.from » : « hier » n'est pas une date"),
        ({"agenda": {"depuis": 1}}, "Champ « agenda » : « from » et « to » sont attendus."),
        (
            {"period": {"from": "2018-02-01", "to": "2018-01-01"}},
            "Champ « period » : la fin précède le début.",
        ),
        ({"featured": "une"}, "Champ « featured »"),
        ({"ledger": "oui"}, "Champ « ledger » : true ou false."),
        ({"intro": 3}, "Champ « intro » : un texte est attendu."),
    ],
)
def test_each_fault_names_its_field(changes: dict, named: str) -> None:
    assert named in faults(**changes)


def test_every_fault_is_told_at_once() -> None:
    assert len(faults(number=0, kind="x", couleur=1).splitlines()) == 3


@pytest.mark.parametrize("data", [None, [], "x", 3])
def test_what_is_not_an_object_is_refused(data: object) -> None:
    with pytest.raises(SpecError):
        parse_spec(data)


def test_missing_fields_are_named() -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec({"kind": "regular"})
    assert [p.split("«\u00a0")[1].split("\u00a0»")[0] for p in caught.value.problems] == [
        "bulletin",
        "number",
        "date",
        "title",
    ]
