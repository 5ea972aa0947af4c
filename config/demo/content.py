"""Reads the demo's facts. The files hold titles, names and dates; every text is our own."""

import json
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"
IMAGES = Path(__file__).resolve().parent / "images"
SPEC = Path(__file__).resolve().parent / "hors-serie-2.json"


@cache
def facts(name: str) -> Any:
    """The content of one data file, named without its extension."""
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))


def many(pattern: str) -> list[Any]:
    """The lists of all files that match, joined in file order."""
    return [row for file in sorted(DATA.glob(f"{pattern}.json")) for row in facts(file.stem)]


def authorities(kind: str) -> list[dict[str, Any]]:
    """ "organisations", "persons" or "periodicals" of every authority file."""
    files = sorted(DATA.glob("authorities-*.json"))
    return [row for file in files for row in facts(file.stem).get(kind, [])]


def issue_spec() -> dict[str, Any]:
    return json.loads(SPEC.read_text("utf-8"))


def images() -> list[dict[str, str]]:
    return json.loads((IMAGES / "images.json").read_text("utf-8"))
