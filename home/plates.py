"""The generated cover: a typographic plate for a document that has none of its own.

Drawn from the card's words alone, so that the same document always wears the same cover:
the pattern comes from the hash of the title. One viewBox of 240 by 320.
"""

import hashlib
import textwrap
from dataclasses import dataclass

from home.cards import Card, citation_text

LINE_CHARACTERS = 17
MAX_LINES = 5
FIRST_BASELINE, LINE_HEIGHT = 60, 26
COLUMNS, ROWS, CELL, PATTERN_TOP = 6, 3, 40, 200
FOOT_CHARACTERS = 24
# A triangle in a cell, pointing right, down, left or up, as relative path commands.
TRIANGLES = ("m0 0v40l40-20z", "m0 0h40l-20 40z", "m40 0v40l-40-20z", "m0 40h40l-20-40z")
POINTS_RIGHT = TRIANGLES[0]


@dataclass(frozen=True, slots=True)
class Plate:
    """`lines` are (baseline, text, whether it must be squeezed to fit).

    `faint`, `clear` and `mark` are SVG path data.
    """

    label: str
    lines: tuple[tuple[int, str, bool], ...]
    foot: str
    faint: str
    clear: str
    mark: str


def plate_lines(title: str) -> tuple[str, ...]:
    """The title on at most five short lines; a word is never cut, however long."""
    return tuple(
        textwrap.wrap(
            title,
            LINE_CHARACTERS,
            max_lines=MAX_LINES,
            placeholder="…",
            break_on_hyphens=True,
            break_long_words=False,
        )
    )


def plate_foot(card: Card) -> str:
    """Who and when: the periodical, else the first name of the citation, if short; the year."""
    periodicals = [run.text for run in card.citation if run.style == "italic"]
    opening = citation_text(card.citation).partition(",")[0].rpartition(". ")[2]
    who = (periodicals or [opening])[0].strip()
    year = str(card.sort_date.year) if card.sort_date else ""
    kept = who if len(who) <= FOOT_CHARACTERS and not who.isdecimal() else ""
    return " · ".join(filter(None, (kept, year)))


def pattern(seed: str) -> tuple[str, str, str]:
    """(faint, clear, mark) path data for `seed`; the mark is one triangle pointing right."""
    bits = hashlib.sha256(seed.encode()).digest()
    marked = bits[-1] % (COLUMNS * ROWS)
    faint, clear, mark = [], [], ""
    for cell in range(COLUMNS * ROWS):
        start = f"M{cell % COLUMNS * CELL} {PATTERN_TOP + cell // COLUMNS * CELL}"
        byte = bits[cell]
        if cell == marked:
            mark = start + POINTS_RIGHT
        elif byte % 5 < 2:
            faint.append(start + TRIANGLES[byte // 5 % 4])
        elif byte % 5 < 4:
            clear.append(start + TRIANGLES[byte // 5 % 4])
    return "".join(faint), "".join(clear), mark


def plate(card: Card) -> Plate:
    """The cover of `card`."""
    faint, clear, mark = pattern(card.title)
    lines = tuple(
        (FIRST_BASELINE + LINE_HEIGHT * rank, line, len(line) > LINE_CHARACTERS)
        for rank, line in enumerate(plate_lines(card.title))
    )
    return Plate(card.label, lines, plate_foot(card), faint, clear, mark)
