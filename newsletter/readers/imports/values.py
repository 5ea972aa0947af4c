"""What an import speaks of: a line that can be used, its fate, what a run counted. Pure."""

from dataclasses import dataclass, field
from typing import Any

from newsletter.errors import LetterError

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_LINES = 200_000
MAX_COLUMNS = 200


class ImportFileError(LetterError):
    """The file can not be used; nothing was written."""


class Fate:
    """What the file itself says of an address. Any but `COMES` stays out of the list; those of
    `SUPPRESSED` are remembered, so that a later file without the column does not bring them in."""

    COMES = ""
    LEFT = "left"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    NOT_CONFIRMED = "not-confirmed"
    UNKNOWN = "unknown"

    SUPPRESSED = (LEFT, BOUNCED, COMPLAINED)
    # The gravest wins when two lines, or two columns, speak of one address.
    GRAVITY = (COMES, UNKNOWN, NOT_CONFIRMED, LEFT, BOUNCED, COMPLAINED)


def graver(one: str, other: str) -> str:
    return max(one, other, key=Fate.GRAVITY.index)


@dataclass(frozen=True, slots=True)
class Row:
    """One usable line: the address is normalised, `topics` are slugs or names, `consent` is what
    the file says of the day of the consent and `status` its own word, as they are written."""

    line: int
    email: str
    name: str = ""
    organisation: str = ""
    topics: tuple[str, ...] = ()
    fate: str = Fate.COMES
    consent: str = ""
    status: str = ""


@dataclass(slots=True)
class Report:
    """`rejected` holds {"line": int, "reason": str}; lines are counted from 1, header included."""

    read: int = 0
    created: int = 0
    already: int = 0
    suppressed: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)

    def reject(self, line: int, reason: str) -> None:
        self.rejected.append({"line": line, "reason": reason})
