"""`mailing MAILING status|pause|resume|cancel|retry-failed|release-uncertain [--json] [--watch]`"""

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from newsletter.engine import steering
from newsletter.errors import LetterError
from newsletter.figures.progress import Progress, progress_of
from newsletter.figures.progress import as_json as facts_of
from newsletter.figures.wording import counted
from newsletter.models import Mailing

REFUSED, UNUSABLE = 1, 2
State = Mailing.State
MOVING = (State.PREPARING, State.SCHEDULED, State.READY, State.SENDING)
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
        parser.add_argument(
            "--watch",
            action="store_true",
            help="suit l'envoi jusqu'à sa fin ou sa pause, une barre sur la sortie d'erreur",
        )

    def handle(self, *, mailing: int, action: str, json: bool, watch: bool, **_: Any) -> None:
        found = Mailing.objects.filter(pk=mailing).first()
        if found is None:
            raise CommandError(f"L'envoi {mailing} n'existe pas.", returncode=UNUSABLE)
        refusal = ""
        try:
            if action in ACTIONS:
                ACTIONS[action](found)
        except LetterError as error:
            refusal = str(error)
        if watch and not refusal:
            self.watch(found)
        found.refresh_from_db()
        self.tell(found, refusal, as_json=json)
        if refusal:
            self.stderr.write(refusal)
            sys.exit(REFUSED)

    def watch(self, mailing: Mailing) -> None:
        """Until the mailing moves no more by itself; Ctrl+C stops watching, not the mailing."""
        with tqdm(unit=" messages", file=self.stderr, dynamic_ncols=True) as bar:
            try:
                while True:
                    mailing.refresh_from_db()
                    now = progress_of(mailing)
                    bar.total = now.counts["total"]
                    bar.set_description_str(f"Envoi {mailing.pk}, {mailing.get_state_display()}")
                    bar.set_postfix_str(", ".join(filter(None, (now.wave_label, now.eta))))
                    bar.update(now.done - bar.n)
                    if mailing.state not in MOVING:
                        return
                    time.sleep(now.poll_ms / 1000)
            except KeyboardInterrupt:
                return

    def tell(self, mailing: Mailing, refusal: str, *, as_json: bool) -> None:
        now = progress_of(mailing)
        if as_json:
            facts = facts_of(mailing, now) | ({"error": refusal} if refusal else {})
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
            return
        numbers = ", ".join(f"{now.counts[name]} {word}" for name, word in WORDS.items())
        note = f" ({mailing.note})" if mailing.note else ""
        self.stdout.write(f"{mailing.get_state_display()}{note}\u00a0: {numbers}.")
        for line in told(now):
            self.stdout.write(line)


def told(now: Progress) -> list[str]:
    """What there is to say beside the counts, a line each."""
    lines = []
    if now.pace:
        lines.append(", ".join(filter(None, (now.pace, now.eta))) + ".")
    if now.wave_label:
        lines.append(f"Vague\u00a0: {now.wave_label}, {now.wave_left} à servir.")
    if now.workers:
        workers = counted(now.workers, "programme d'envoi", "programmes d'envoi")
        lines.append(f"{workers}, {counted(now.connections, 'connexion', 'connexions')}.")
    lines += [f"{one.count} × {one.words} {one.said}".rstrip() for one in now.reasons]
    if now.domains:
        named = ", ".join(f"{one.name} {one.failed}" for one in now.domains)
        lines.append(f"Échecs par domaine\u00a0: {named}.")
    return lines
