"""`send_digests [--dry-run] [--json]`: makes the digests that are due, as the beat does."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from newsletter.models import Bulletin, Mailing
from newsletter.periods import FREQUENCIES, due
from newsletter.readers.digests.outlook import outlook_of
from newsletter.readers.digests.runs import mailing_of, send_due, was_settled


class Command(BaseCommand):
    help = "Prépare les résumés thématiques dont l'heure est venue\u00a0; ils partent aussitôt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="dit ce qui est dû, n'écrit rien"
        )
        parser.add_argument("--json", action="store_true", help="un seul objet JSON en sortie")

    def handle(self, *, dry_run: bool, json: bool, **_: Any) -> None:
        found = self.foreseen() if dry_run else self.made()
        if json:
            self.write_json({"due" if dry_run else "made": found})
            return
        for row in found:
            self.stdout.write(
                f"{row['bulletin']}\u00a0: {row['label']} – {row['readers']} abonné(s), "
                f"{row['contents']} combinaison(s)"
            )
        if not found:
            self.stdout.write("Aucun résumé à envoyer.")

    def made(self) -> list[dict[str, Any]]:
        mailings = Mailing.objects.filter(pk__in=send_due()).select_related("bulletin")
        return [
            {
                "mailing": mailing.pk,
                "bulletin": mailing.bulletin.slug,
                "label": mailing.label,
                "readers": mailing.deliveries.count(),
                "contents": mailing.contents.count(),
            }
            for mailing in mailings.order_by("pk")
        ]

    def foreseen(self) -> list[dict[str, Any]]:
        zone, rows = timezone.get_default_timezone(), []
        for bulletin in Bulletin.objects.live().filter(offers_digests=True).order_by("pk"):
            for frequency in FREQUENCIES:
                window = due(frequency, timezone.now(), settings.DIGEST_HOUR, zone)
                if mailing_of(bulletin, window) or was_settled(bulletin, window):
                    continue
                outlook = outlook_of(bulletin, window)
                told = [row for row in outlook.rows if row.count]
                if told:
                    rows.append(
                        {
                            "bulletin": bulletin.slug,
                            "label": window.label,
                            "readers": sum(row.readers for row in told),
                            "contents": len(told),
                        }
                    )
        return rows

    def write_json(self, value: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False))
