import pytest

from home.cards import Run, citation_text, quoted, shorten


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Trois mots simples", 100, "Trois mots simples"),
        ("Trois mots simples", 12, "Trois mots…"),
        ("Trois mots simples", 10, "Trois…"),
        ("Trois,\n\n mots   simples", 100, "Trois, mots simples"),
        ("Il dit\u00a0: «\u00a0non\u00a0» encore", 9, "Il dit…"),
        ("Anticonstitutionnellement", 10, "Anticonst…"),
    ],
)
def test_a_text_is_cut_between_words(text: str, limit: int, short: str) -> None:
    assert shorten(text, limit) == short
    assert len(shorten(text, limit)) <= limit


def test_a_no_break_space_survives() -> None:
    assert shorten("n°\u00a012 est paru", 100) == "n°\u00a012 est paru"


def test_a_citation_reads_without_its_styles() -> None:
    runs = (Run("Sciences du Design", "italic"), Run(", 2017"))
    assert citation_text(runs) == "Sciences du Design, 2017"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Guide", "«\u00a0Guide\u00a0»"),
        ("Appel «\u00a0Cartes\u00a0»", "«\u00a0Appel “Cartes”\u00a0»"),
        ("«Un» et « deux »", "«\u00a0“Un” et “deux”\u00a0»"),
        ("Ouvert « jamais fermé", "«\u00a0Ouvert « jamais fermé\u00a0»"),
    ],
)
def test_a_quotation_in_a_quotation_has_the_marks_of_the_second_level(
    text: str, shown: str
) -> None:
    assert quoted(text) == shown
