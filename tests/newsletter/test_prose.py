import pytest

from newsletter.prose import prose_text, safe_prose, wrapped
from tests.newsletter.samples import SITE


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p>Un <b>mot</b>.</p>", "<p>Un <b>mot</b>.</p>"),
        ("<p>Un<p>Deux", "<p>Un</p><p>Deux</p>"),
        ("<p><b>gras</p>", "<p><b>gras</b></p>"),
        ("a</b> < b & c", "a &lt; b &amp; c"),
        ("<h2>Titre</h2><div>x</div>", "<p>Titre</p><p>x</p>"),
        ("<script>alert(1)</script><style>p{}</style>x", "x"),
        ('<p onclick="x()" style="color:red">x</p>', "<p>x</p>"),
        ('<img src="https://tiers.exemple/pixel.gif">x', "x"),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ('<a href=" JaVaScRiPt:alert(1)">x</a>', "x"),
        ('<a href="data:text/html,x">x</a>', "x"),
        ('<a href="http://[">x</a>', "x"),
        ('<a href="/a/?b=1&amp;c=2">x</a>', f'<a href="{SITE}/a/?b=1&amp;c=2">x</a>'),
        ('<a href="/a"><a href="/b">x</a></a>', f'<a href="{SITE}/a">x</a>'),
        ("a<br>b<br/>c", "a<br />b<br />c"),
        ("<p></p><p> </p>x", "x"),
        ("39<sup>e</sup>\u00a0Rencontre&nbsp;!", "39<sup>e</sup>\u00a0Rencontre\u00a0!"),
        ("", ""),
    ],
)
def test_only_closed_harmless_markup_with_absolute_links_is_kept(html, kept):
    assert safe_prose(html, SITE) == kept


def test_each_link_of_a_text_stands_on_a_line_under_its_paragraph():
    html = '<p>Voir <a href="/a/?b=1&amp;c=2">la page</a>, merci.</p><p>Suite.</p>'
    assert prose_text(html, SITE) == f"Voir la page, merci.\n{SITE}/a/?b=1&c=2\n\nSuite."


def test_an_address_that_is_its_own_words_is_not_repeated():
    html = f'<a href="{SITE}/">{SITE}/</a>'
    assert prose_text(html, SITE) == f"{SITE}/"


def test_lists_and_breaks_become_lines():
    html = "<p>Trois&nbsp;:</p>\n<ul>\n<li>un</li>\n<li>deux &lt; trois</li>\n</ul>a<br>b"
    assert prose_text(html, SITE) == "Trois\u00a0:\n\n– un\n– deux < trois\n\na\nb"


def test_lines_are_cut_at_seventy_two_columns_never_at_a_no_break_space_or_in_an_address():
    text = "mot " * 30 + "fin\u00a0! " + "https://exemple.fr/" + "a-b/" * 30
    lines = wrapped(text, "  ").split("\n")
    assert all(len(line) <= 72 for line in lines[:-1])
    assert all(line.startswith("  ") for line in lines)
    assert lines[-1].strip() == "https://exemple.fr/" + "a-b/" * 30
    assert any("fin\u00a0!" in line for line in lines)


def test_a_second_line_is_indented_under_a_marker():
    lines = wrapped("► " + "mot " * 30).split("\n")
    assert lines[0].startswith("► mot")
    assert lines[1].startswith("  mot")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", [""]),
        ("  ", [""]),
        ("un\n\ndeux", ["un", "", "deux"]),
        ("un  mot\tet", ["un mot et"]),
        ("a" * 36 + " " + "b" * 35, ["a" * 36 + " " + "b" * 35]),
        ("a" * 36 + " " + "b" * 36, ["a" * 36, "b" * 36]),
        ("x" * 100 + " y", ["x" * 100, "y"]),
    ],
)
def test_rows_hold_seventy_two_characters_and_no_more(text, rows):
    assert wrapped(text).split("\n") == rows
