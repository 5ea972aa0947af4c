"""`publish_issue ISSUE`: publishes the page's latest revision."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsletter.models import Issue

REFUSED, UNUSABLE = 1, 2


class Command(BaseCommand):
    help = "Publie la dernière version d'un numéro."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("issue", metavar="ISSUE", type=int)

    def handle(self, *, issue: int, **_: Any) -> None:
        page = Issue.objects.filter(pk=issue).first()
        if page is None:
            raise CommandError(f"Le numéro {issue} n'existe pas.", returncode=UNUSABLE)
        try:
            (page.get_latest_revision() or page.save_revision()).publish()
        except ValidationError as error:
            why = " ".join(error.messages)
            raise CommandError(f"Publication refusée\u00a0: {why}", returncode=REFUSED) from error
        page.refresh_from_db()
        self.stdout.write(f"Publié\u00a0: {page.url}")
