"""The letter as `bench.letters.write` left it, for a process that has no Django."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from newsletter.engine.messages import Letter

FILE = Path(__file__).resolve().parents[2] / "var" / "bench" / "letter.json"
SENT_AT = datetime(2018, 10, 25, 9, 0, tzinfo=UTC)
TOKEN, TO, KEY = "TokenOfTheReaderABCDEF", "place@of-the-reader.example.org", "1.1"


@cache
def _found() -> dict:
    return json.loads(FILE.read_text("utf-8"))


def letter() -> Letter:
    return Letter(**_found()["letter"])


def template() -> bytes:
    """One reader's message, to be filled in by replacing TO and TOKEN."""
    return str(_found()["template"]).encode("ascii")
