from search.highlight import PASSAGE_CHARACTERS, passage
from search.query import Query


def units(text: str):
    return Query.parse({"q": [text]}).units


def test_words_asked_for_are_marked_in_any_form() -> None:
    found = passage("Des Écoles et l’œuvre d’art.", units("ecole oeuvre"))
    assert found.html == "Des <mark>Écoles</mark> et l’<mark>œuvre</mark> d’art."


def test_text_is_escaped_before_it_is_marked() -> None:
    found = passage("<script>ville</script> & Ville", units("ville"))
    assert found.html == (
        "&lt;script&gt;<mark>ville</mark>&lt;/script&gt; &amp; <mark>Ville</mark>"
    )


def test_the_passage_with_most_words_is_chosen() -> None:
    text = "ville " + "mot " * 100 + "ville et quartier " + "mot " * 100
    found = passage(text, units("ville quartier"))
    assert "<mark>ville</mark> et <mark>quartier</mark>" in found.html
    assert found.text.startswith("… ")
    assert found.text.endswith(" …")
    assert len(found.text) <= PASSAGE_CHARACTERS + 4


def test_without_a_match_the_text_begins() -> None:
    found = passage("Un début. " + "mot " * 100, units("ville"))
    assert found.text.startswith("Un début. mot")
    assert found.spans == ()


def test_nothing_to_quote_is_empty() -> None:
    assert passage("", units("ville")).html == ""
    assert passage("   \n ", ()).text == ""


def test_one_endless_word_is_survived() -> None:
    assert "<mark>" in passage("x " + "a" * 5000 + " ville", units("ville")).html
    assert len(passage("a" * 5000, ()).text) <= PASSAGE_CHARACTERS + 4
