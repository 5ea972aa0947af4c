import pytest

from newsletter.addresses import AddressError, keyed_hash, masked, normalise


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Jeanne.Dupont@Exemple.FR ", "jeanne.dupont@exemple.fr"),
        ("a@müller.example", "a@xn--mller-kva.example"),
        ("a+lettre@exemple.fr", "a+lettre@exemple.fr"),
    ],
)
def test_an_address_has_one_spelling(typed: str, stored: str):
    assert normalise(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "sans-arobase",
        "a@",
        "@exemple.fr",
        "a@b",
        "a b@exemple.fr",
        "é@exemple.fr",
        "a@exemple..fr",
        "a@exemple.fr\nBcc: b@exemple.fr",
        "a\0@exemple.fr",
        '"a"@exemple.fr',
        "a@[127.0.0.1]",
        "a" * 320,
        f"{'a' * 250}@exemple.fr",
        f"a@{'b' * 300}.fr",
    ],
)
def test_what_can_not_be_written_to_is_refused_in_french(typed: str):
    with pytest.raises(AddressError, match="Cette adresse n'est pas valide"):
        normalise(typed)


def test_the_hash_depends_on_the_key():
    first, second = keyed_hash("a@exemple.fr", "k1"), keyed_hash("a@exemple.fr", "k2")
    assert len(first) == 64
    assert first != second
    assert "exemple" not in first


def test_a_masked_address_shows_one_letter_and_the_domain():
    assert masked("jeanne@exemple.fr") == "j•••@exemple.fr"
