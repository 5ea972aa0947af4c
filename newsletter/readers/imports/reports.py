"""What an import counted, line by line and in little room: ranges of lines by outcome. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any

from newsletter.readers.imports.values import Report, Row

# outcome: what, why; the words of the report.
WORDS = {
    "created": ("Abonné", ""),
    "already": ("Déjà abonné", ""),
    "pending": ("Inchangé", "Sa demande attend encore d'être confirmée."),
    "double": ("Doublon", "Une autre ligne du fichier a la même adresse."),
    "reads-here": (
        "Inchangé",
        "Le fichier ne veut plus lui écrire, mais cette personne est abonnée ici.",
    ),
    "ended": ("Tenu à l'écart", "A quitté ce bulletin."),
    "held": ("Tenu à l'écart", "Adresse exclue\u00a0: départ, effacement, plainte ou rejet."),
    "left": ("Tenu à l'écart", "Désabonné selon le fichier."),
    "bounced": ("Tenu à l'écart", "Adresse rejetée selon le fichier."),
    "complained": ("Tenu à l'écart", "Plainte selon le fichier."),
    "rejected": ("Refusé", "Voyez ci-dessous, ligne par ligne."),
}
Lines = dict[str, list[list[int]]]


def blank(report: Report, doubles: Iterable[int] = ()) -> dict[str, Any]:
    """The report of a file that has been read, and of which nothing is written yet."""
    new: dict[str, Any] = {
        "read": report.read,
        "lines": {},
        "rejected": [[item["line"], item["reason"]] for item in report.rejected],
    }
    for line in doubles:
        add(new, "double", line)
    return new


def add(report: dict[str, Any], outcome: str, line: int) -> None:
    """Lines come in growing order."""
    ranges = report["lines"].setdefault(outcome, [])
    if ranges and ranges[-1][1] == line - 1:
        ranges[-1][1] = line
    else:
        ranges.append([line, line])


def add_all(report: dict[str, Any], rows: Iterable[Row], outcomes: dict[str, str]) -> None:
    for row in rows:
        add(report, outcomes[row.email], row.line)


def counts(report: dict[str, Any]) -> dict[str, int]:
    """How many lines of each outcome, those that have some."""
    found = {
        outcome: sum(last - first + 1 for first, last in ranges)
        for outcome, ranges in report.get("lines", {}).items()
    }
    found["rejected"] = len(report.get("rejected", ()))
    return {outcome: found[outcome] for outcome in WORDS if found.get(outcome)}


def told(report: dict[str, Any]) -> list[tuple[str, str, int]]:
    """(what, why, how many) of each outcome, for a person."""
    return [(*WORDS[outcome], count) for outcome, count in counts(report).items()]


def each_line(report: dict[str, Any]) -> Iterator[tuple[int, str, str]]:
    """(line, what, why), in the order of the file. No address: the person who asks has the file."""
    found = [(line, *WORDS["rejected"][:1], why) for line, why in report.get("rejected", ())]
    for outcome, ranges in report.get("lines", {}).items():
        for first, last in ranges:
            found.extend((line, *WORDS[outcome]) for line in range(first, last + 1))
    yield from sorted(found)
