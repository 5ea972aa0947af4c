"""`assemble_issue SPEC.json [--wait] [--json]`: rings the Celery task that makes the draft."""

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from celery.exceptions import TimeoutError as TaskTimeoutError
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

from newsletter.errors import SpecError
from newsletter.spec import parse_spec
from newsletter.tasks import assemble

PARTLY, UNUSABLE = 1, 2
WAIT_SECONDS = 300


class Command(BaseCommand):
    help = "Assemble un numéro d'après sa spécification JSON (« - » : l'entrée standard)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("spec", metavar="SPEC.json")
        parser.add_argument("--wait", action="store_true", help="attend la fin de la tâche")
        parser.add_argument("--json", action="store_true", help="un seul objet JSON en sortie")

    def handle(self, *, spec: str, wait: bool, json: bool, **options: Any) -> None:
        data = self.read(spec)
        if not wait:
            self.write({"task": self.ring(data).id}, as_json=json)
            return
        borrow = settings.WORKER_FOR_COMMANDS
        with import_string(borrow)() if borrow else nullcontext():
            try:
                result = self.ring(data).get(timeout=WAIT_SECONDS)
            except TaskTimeoutError as error:
                raise CommandError(
                    "Aucun worker n'a répondu en cinq minutes\u00a0: est-il démarré\u00a0?",
                    returncode=PARTLY,
                ) from error
        self.tell(result, as_json=json)

    def read(self, name: str) -> Any:
        try:
            text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")
            data = json.loads(text)
            parse_spec(data)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(
                f"Le fichier {name} n'existe pas, ou n'est pas un texte lisible.",
                returncode=UNUSABLE,
            ) from error
        except json.JSONDecodeError as error:
            raise CommandError(
                f"JSON invalide, ligne {error.lineno}, colonne {error.colno}.",
                returncode=UNUSABLE,
            ) from error
        except SpecError as error:
            raise CommandError("\n".join(error.problems), returncode=UNUSABLE) from error
        return data

    def ring(self, data: Any) -> Any:
        try:
            return assemble.delay(data)
        except (OperationalError, RuntimeError) as error:  # the broker, the result store
            raise CommandError(
                "Redis ne répond pas\u00a0: la tâche n'a pas pu être confiée.", returncode=PARTLY
            ) from error

    def tell(self, result: dict[str, Any], *, as_json: bool) -> None:
        if "refused" in result:
            words = "\n".join(result.pop("refused"))
            code = UNUSABLE if result.pop("unusable") else PARTLY
            if as_json and code == PARTLY:
                self.write(result | {"error": words}, as_json=True)
            raise CommandError(words, returncode=code)
        report = result["report"]
        for warning in report["warnings"]:
            self.stderr.write(warning)
        self.write(report, as_json=as_json)
        if report["html_bytes"] == 0 or report["html_bytes"] > settings.LETTER_MAX_BYTES:
            sys.exit(PARTLY)

    def write(self, value: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(value, ensure_ascii=False))
            return
        for name, content in value.items():
            self.stdout.write(f"{name}\u00a0: {json.dumps(content, ensure_ascii=False)}")
