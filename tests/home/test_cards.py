import pytest

from home.cards import Run, citation_text, shorten


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
