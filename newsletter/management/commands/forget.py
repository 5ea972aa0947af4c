"""`forget [--dry-run] [--json]`"""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from home.personal import rules
from newsletter.readers.retention import forget

PARTLY = 1


class Command(BaseCommand):
    help = "Oublie ce dont le délai de conservation est passé, comme la tâche de nuit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="compte, n'oublie rien")
        parser.add_argument("--json", action="store_true", help="un seul objet JSON en sortie")

    def handle(self, *, dry_run: bool, json: bool, **_: Any) -> None:
        done = forget(dry=dry_run)
        self.tell(done, as_json=json)
        if done["failed"]:
            sys.exit(PARTLY)

    def tell(self, done: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(done, ensure_ascii=False))
            return
        for rule in rules():
            if rule.key in done["failed"]:
                self.stderr.write(f"{rule.label}\u00a0: en échec.")
            else:
                count = done["counts"].get(rule.key, 0)
                self.stdout.write(f"{rule.label} ({rule.delay()})\u00a0: {count}")
        if done["dry_run"]:
            self.stdout.write("Rien n'a été oublié\u00a0: c'était un essai.")
