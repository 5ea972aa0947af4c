import pytest

from home.slugs import french_slugify


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("L'été à Besançon : cœur d'œuvre n° 12", "l-ete-a-besancon-coeur-d-oeuvre-numero-12"),
        ("Ex æquo", "ex-aequo"),
        ("Lab' de France Stratégie", "lab-de-france-strategie"),
        ("Paris&Co", "paris-co"),
        ("🙂", ""),
    ],
)
def test_french_words_keep_their_letters(title: str, slug: str) -> None:
    assert french_slugify(title) == slug


def test_a_long_slug_is_cut_between_words() -> None:
    assert french_slugify("innovation publique et territoires", 20) == "innovation-publique"
