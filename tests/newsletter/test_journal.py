import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings

from newsletter.engine.journal import Fate, JournalError, is_here, open_journal, seize


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.LETTER_JOURNAL_DIR = tmp_path / "deep" / "journal"
    return settings.LETTER_JOURNAL_DIR


@contextmanager
def files_of(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size` bytes, as on a full disk."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        signal.signal(signal.SIGXFSZ, ignored)


def test_who_lives_is_not_read_and_who_died_says_everything(folder: Path) -> None:
    claim = uuid4()
    journal = open_journal(claim)
    for key, fate in ((7, Fate.BEGUN), (7, Fate.ACCEPTED), (8, Fate.BEGUN), (9, Fate.BEGUN)):
        journal.note(key, fate)
    journal.note(9, Fate.REFUSED)
    assert seize(claim) is None
    assert is_here(claim)
    journal.close()
    found = seize(claim)
    assert found is not None
    assert seize(claim) is None, "two rescues at once"
    assert found.fates({7, 8, 10}) == {7: Fate.ACCEPTED, 8: Fate.BEGUN}
    assert found.fates({9}) == {9: Fate.REFUSED}
    found.discard()
    assert list(folder.iterdir()) == []
    assert seize(claim) is None


def test_a_record_is_eight_bytes_and_one_cut_short_is_ignored(folder: Path) -> None:
    claim, large = uuid4(), 2**50
    journal = open_journal(claim)
    journal.note(large, Fate.BEGUN)
    journal.close()
    path = folder / str(claim)
    assert path.stat().st_size == 16, "the first speaks of no row"
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open("ab") as file:
        file.write(b"\0\0\0")
    found = seize(claim)
    assert found is not None
    assert found.fates({large, 0}) == {large: Fate.BEGUN}
    found.discard()


def test_a_full_disk_is_said_at_the_record_that_does_not_fit_and_ever_after() -> None:
    journal = open_journal(uuid4())
    with files_of(28):
        journal.note(1, Fate.BEGUN)
        journal.note(1, Fate.ACCEPTED)
        with pytest.raises(JournalError) as refused:
            journal.note(2, Fate.BEGUN)
    assert refused.value.reason == "Le disque du serveur est plein"
    with pytest.raises(JournalError):
        journal.note(3, Fate.BEGUN)
    assert journal.fates({1, 2, 3}) == {1: Fate.ACCEPTED}
    journal.discard()


def test_a_full_disk_that_still_takes_empty_files_is_said_at_once(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with files_of(0), pytest.raises(JournalError) as refused:
        open_journal(uuid4())
    assert refused.value.reason == "Le disque du serveur est plein"
    assert list(folder.iterdir()) == []


def test_a_folder_that_can_not_be_made_is_said(folder: Path) -> None:
    folder.parent.write_bytes(b"")
    with pytest.raises(JournalError) as refused:
        open_journal(uuid4())
    assert refused.value.reason.startswith("Le journal d'envoi ne peut pas être écrit (")


def test_a_child_that_is_killed_lets_go_of_its_journal() -> None:
    claim, (reading, writing) = uuid4(), os.pipe()
    child = os.fork()
    if not child:
        journal = open_journal(claim)
        journal.note(1, Fate.BEGUN)
        os.write(writing, b"x")
        signal.pause()
    os.read(reading, 1)
    assert seize(claim) is None
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)
    found = seize(claim)
    assert found is not None
    assert found.fates({1}) == {1: Fate.BEGUN}
    found.discard()
