"""`process_bounces DIRECTORY [--json]`"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError
from tqdm import tqdm

from newsletter.returns.mailbox import read_directory

PARTLY, UNUSABLE = 1, 2
WORDS = {
    "ended": "abonnements terminés",
    "counted": "refus passagers comptés",
    "none": "sans effet",
    "unknown-token": "jetons inconnus",
    "replay": "déjà lus",
    "unsubscribed": "désabonnements",
    "auto": "réponses automatiques, accusés et retards",
    "other": "messages à lire par une personne",
    "broken": "illisibles",
}


class Command(BaseCommand):
    help = (
        "Lit les retours (rebonds, plaintes, désabonnements) d'un Maildir ou d'un dossier de "
        "fichiers .eml. Les messages d'un Maildir passent de new à cur une fois traités."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", metavar="DIRECTORY", help="un Maildir, ou des .eml")
        parser.add_argument("--json", action="store_true", help="un seul objet JSON en sortie")

    def handle(self, *, directory: str, json: bool, **_: Any) -> None:
        root, counts, error = Path(directory), Counter[str](), ""
        try:
            files = sorted(self.files(root))
            for file in read_directory(self.bar(files), counts):
                self.done(root, file)
        except (OSError, DatabaseError, InterfaceError) as problem:
            error = f"Lecture interrompue\u00a0: {getattr(problem, 'strerror', None) or problem}."
        self.tell(counts, error, as_json=json)
        if error or counts["broken"]:
            sys.exit(PARTLY)

    def files(self, root: Path) -> Iterator[Path]:
        if not root.is_dir():
            raise CommandError("Ce dossier n'existe pas.", returncode=UNUSABLE)
        if (root / "new").is_dir() and (root / "cur").is_dir():
            return (file for file in (root / "new").iterdir() if file.is_file())
        return (file for file in root.glob("*.eml") if file.is_file())

    def bar(self, files: list[Path]) -> Iterator[Path]:
        """Shown on stderr after two seconds, and only to a terminal."""
        return iter(tqdm(files, unit="message", delay=2, disable=None, file=sys.stderr))

    def done(self, root: Path, file: Path) -> None:
        if file.parent == root / "new":
            file.rename(root / "cur" / f"{file.name.partition(':')[0]}:2,S")

    def tell(self, counts: Counter[str], error: str, *, as_json: bool) -> None:
        if as_json:
            numbers = {"read": counts["read"], **{name: counts[name] for name in WORDS}}
            self.stdout.write(json.dumps(numbers | {"error": error}, ensure_ascii=False))
            return
        self.stdout.write(f"{counts['read']} messages lus.")
        for name, words in WORDS.items():
            if counts[name]:
                self.stdout.write(f"{counts[name]} {words}.")
        if error:
            self.stderr.write(error)
