"""`processing_record [--output FILE]`"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsletter.readers.processing_record import markdown, record

UNUSABLE = 2


class Command(BaseCommand):
    help = "Écrit en Markdown le registre des activités de traitement (RGPD, article 30)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", metavar="FILE", help="par défaut, la sortie standard")

    def handle(self, *, output: str | None, **_: Any) -> None:
        text = markdown(record())
        if not output:
            self.stdout.write(text, ending="")
            return
        try:
            Path(output).write_text(text, "utf-8")
        except OSError as error:
            why = error.strerror or error
            raise CommandError(f"Écriture impossible\u00a0: {why}.", returncode=UNUSABLE) from error
