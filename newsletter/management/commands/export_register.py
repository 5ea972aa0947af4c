"""`export_register [--from DATE] [--to DATE] [--kind KIND] [--bulletin SLUG] [--output FILE]`"""

import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from newsletter.models import Bulletin, ConsentEvent
from newsletter.readers.exports import csv_lines, log_export
from newsletter.readers.register import HEADER, RegisterForm, events, filters_in_words, row

UNUSABLE = 2
CHUNK = 2000


def day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


class Command(BaseCommand):
    help = (
        "Écrit le registre des consentements en CSV, pour le délégué à la protection des données."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="start", type=day, metavar="AAAA-MM-JJ")
        parser.add_argument("--to", dest="end", type=day, metavar="AAAA-MM-JJ", help="compris")
        parser.add_argument("--kind", choices=ConsentEvent.Kind.values)
        parser.add_argument("--bulletin", metavar="SLUG")
        parser.add_argument("--output", metavar="FILE", help="par défaut, la sortie standard")

    def handle(self, *, output: str | None, **given: Any) -> None:
        form = RegisterForm(self.filters(given))
        found = events(form)
        if form.errors:
            words = " ".join(error for errors in form.errors.values() for error in errors)
            raise CommandError(words, returncode=UNUSABLE)
        count = found.count()
        # Written before the first line leaves: an export cut short is an export.
        log_export(None, "Registre des consentements", count, f"commande, {filters_in_words(form)}")
        rows = (row(event) for event in found.iterator(CHUNK))
        bar = tqdm(rows, total=count, unit="trace", delay=2, disable=None, file=sys.stderr)
        self.write(output, csv_lines(HEADER, bar))

    def filters(self, given: dict[str, Any]) -> dict[str, Any]:
        slug = given.pop("bulletin")
        filters = {name: value for name, value in given.items() if value}
        if slug:
            found = Bulletin.objects.filter(slug=slug).first()
            if found is None:
                raise CommandError("Ce bulletin n'existe pas.", returncode=UNUSABLE)
            filters["bulletin"] = found.pk
        return filters

    def write(self, output: str | None, lines: Iterable[str]) -> None:
        if not output:
            for line in lines:
                self.stdout.write(line, ending="")
            return
        try:
            with Path(output).open("w", encoding="utf-8", newline="") as file:
                file.writelines(lines)
        except OSError as error:
            why = error.strerror or error
            raise CommandError(f"Écriture impossible\u00a0: {why}.", returncode=UNUSABLE) from error
