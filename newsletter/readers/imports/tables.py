"""From a file to a table: its header and its lines, whether text, spreadsheet or dump."""

import csv
import io
import itertools
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook

from newsletter.readers.imports.decoding import decode
from newsletter.readers.imports.values import (
    MAX_COLUMNS,
    MAX_FILE_BYTES,
    MAX_LINES,
    ImportFileError,
)

Line = tuple[int, Sequence[str]]  # its number in the file, from 1; its cells
SEPARATORS = ";,\t|"
MAX_UNZIPPED_BYTES = 150 * 1024 * 1024
# A sheet of addresses shrinks ten to twenty times; one that shrinks a thousand times is made to
# keep a reader of XML busy for minutes (measured: 145 KB, 36 million empty cells, 100 s).
MAX_SHRINKAGE, SMALL_BYTES = 100, 5 * 1024 * 1024
MAX_PARTS = 2000  # files in a workbook
MAX_CELL = 5000
DUMP_KEYS = ("email", "gecos", "date", "reception", "visibility", "bounce", "suspend", "subscribed")
DUMP_LINE = re.compile(r"(\w+)[ \t]+(.*)")
TOO_LONG = f"Le fichier a plus de {MAX_LINES} lignes\u00a0: partagez-le."


@dataclass(slots=True)
class Table:
    """`lines` is read once. `named` is False when the file begins by its data: the header is then
    made of ranks."""

    header: list[str]
    lines: Iterator[Line]
    named: bool = True


def table_of(content: bytes) -> Table:
    """The table of a file.

    Raises:
        ImportFileError: also while its lines are read.
    """
    if len(content) > MAX_FILE_BYTES:
        raise ImportFileError("Le fichier dépasse 20\u00a0Mo.")
    if content.startswith(b"PK\x03\x04"):
        return _headed(_sheet_lines(content))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportFileError(
            "Ce classeur est d'un ancien format (.xls) ou protégé par un mot de passe\u00a0: "
            "enregistrez-le en .xlsx ou en CSV."
        )
    text = decode(content)
    if re.match(r"\s*email[ \t]+\S+@\S+\s*\n", text) and re.search(r"^reception\s", text, re.M):
        return Table(list(DUMP_KEYS), _bounded(_dump_lines(text)))
    return _headed(_text_lines(text))


def _headed(lines: Iterator[Line]) -> Table:
    lines = _bounded(lines)
    first = next(lines, None)
    if first is None:
        raise ImportFileError(
            "Le fichier est vide\u00a0: il n'a pas de colonne «\u00a0email\u00a0»."
        )
    rank, cells = first
    if len(cells) > MAX_COLUMNS:
        raise ImportFileError(f"Le fichier a plus de {MAX_COLUMNS} colonnes.")
    if any("@" in cell for cell in cells):
        header = [f"Colonne {number}" for number in range(1, len(cells) + 1)]
        return Table(header, itertools.chain([(rank, cells)], lines), named=False)
    return Table([cell.lstrip("#").strip() for cell in cells], lines)


def _bounded(lines: Iterable[Line]) -> Iterator[Line]:
    for count, line in enumerate(lines):
        if count > MAX_LINES:
            raise ImportFileError(TOO_LONG)
        yield line


def _text_lines(text: str) -> Iterator[Line]:
    offset = 0
    if text[:4].lower() == "sep=":  # how a spreadsheet is told of the separator
        _, _, text = text.partition("\n")
        offset = 1
    header = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num + offset, cells
    except csv.Error as error:
        raise ImportFileError(
            f"Ligne {reader.line_num + offset}\u00a0: le fichier CSV est mal formé ({error})."
        ) from error


def _dump_lines(text: str) -> Iterator[Line]:
    """A Sympa dump: blocks of « key value » parted by an empty line; numbered by their first."""
    block: dict[str, str] = {}
    first = 1
    for number, line in enumerate(itertools.chain(text.splitlines(), [""]), start=1):
        if not line.strip():
            if block:
                yield first, [block.get(key, "") for key in DUMP_KEYS]
            block, first = {}, number + 1
        elif match := DUMP_LINE.match(line):
            block[match[1]] = match[2].strip()


def _sheet_lines(content: bytes) -> Iterator[Line]:
    try:
        _refuse_bomb(content)
        with warnings.catch_warnings():
            # What the workbook holds beside its cells (styles, validations) is of no use here.
            warnings.simplefilter("ignore", UserWarning)
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            try:
                # What a program wrote as the sheet's size is not to be believed.
                sheet = book.worksheets[0]
                sheet.reset_dimensions()
                rows = sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1)
                for number, values in enumerate(rows, start=1):
                    cells = [_cell(value) for value in values]
                    while cells and not cells[-1]:
                        cells.pop()
                    if cells:
                        yield number, cells
            finally:
                book.close()
    except (ValueError, KeyError, OSError, IndexError, TypeError, ParseError) as error:
        raise ImportFileError("Ce classeur est illisible\u00a0: enregistrez-le en CSV.") from error
    except (zipfile.BadZipFile, AttributeError, NotImplementedError, EOFError) as error:
        raise ImportFileError("Ce classeur est illisible\u00a0: enregistrez-le en CSV.") from error


def _refuse_bomb(content: bytes) -> None:
    """A few kilobytes may unfold into gigabytes: what the archive announces is a bound, for no
    more than that is read of each of its files."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if "[Content_Types].xml" not in archive.namelist():
            raise ImportFileError("Ce fichier est une archive, pas un classeur.")
    swollen = any(
        part.file_size > max(SMALL_BYTES, MAX_SHRINKAGE * part.compress_size) for part in parts
    )
    unzipped = sum(part.file_size for part in parts)
    if swollen or len(parts) > MAX_PARTS or unzipped > MAX_UNZIPPED_BYTES:
        raise ImportFileError("Ce classeur est trop gros une fois décompressé.")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:MAX_CELL]
