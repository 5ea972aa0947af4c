"""A worker's journal: which messages its relay began to receive, and which it accepted.

One file a claim, in `LETTER_JOURNAL_DIR`, named by the claim's id. Its worker holds it under an
exclusive lock (flock) for as long as it lives, so that whoever can lock it knows that the worker is
dead. A record is eight bytes, big-endian: the delivery's key shifted by two bits, then what
happened to it. Appended by one `write(2)` each, which survives the death of the process; the death
of the machine may lose the last ones, whose rows are then `uncertain` or sent again.
"""

import errno
import fcntl
import os
import struct
from collections.abc import Set
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from uuid import UUID

from django.conf import settings

RECORD = struct.Struct(">Q")
NOTHING = RECORD.pack(0)  # speaks of no row
CHUNK_RECORDS = 8192
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Fate(IntEnum):
    """What a record says. REFUSED: the relay answered the body, and did not take it."""

    BEGUN = 1
    ACCEPTED = 2
    REFUSED = 3


class JournalError(OSError):
    """The journal can not be written; `reason` says why, in words for an editor."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error.errno, error.strerror)
        if error.errno in FULL:
            self.reason = "Le disque du serveur est plein"
        else:
            self.reason = f"Le journal d'envoi ne peut pas être écrit ({error.strerror})"


class Journal:
    """A journal that this process holds. Any number of threads may write in it."""

    def __init__(self, path: Path, file: int) -> None:
        self._path, self._file = path, file
        self._broken: JournalError | None = None

    def note(self, key: int, fate: Fate) -> None:
        """Appends one record.

        Raises:
            JournalError: it is not written, nor will any other be: half a record would make the
                following ones unreadable.
        """
        if self._broken:
            raise self._broken
        try:
            written = os.write(self._file, RECORD.pack(key << 2 | fate))
            if written != RECORD.size:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            self._broken = JournalError(error)
            raise self._broken from error

    def fates(self, keys: Set[int]) -> dict[int, Fate]:
        """The last word on each of `keys`; who is not in it was never begun. Memory is bounded by
        `keys`, not by the file; a last record cut short is ignored."""
        found: dict[int, Fate] = {}
        offset = 0
        while chunk := os.pread(self._file, CHUNK_RECORDS * RECORD.size, offset):
            offset += len(chunk)
            whole = len(chunk) - len(chunk) % RECORD.size
            for (record,) in RECORD.iter_unpack(chunk[:whole]):
                key = record >> 2
                if key in keys and record & 3:
                    found[key] = Fate(record & 3)
        return found

    def discard(self) -> None:
        """Everything it says is in the database."""
        self._path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Lets go of it; the file stays, for `rescue`."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def open_journal(claim_id: UUID) -> Journal:
    """A new journal, held by this process.

    Raises:
        JournalError: the directory or the file can not be made.
    """
    folder = Path(settings.LETTER_JOURNAL_DIR)
    path, fresh = folder / str(claim_id), folder / f"{claim_id}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            # Locked before it has the name under which a rescue looks for it.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # A full disk still takes an empty file: say it now, not at the first message.
            if os.write(file, NOTHING) != RECORD.size:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            fresh.rename(path)
        except OSError:
            fresh.unlink(missing_ok=True)
            os.close(file)
            raise
    except OSError as error:
        raise JournalError(error) from error
    return Journal(path, file)


def is_here(claim_id: UUID) -> bool:
    """Whether the journal of this claim is on this machine."""
    return (Path(settings.LETTER_JOURNAL_DIR) / str(claim_id)).exists()


def seize(claim_id: UUID) -> Journal | None:
    """The journal of a dead worker, now held by this process; None when its worker lives, when
    somebody else is reading it, or when it is not on this machine."""
    path = Path(settings.LETTER_JOURNAL_DIR) / str(claim_id)
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        return None
    return Journal(path, file)


def drop_unknown(known: Set[UUID], before: float) -> int:
    """Removes the journals of which no claim speaks (their worker died, or lost the database,
    between the two) last written before `before`, seconds since 1970; returns how many."""
    dropped = 0
    for path in Path(settings.LETTER_JOURNAL_DIR).glob("*"):
        with suppress(ValueError, OSError):  # not ours, or gone meanwhile
            if UUID(path.name.removesuffix(".new")) not in known and path.stat().st_mtime < before:
                path.unlink()
                dropped += 1
    return dropped
