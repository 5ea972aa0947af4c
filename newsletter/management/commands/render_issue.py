"""`render_issue ISSUE --format html|text|mjml [--output FILE]`: the latest revision, rendered."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsletter.errors import LetterError
from newsletter.models import Issue
from newsletter.rendering import render

FORMATS = ("html", "text", "mjml")


class Command(BaseCommand):
    help = "Écrit le courriel d'un numéro (dernière révision) : HTML, texte ou MJML."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("issue", type=int)
        parser.add_argument("--format", choices=FORMATS, required=True)
        parser.add_argument("--output", type=Path, help="fichier à écrire ; sinon la sortie")

    def handle(self, *, issue: int, format: str, output: Path | None, **options: Any) -> None:
        found = Issue.objects.filter(pk=issue).first()
        if found is None:
            raise CommandError(f"Le numéro {issue} n'existe pas.", returncode=2)
        try:
            rendered = render(found.get_latest_revision_as_object().document())
        except LetterError as error:
            raise CommandError(str(error), returncode=1) from error
        text = getattr(rendered, format)
        if output is None:
            self.stdout.write(text, ending="")
            return
        try:
            output.write_text(text, "utf-8")
        except OSError as error:
            raise CommandError(
                f"Le fichier {output} ne peut pas être écrit.", returncode=1
            ) from error
