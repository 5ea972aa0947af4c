"""`mailing MAILING status|pause|resume|cancel|retry-failed|release-uncertain [--json]`"""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsletter.engine import steering
from newsletter.errors import LetterError
from newsletter.models import Mailing

REFUSED, UNUSABLE = 1, 2
ACTIONS = {
    "pause": steering.pause,
    "resume": steering.resume,
    "cancel": steering.cancel,
    "retry-failed": steering.retry_failed,
    "release-uncertain": steering.release_uncertain,
}
WORDS = {
    "total": "en tout",
    "pending": "en attente",
    "submitting": "en cours",
    "sent": "envoyés",
    "failed": "en échec",
    "uncertain": "incertains",
    "skipped": "écartés",
}


class Command(BaseCommand):
    help = "Montre ou conduit un envoi."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("mailing", metavar="MAILING", type=int)
        parser.add_argument("action", choices=["status", *ACTIONS])
        parser.add_argument("--json", action="store_true", help="un seul objet JSON en sortie")

    def handle(self, *, mailing: int, action: str, json: bool, **_: Any) -> None:
        found = Mailing.objects.filter(pk=mailing).first()
        if found is None:
            raise CommandError(f"L'envoi {mailing} n'existe pas.", returncode=UNUSABLE)
        refusal = ""
        try:
            if action in ACTIONS:
                ACTIONS[action](found)
        except LetterError as error:
            refusal = str(error)
        found.refresh_from_db()
        self.tell(found, refusal, as_json=json)
        if refusal:
            self.stderr.write(refusal)
            sys.exit(REFUSED)

    def tell(self, mailing: Mailing, refusal: str, *, as_json: bool) -> None:
        counts = mailing.counts()
        if as_json:
            facts: dict[str, Any] = {"state": mailing.state, **counts}
            if refusal:
                facts["error"] = refusal
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
            return
        numbers = ", ".join(f"{counts[name]} {word}" for name, word in WORDS.items())
        note = f" ({mailing.note})" if mailing.note else ""
        self.stdout.write(f"{mailing.get_state_display()}{note}\u00a0: {numbers}.")
