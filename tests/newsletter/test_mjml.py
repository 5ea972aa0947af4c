"""One test for each habit of the engine that would spoil a French letter."""

import pytest

from newsletter import mjml
from newsletter.mjml import MAX_DEPTH, MjmlError, compile_mjml


def source(content: str = "", head: str = "") -> str:
    return (
        '<mjml lang="fr" dir="ltr">\n'
        f"<mj-head>{head}</mj-head>\n"
        f"<mj-body><mj-section><mj-column>\n{content}\n</mj-column></mj-section></mj-body>\n</mjml>"
    )


def error_of(text: str) -> MjmlError:
    with pytest.raises(MjmlError) as caught:
        compile_mjml(text)
    return caught.value


def test_language_direction_title_and_roles_are_written():
    html = compile_mjml(source("<mj-text>Oui</mj-text>", "<mj-title>Lettre</mj-title>"))
    assert '<html lang="fr" dir="ltr"' in html
    assert "<title>Lettre</title>" in html
    assert 'aria-label="Lettre"' in html
    assert 'role="article"' in html
    assert html.count("<table") == html.count('role="presentation"')


@pytest.mark.parametrize(
    ("character", "reference"),
    [
        ("\u00a0", "&#xa0;"),
        ("\u202f", "&#x202f;"),
        ("\u200b", "&#x200b;"),
        ("e\u0301", "e&#x301;"),
        ("❤\ufe0f", "&#x2764;&#xfe0f;"),
        ("\\", "&#x5c;"),
        ("é", "&#xe9;"),
    ],
)
def test_attributes_keep_characters_that_the_engine_would_write_as_rust(character, reference):
    html = compile_mjml(
        source(
            f'<mj-image src="/i.png" alt="n° 2{character}:"/>',
            f"<mj-title>A{character}B</mj-title>",
        )
    )
    assert f"2{reference}:" in html
    assert f'aria-label="A{reference}B"' in html
    assert "\\u{" not in html
    assert "\\\\" not in html


def test_quotes_in_the_title_do_not_break_the_label():
    html = compile_mjml(source("", '<mj-title>Dit "oui" à l\'essai</mj-title>'))
    assert 'aria-label="Dit &#x22;oui&#x22; &#xe0; l\'essai"' in html


def test_a_line_break_in_an_attribute_is_kept_as_a_reference():
    html = compile_mjml(source('<mj-image src="/i.png" alt="un\ndeux"/>'))
    assert 'alt="un&#xa;deux"' in html


def test_two_links_on_two_lines_stay_apart():
    html = compile_mjml(source('<mj-text>\n<a href="/a">A</a>\n  <a href="/b">B</a>\n</mj-text>'))
    assert '<a href="/a">A</a> <a href="/b">B</a>' in html


def test_a_self_closed_text_in_the_attributes_does_not_hide_the_real_ones():
    html = compile_mjml(
        source(
            "<mj-text>\n<b>A</b>\n<b>B</b>\n</mj-text>",
            '<mj-attributes>\n<mj-text padding="0"/>\n<mj-all color="red"/>\n</mj-attributes>',
        )
    )
    assert "<b>A</b> <b>B</b>" in html


def test_a_byte_order_mark_carriage_returns_and_trailing_blanks_compile():
    text = source("<mj-text>Oui</mj-text>", "\n<mj-title>T</mj-title> \n ")
    assert "Oui" in compile_mjml("\ufeff" + text.replace("\n", " \r\n"))


def test_characters_that_xml_can_not_hold_are_dropped():
    assert "AB" in compile_mjml(source("<mj-text>A\x00\x0b\ud800\ufffeB</mj-text>"))


def test_html_entities_void_tags_and_ampersands_are_fine():
    html = compile_mjml(
        source('<mj-text>R&D&nbsp;&eacute;<br>deux<img src="/i.png" alt="i"><hr></mj-text>')
    )
    assert "R&D&nbsp;&eacute;<br" in html


def test_nothing_is_asked_of_a_third_party():
    html = compile_mjml(
        source(
            '<mj-text font-family="Ubuntu, Roboto">x</mj-text>'
            '<mj-social><mj-social-element name="web" href="/x">W</mj-social-element></mj-social>'
        )
    )
    assert "googleapis" not in html
    assert "mailjet" not in html


def test_styles_for_outlook_stay():
    assert "<!--[if mso" in compile_mjml(source("<mj-text>x</mj-text>"))


@pytest.mark.parametrize(
    ("content", "line", "column", "words"),
    [
        ("<mj-text><p>a</mj-text>", 4, 16, "balise fermante inattendue (balise <p> ouverte"),
        ("<mj-text>é é <b>x</i></mj-text>", 4, 20, "balise <b> ouverte ligne\u00a04"),
        ("<mj-text a=b>x</mj-text>", 4, 12, "caractère inattendu"),
        ('<mj-text a="1" a="2">x</mj-text>', 4, 16, "attribut écrit deux fois"),
        ("<mj-text>1 < 2</mj-text>", 4, 13, "caractère inattendu"),
        ("<mj-text>x</mj-button>", 4, 13, "balise fermante inattendue"),
        ("<mj-text>x</mj-text>\n  <mj-foo/>", 5, 3, "balise <mj-foo> inconnue ou mal placée"),
        ("<mj-html-attributes></mj-html-attributes>", 4, 1, "<mj-html-attributes>"),
        ('<mj-include path="/etc/passwd"/>', 4, 1, "refusé par le compilateur"),
        ("\n\n<mj-text>é<![CDATA[x]]></mj-text>", 6, 11, "refusé par le compilateur"),
    ],
)
def test_an_error_names_its_line_and_column_in_french(content, line, column, words):
    error = error_of(source(content))
    assert (error.line, error.column) == (line, column)
    assert words in error.message
    where = f"(ligne\u00a0{line}, colonne\u00a0{column})\u00a0: "
    assert str(error).startswith(f"Le gabarit MJML ne se compile pas {where}")


def test_void_tags_before_an_error_do_not_move_its_column():
    before = '<mj-text><br><img src="/i" alt=""><hr >'
    error = error_of(source(f"{before}</b></mj-text>"))
    assert (error.line, error.column) == (4, len(f"{before}</") + 1)


@pytest.mark.parametrize("text", ["", "   ", "du texte", "<mjml>", "<p>a</p>", "<mjml/><mjml/>"])
def test_what_is_not_a_whole_mjml_document_is_refused(text):
    assert error_of(text).line == 1


@pytest.mark.parametrize("prolog", ["<!DOCTYPE mjml>", '<?xml version="1.0"?>'])
def test_a_prolog_is_refused(prolog):
    assert "refusé par le compilateur" in error_of(prolog + source()).message


def test_nesting_deep_enough_to_end_the_process_is_refused_first():
    depth = 10_000
    error = error_of(source(f"<mj-text>{'<i>' * depth}{'</i>' * depth}</mj-text>"))
    assert f"plus de {MAX_DEPTH} balises emboîtées" in error.message


def test_escaped_markup_in_a_text_is_not_a_leak():
    assert "&lt;mj-foo&gt;" in compile_mjml(source("<mj-text>&lt;mj-foo&gt;</mj-text>"))


class PanicException(BaseException):
    """What a Rust panic looks like from Python."""


def test_a_panic_of_the_engine_is_an_error_like_another(monkeypatch):
    def panics(*_args: object, **_options: object) -> str:
        raise PanicException("index out of bounds")

    monkeypatch.setattr(mjml, "mjml2html", panics)
    assert "erreur interne" in error_of(source()).message


def test_an_interruption_is_not_swallowed(monkeypatch):
    def interrupted(*_args: object, **_options: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(mjml, "mjml2html", interrupted)
    with pytest.raises(KeyboardInterrupt):
        compile_mjml(source())


def test_an_engine_error_without_a_position_is_still_told(monkeypatch):
    def refuses(*_args: object, **_options: object) -> str:
        raise ValueError("unexpected end of stream")

    monkeypatch.setattr(mjml, "mjml2html", refuses)
    error = error_of(source())
    assert (error.line, error.column) == (0, 0)
    assert str(error) == (
        "Le gabarit MJML ne se compile pas\u00a0: "
        "refusé par le compilateur (unexpected end of stream)."
    )
