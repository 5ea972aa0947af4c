"""Files as they come: encodings, separators, spreadsheets, dumps, bombs."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from newsletter.readers.imports import tables
from newsletter.readers.imports.decoding import decode
from newsletter.readers.imports.reading import preview
from newsletter.readers.imports.tables import table_of
from newsletter.readers.imports.values import ImportFileError

TEXT = "email;nom\nana@exemple.fr;Hélène Çağlar-Œuvrard\n".replace("ğ", "g")


def lines_of(content: bytes) -> list[tuple[int, list[str]]]:
    return [(line, list(cells)) for line, cells in table_of(content).lines]


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac-roman"]
)
def test_every_encoding_gives_the_same_text(codec: str):
    assert decode(TEXT.encode(codec)) == TEXT


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_every_separator_is_found(separator: str):
    content = TEXT.replace(";", separator).encode()
    assert lines_of(content) == [(2, ["ana@exemple.fr", "Hélène Çaglar-Œuvrard"])]


def test_the_separator_that_a_spreadsheet_announces_is_not_a_line():
    assert lines_of(b"sep=;\r\nemail;nom\r\na@b.fr;Ana\r\n") == [(3, ["a@b.fr", "Ana"])]


def test_a_quoted_cell_may_hold_separators_and_line_breaks():
    content = b'email,nom\na@b.fr,"Ana,\nde Lyon"\nc@d.fr,Bob\n'
    assert lines_of(content) == [(3, ["a@b.fr", "Ana,\nde Lyon"]), (4, ["c@d.fr", "Bob"])]


def test_a_list_without_header_keeps_its_first_line():
    seen = preview(b"a@b.fr\tAna\nc@d.fr\tBob\n")
    assert (seen.named, seen.shape, seen.roles) == (False, "list", ["email", ""])
    assert seen.lines == [["a@b.fr", "Ana"], ["c@d.fr", "Bob"]]


def test_a_sympa_dump_is_read_by_blocks():
    dump = "email a@b.fr\ngecos Ana\ndate 1588588800\nreception mail\n\n"
    dump += "email c@d.fr\nreception nomail\nbounce 1588 1589 2 5.1.1\n"
    table = table_of(dump.encode())
    assert table.header[:4] == ["email", "gecos", "date", "reception"]
    first, second = table.lines
    assert first == (1, ["a@b.fr", "Ana", "1588588800", "mail", "", "", "", ""])
    assert second[0] == 6
    assert second[1][5] == "1588 1589 2 5.1.1"


def test_a_spreadsheet_is_read_cell_by_cell():
    content = workbook(["Email", "N°"], ["a@b.fr", 12.0], [None, None], ["=1+1", "é"])
    table = table_of(content)
    assert table.header == ["Email", "N°"]
    lines = [(line, list(cells)) for line, cells in table.lines]
    assert lines[0] == (2, ["a@b.fr", "12"])
    assert lines[-1][0] == 4
    assert len(lines) == 2


def test_a_bomb_is_refused_before_it_unfolds():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (tables.MAX_UNZIPPED_BYTES + 1))
    assert len(file.getvalue()) < 300_000
    with pytest.raises(ImportFileError, match="trop gros"):
        table_of(file.getvalue())


def test_a_small_file_of_millions_of_empty_cells_is_refused_before_it_unfolds():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<row>" + b"<c/>" * 3_000_000 + b"</row>")
    with pytest.raises(ImportFileError, match="trop gros"):
        table_of(file.getvalue())


def archive_with(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "<x/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (archive_with("lettre.txt"), "archive"),
        (archive_with("[Content_Types].xml"), "illisible"),
        (b"PK\x03\x04" + b"\0" * 100, "illisible"),
        (workbook(["email"], ["a@b.fr"])[:-200], "illisible"),
        (workbook(), "vide"),
        (b"\xd0\xcf\x11\xe0rest", "ancien format"),
        (b"", "vide"),
        (b"\n\n", "vide"),
        ("email\n\0".encode("utf-16"), "octets nuls"),
        (b"\xff\xfe" + "email".encode("utf-16-le") + b"\x00", "abîmé"),
        ((";".join("abc" for _ in range(300)) + "\n").encode(), "colonnes"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content: bytes, why: str):
    with pytest.raises(ImportFileError, match=why):
        lines_of(content)


def test_a_file_of_too_many_lines_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tables, "MAX_LINES", 3)
    assert len(lines_of(b"email\na@b.fr\nb@b.fr\nc@b.fr\n")) == 3
    with pytest.raises(ImportFileError, match="lignes"):
        lines_of(b"email\na@b.fr\nb@b.fr\nc@b.fr\nd@b.fr\n")
