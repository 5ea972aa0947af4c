"""From a table and the role of its columns to the lines that can be used, each address once."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from newsletter.addresses import AddressError, normalise
from newsletter.readers.imports import shapes
from newsletter.readers.imports.tables import Table, table_of
from newsletter.readers.imports.values import Fate, ImportFileError, Report, Row, graver

PREVIEWED = 5
JUDGES = ("status", "stopped", "stop_reason", "bounced", "complained", "agreed")
LONGEST = {"name": 150, "organisation": 200, "consent": 80, "status": 60}
SPLIT = re.compile("[;|]")
UNKNOWN_STATUS = "État inconnu\u00a0: «\u00a0{}\u00a0»."


@dataclass(frozen=True, slots=True)
class Preview:
    """A file as it is first shown: the columns, the role guessed for each, the first lines."""

    shape: str
    header: list[str]
    roles: list[str]
    named: bool
    lines: list[list[str]]


def preview(content: bytes) -> Preview:
    """The first lines of a file.

    Raises:
        ImportFileError
    """
    table = table_of(content)
    lines = []
    for _, cells in table.lines:
        lines.append([*cells, *[""] * len(table.header)][: len(table.header)])
        if len(lines) == PREVIEWED:
            break
    roles = shapes.roles_of(table.header, lines)
    shape = shapes.shape_of(table.header) if table.named else "list"
    return Preview(shape, table.header, roles, table.named, lines)


def read_rows(table: Table, roles: Sequence[str], report: Report) -> Iterator[Row]:
    """The usable lines; the others go to `report`, each with its reason.

    Raises:
        ImportFileError: no column holds the address, or a fault of the file met on the way.
    """
    if "email" not in roles:
        raise ImportFileError("Le fichier n'a pas de colonne «\u00a0email\u00a0».")
    for line, cells in table.lines:
        report.read += 1
        if len(cells) > len(roles):
            report.reject(line, "Cette ligne a plus de colonnes que l'en-tête.")
            continue
        values: dict[str, list[str]] = {}
        for role, cell in zip(roles, cells, strict=False):
            if role:
                values.setdefault(role, []).append(cell.strip())
        try:
            email = _address(values.get("email", [""])[0])
        except AddressError as error:
            report.reject(line, str(error))
            continue
        yield _row(line, email, values)


def _address(cell: str) -> str:
    if not cell:
        raise AddressError("Cette ligne n'a pas d'adresse.")
    return normalise(cell)


def _row(line: int, email: str, values: dict[str, list[str]]) -> Row:
    fate = Fate.COMES
    for role in JUDGES:
        for value in values.get(role, ()):
            fate = graver(fate, shapes.fate_of(role, value))
    consent = next((date for date in values.get("consent_date", ()) if date), "")
    parts = [_first(values, name) for name in ("first_name", "last_name")]
    name = _first(values, "name") or " ".join(part for part in parts if part)
    topics = (part.strip() for text in values.get("topics", ()) for part in SPLIT.split(text))
    return Row(
        line=line,
        email=email,
        name=_clean(name)[: LONGEST["name"]],
        organisation=_clean(_first(values, "organisation"))[: LONGEST["organisation"]],
        topics=tuple(topic for topic in topics if topic),
        fate=fate,
        consent=_clean(consent)[: LONGEST["consent"]],
        status=_clean(_first(values, "status"))[: LONGEST["status"]],
    )


def _first(values: dict[str, list[str]], role: str) -> str:
    return values.get(role, [""])[0]


def _clean(text: str) -> str:
    """Without line breaks nor marks that turn the direction of what follows them."""
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())


def folded(
    rows: Iterator[Row], topics: Collection[str], report: Report, doubles: list[int] | None = None
) -> dict[str, Row]:
    """The rows, each address once, in the order of the file: what stops wins over what comes,
    else the first line is kept. A topic that is not among `topics` rejects its line.

    Args:
        doubles: receives the numbers of the lines that repeat an address; else they are counted
            among the readers already there.
    """
    found: dict[str, Row] = {}
    for row in rows:
        if unknown := [topic for topic in row.topics if topic not in topics]:
            report.reject(row.line, f"Thème inconnu\u00a0: {', '.join(unknown)[:200]}.")
        elif known := found.get(row.email):
            found[row.email] = replace(known, fate=graver(known.fate, row.fate))
            if doubles is None:
                report.already += 1
            else:
                doubles.append(row.line)
        else:
            found[row.email] = row
    for row in list(found.values()):
        if row.fate in {Fate.UNKNOWN, Fate.NOT_CONFIRMED}:
            del found[row.email]
            report.reject(row.line, _why_not(row))
    return found


def _why_not(row: Row) -> str:
    if row.fate == Fate.UNKNOWN:
        return UNKNOWN_STATUS.format(row.status)
    return "Le fichier dit que cette personne n'a pas donné ou confirmé son accord."


def roles_for_command(header: Sequence[str]) -> list[str]:
    """The roles of the columns of a file that nobody looks at first: those of this software, all
    of them known, or those of a tool that is recognised.

    Raises:
        ImportFileError: no address, or columns that nobody knows.
    """
    names = [name.strip().lower() for name in header]
    if shapes.shape_of(header) in {"own", "other"}:
        if "email" not in names:
            raise ImportFileError("Le fichier n'a pas de colonne «\u00a0email\u00a0».")
        if unknown := sorted(set(names) - shapes.OWN - {""}):
            raise ImportFileError(f"Colonnes inconnues\u00a0: {', '.join(unknown)[:300]}.")
        return names
    return shapes.roles_of(header)
