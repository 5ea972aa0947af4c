import pytest

from search.spelling import Known, allowed, distance, lost_elision, nearest

VOCABULARY = [
    Known("numer", "numérique", 9),
    Known("vill", "ville", 5),
    Known("fill", "fille", 1),
    Known("quarti", "quartiers", 3),
]


@pytest.mark.parametrize(
    ("a", "b", "far"),
    [("ville", "ville", 0), ("vlile", "ville", 1), ("vile", "ville", 1), ("ruche", "ville", 3)],
)
def test_the_distance_counts_faults_and_stops_past_the_limit(a: str, b: str, far: int) -> None:
    assert distance(a, b, 2) == far


def test_short_words_bear_one_fault_and_numbers_none() -> None:
    assert [allowed(word) for word in ("abc", "ville", "quartier", "2018")] == [0, 1, 2, 0]


def test_the_nearest_then_the_most_used_word_is_meant() -> None:
    assert nearest("numerqiue", VOCABULARY).shown == "numérique"
    assert nearest("iille", VOCABULARY).shown == "ville"
    assert nearest("quatier", VOCABULARY).token == "quarti"
    assert nearest("ornithorynque", VOCABULARY) is None


def test_an_elision_may_have_lost_its_apostrophe() -> None:
    assert lost_elision("lage") == ("l", "age")
    assert lost_elision("quelle") == ("qu", "elle")
    assert lost_elision("lieu") == ("l", "ieu")
    assert lost_elision("ville") is None
