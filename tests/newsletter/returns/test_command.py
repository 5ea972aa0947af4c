"""`process_bounces`."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from newsletter.models import Bounce
from newsletter.returns import mailbox
from tests.newsletter.returns.coming_back import dsn, sent

pytestmark = pytest.mark.django_db


def run(folder: Path, *options: str) -> str:
    out = StringIO()
    call_command("process_bounces", str(folder), *options, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.fixture
def maildir(home, tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new/1.a").write_bytes(dsn(sent(), "5.2.2", "full"))
    (tmp_path / "new/2.b").write_bytes(b"From: a@b.fr\r\n\r\nBonjour")
    return tmp_path


def test_a_maildir_is_read_and_its_messages_become_seen(maildir: Path):
    assert run(maildir) == (
        "2 messages lus.\n1 refus passagers comptés.\n1 messages à lire par une personne.\n"
    )
    assert sorted(file.name for file in (maildir / "cur").iterdir()) == ["1.a:2,S", "2.b:2,S"]
    assert list((maildir / "new").iterdir()) == []
    assert Bounce.objects.count() == 1


def test_json_is_one_object_with_every_count(maildir: Path):
    told = json.loads(run(maildir, "--json"))
    assert told == {
        "read": 2,
        "ended": 0,
        "counted": 1,
        "none": 0,
        "unknown-token": 0,
        "replay": 0,
        "unsubscribed": 0,
        "auto": 0,
        "other": 1,
        "broken": 0,
        "error": "",
    }


def test_a_directory_of_eml_is_read_and_left_as_it_is(home, tmp_path: Path):
    (tmp_path / "a.eml").write_bytes(dsn(sent(), "5.2.2", "full"))
    (tmp_path / "b.txt").write_bytes(b"autre chose")
    assert json.loads(run(tmp_path, "--json"))["counted"] == 1
    assert json.loads(run(tmp_path, "--json"))["replay"] == 1
    assert Bounce.objects.count() == 1


def test_a_message_that_breaks_us_is_counted_and_said(maildir: Path, monkeypatch):
    def breaks(raw: bytes) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(mailbox, "handle", breaks)
    with pytest.raises(SystemExit) as left:
        run(maildir)
    assert left.value.code == 1


def test_no_such_directory(tmp_path: Path):
    with pytest.raises(CommandError) as refusal:
        run(tmp_path / "rien")
    assert (str(refusal.value), refusal.value.returncode) == ("Ce dossier n'existe pas.", 2)
