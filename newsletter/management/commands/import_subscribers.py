"""`import_subscribers FILE.csv --provenance TEXT [--bulletin SLUG] [--json]`"""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from newsletter.models import Bulletin
from newsletter.readers.importing import ImportFileError, Row, import_subscribers

PARTLY, UNUSABLE = 1, 2


def bar(chunks: Iterable[list[Row]], total: int) -> Iterable[list[Row]]:
    """Shown on stderr after two seconds, and only to a terminal."""
    return tqdm(chunks, total=total, unit="lot", delay=2, disable=None, file=sys.stderr)


class Command(BaseCommand):
    help = "Abonne les adresses d'un fichier CSV (email, name, organisation, topics)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.csv", help="« - » : l'entrée standard")
        parser.add_argument("--provenance", required=True, help="d'où vient l'accord des personnes")
        parser.add_argument("--bulletin", metavar="SLUG", help="par défaut, le seul bulletin")
        parser.add_argument("--json", action="store_true", help="un seul objet JSON en sortie")

    def handle(self, *, file: str, provenance: str, bulletin: str, json: bool, **_: Any) -> None:
        content = self.read(file)
        target = self.bulletin(bulletin)
        try:
            report = asdict(import_subscribers(content, target, provenance, bar))
        except ImportFileError as error:
            raise CommandError(str(error), returncode=UNUSABLE) from error
        self.tell(report, as_json=json)
        if report["rejected"]:
            sys.exit(PARTLY)

    def read(self, name: str) -> bytes:
        try:
            return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            why = error.strerror or error
            raise CommandError(f"Lecture impossible\u00a0: {why}.", returncode=UNUSABLE) from error

    def bulletin(self, slug: str | None) -> Bulletin:
        found = Bulletin.objects.filter(slug=slug) if slug else Bulletin.objects.all()
        if not slug and found.count() > 1:
            raise CommandError(
                "Il y a plusieurs bulletins\u00a0: nommez-en un avec --bulletin.",
                returncode=UNUSABLE,
            )
        if first := found.first():
            return first
        raise CommandError("Ce bulletin n'existe pas.", returncode=UNUSABLE)

    def tell(self, report: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        self.stdout.write(
            f"{report['read']} lignes lues\u00a0: {report['created']} abonnés créés, "
            f"{report['already']} déjà abonnés, {report['suppressed']} tenus à l'écart, "
            f"{len(report['rejected'])} refusées."
        )
        for item in report["rejected"]:
            self.stderr.write(f"Ligne {item['line']}\u00a0: {item['reason']}")
