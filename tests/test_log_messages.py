"""Each log message is explained, and each explanation has its message."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("home", "veille", "resources", "newsletter", "search", "config")
WRITTEN = re.compile(r"logger\.\w+\(\s*f?\"([a-z_]+\.[a-z_]+)[ \"]")
EXPLAINED = re.compile(r"^\| `([a-z_.]+)` \|", re.MULTILINE)


def test_every_log_message_is_explained_and_every_explanation_is_logged() -> None:
    files = [file for app in APPS for file in (ROOT / app).rglob("*.py")]
    written = {name for file in files for name in WRITTEN.findall(file.read_text("utf-8"))}
    explained = set(EXPLAINED.findall((ROOT / "docs/log-messages.md").read_text("utf-8")))
    assert written
    assert written == explained
