"""What columns and statuses of other tools mean."""

import pytest

from newsletter.readers.imports.decoding import plain
from newsletter.readers.imports.shapes import LABELS, ROLES, fate_of, roles_of, shape_of
from newsletter.readers.imports.values import Fate, graver

BREVO = [
    *("CONTACT ID", "EMAIL", "NOM", "PRENOM", "SMS", "OPT_IN", "DOUBLE_OPT-IN", "BLACKLISTED"),
    "ADDED_TIME",
]
MAILCHIMP = [
    *("Email Address", "First Name", "Last Name", "MEMBER_RATING", "OPTIN_TIME", "OPTIN_IP"),
    *("UNSUB_TIME", "CLEAN_TIME", "UNSUB_REASON", "TAGS"),
]
SYMPA = ["email", "gecos", "date", "update_date", "reception", "visibility", "bounce"]
SARBACANE = ["Email", "Nom", "Prénom", "Société", "Statut", "Désabonné", "Bounce"]


@pytest.mark.parametrize(
    ("header", "shape", "roles"),
    [
        (
            BREVO,
            "brevo",
            [
                *("", "email", "last_name", "first_name", "", "agreed", "agreed", "stopped"),
                "consent_date",
            ],
        ),
        (
            MAILCHIMP,
            "mailchimp",
            [
                *("email", "first_name", "last_name", "", "consent_date", "", "stopped"),
                *("bounced", "stop_reason", ""),
            ],
        ),
        (SYMPA, "sympa", ["email", "name", "consent_date", "", "status", "", "bounced"]),
        (
            SARBACANE,
            "sarbacane",
            ["email", "last_name", "first_name", "organisation", "status", "stopped", "bounced"],
        ),
        (["email", "name", "organisation", "topics"], "own", None),
        (["Courriel", "Nom"], "other", ["email", "name"]),
    ],
)
def test_the_columns_of_each_tool_are_known(header: list[str], shape: str, roles: list | None):
    assert shape_of(header) == shape
    assert roles_of(header) == (roles or header)


def test_an_address_is_found_by_its_values_when_no_name_says_it():
    assert roles_of(["A", "B"], [["Ana", "a@b.fr"], ["Bob", "b@b.fr"]]) == ["", "email"]
    assert roles_of(["A", "B"], [["Ana", "a@b.fr"], ["Bob", "aucune"]]) == ["", ""]


def test_two_columns_do_not_both_hold_the_address():
    assert roles_of(["email", "Adresse email"]) == ["email", ""]


@pytest.mark.parametrize(
    ("role", "value", "fate"),
    [
        ("status", "subscribed", Fate.COMES),
        ("status", "", Fate.COMES),
        ("status", "Abonné(e)", Fate.COMES),
        ("status", "unsubscribed", Fate.LEFT),
        ("status", "Désabonné", Fate.LEFT),
        ("status", "Désinscrit", Fate.LEFT),
        ("status", "nomail", Fate.LEFT),
        ("status", "Cleaned", Fate.BOUNCED),
        ("status", "NPAI", Fate.BOUNCED),
        ("status", "Hard bounce", Fate.BOUNCED),
        ("status", "soft bounce", Fate.COMES),
        ("status", "Adresse invalide", Fate.BOUNCED),
        ("status", "Plainte", Fate.COMPLAINED),
        ("status", "En attente", Fate.NOT_CONFIRMED),
        ("status", "non confirmé", Fate.NOT_CONFIRMED),
        ("status", "Inactif", Fate.UNKNOWN),
        ("status", "42", Fate.UNKNOWN),
        ("stopped", "", Fate.COMES),
        ("stopped", "No", Fate.COMES),
        ("stopped", "0", Fate.COMES),
        ("stopped", "Oui", Fate.LEFT),
        ("stopped", "1", Fate.LEFT),
        ("stopped", "2023-05-04 10:00:00", Fate.LEFT),
        ("stop_reason", "SPAM", Fate.COMPLAINED),
        ("stop_reason", "NORMAL", Fate.COMES),
        ("bounced", "", Fate.COMES),
        ("bounced", "2021-01-01 00:00:00", Fate.BOUNCED),
        ("bounced", "1588588800 1588675200 3 5.1.1", Fate.BOUNCED),
        ("bounced", "1588588800 1588675200 3 4.2.2", Fate.COMES),
        ("bounced", "soft", Fate.COMES),
        ("complained", "non", Fate.COMES),
        ("complained", "2020-01-01", Fate.COMPLAINED),
        ("agreed", "", Fate.COMES),
        ("agreed", "Yes", Fate.COMES),
        ("agreed", "No", Fate.NOT_CONFIRMED),
        ("agreed", "2", Fate.NOT_CONFIRMED),
    ],
)
def test_what_a_cell_says_of_its_address(role: str, value: str, fate: str):
    assert fate_of(role, value) == fate


def test_the_gravest_word_wins():
    assert graver(Fate.COMES, Fate.LEFT) == Fate.LEFT
    assert graver(Fate.COMPLAINED, Fate.BOUNCED) == Fate.COMPLAINED


def test_no_name_of_a_column_has_two_roles_and_each_is_written_as_it_is_compared():
    names = [name for _, columns in ROLES.values() for name in columns]
    assert sorted(set(names)) == sorted(names)
    assert [name for name in names if plain(name) != name] == []
    assert next(iter(LABELS)) == ""
