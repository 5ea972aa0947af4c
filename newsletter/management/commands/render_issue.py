"""`render_issue ISSUE --format html|text|mjml|pdf [--output FILE]`: the latest revision."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsletter.errors import LetterError
from newsletter.models import Issue
from newsletter.pdf import render_pdf
from newsletter.rendering import render

FORMATS = ("html", "text", "mjml", "pdf")


class Command(BaseCommand):
    help = "Écrit un numéro (dernière révision)\u00a0: courriel HTML, texte, MJML, ou PDF."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("issue", type=int)
        parser.add_argument("--format", choices=FORMATS, required=True)
        parser.add_argument("--output", type=Path, help="fichier à écrire\u00a0; sinon la sortie")

    def handle(self, *, issue: int, format: str, output: Path | None, **options: Any) -> None:
        found = Issue.objects.filter(pk=issue).first()
        if found is None:
            raise CommandError(f"Le numéro {issue} n'existe pas.", returncode=2)
        try:
            document = found.get_latest_revision_as_object().document()
            if format == "pdf":
                content: str | bytes = render_pdf(document)
            else:
                content = getattr(render(document), format)
        except LetterError as error:
            raise CommandError(str(error), returncode=1) from error
        if output:
            self._save(content, output)
        elif isinstance(content, bytes):
            self.stdout.buffer.write(content)
            self.stdout.buffer.flush()
        else:
            self.stdout.write(content, ending="")

    def _save(self, content: str | bytes, output: Path) -> None:
        try:
            output.write_bytes(content if isinstance(content, bytes) else content.encode())
        except OSError as error:
            raise CommandError(
                f"Le fichier {output} ne peut pas être écrit.", returncode=1
            ) from error
