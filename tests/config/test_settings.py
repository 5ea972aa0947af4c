"""Production refuses to start half-configured, and names what is missing."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WHOLE = {
    "DATABASE_URL": "sqlite://:memory:",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "SMTP_URL": "smtp://127.0.0.1:25",
    "SITE_URL": "https://lettre.example.org",
    "SECRET_KEY": "k" * 60,
    "ALLOWED_HOSTS": "lettre.example.org",
}


def check(**environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings.production"}
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_every_variable() -> None:
    assert check(**WHOLE).returncode == 0


def test_production_names_each_missing_variable() -> None:
    ended = check(**{k: v for k, v in WHOLE.items() if k not in {"SMTP_URL", "SECRET_KEY"}})
    assert ended.returncode != 0
    assert "SMTP_URL, SECRET_KEY" in ended.stderr
    assert "DATABASE_URL" not in ended.stderr.splitlines()[-1]
