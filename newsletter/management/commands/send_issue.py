"""`send_issue ISSUE [--test ADDRESS]… [--at DATETIME] [--json]`"""

import json
import sys
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from newsletter.engine.dispatch import start
from newsletter.engine.refusals import MailingExistsError, TestAddressError
from newsletter.engine.trials import send_test
from newsletter.errors import LetterError
from newsletter.models import Issue, Mailing

REFUSED, UNUSABLE = 1, 2


class Command(BaseCommand):
    help = "Envoie un numéro publié à ses abonnés confirmés, ou un essai à quelques adresses."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("issue", metavar="ISSUE", type=int)
        parser.add_argument("--test", metavar="ADDRESS", action="append", default=[])
        parser.add_argument("--at", metavar="DATETIME", help="2026-12-01T09:00 (heure de Paris)")
        parser.add_argument("--json", action="store_true", help="un seul objet JSON en sortie")

    def handle(self, *, issue: int, test: list[str], at: str, json: bool, **_: Any) -> None:
        page = Issue.objects.filter(pk=issue).first()
        if page is None:
            raise CommandError(f"Le numéro {issue} n'existe pas.", returncode=UNUSABLE)
        if test and at:
            raise CommandError("--test et --at ne vont pas ensemble.", returncode=UNUSABLE)
        moment = self.moment(at) if at else None
        try:
            if test:
                mailing = send_test(page.get_latest_revision_as_object(), test)
            else:
                mailing = start(page, at=moment)
        except TestAddressError as error:
            raise CommandError(str(error), returncode=UNUSABLE) from error
        except LetterError as error:
            known = error.mailing if isinstance(error, MailingExistsError) else None
            self.refuse(str(error), known, as_json=json)
        else:
            mailing.refresh_from_db()
            self.tell(mailing, as_json=json)

    def moment(self, text: str) -> datetime:
        try:
            day = parse_date(text)
            found = parse_datetime(text) or (day and datetime(day.year, day.month, day.day))
        except ValueError:
            found = None
        if not found:
            raise CommandError(
                f"«\u00a0{text}\u00a0» n'est pas une date\u00a0: écrivez 2026-12-01T09:00.",
                returncode=UNUSABLE,
            )
        found = found if timezone.is_aware(found) else timezone.make_aware(found)
        if found <= timezone.now():
            raise CommandError("Cette date est passée.", returncode=UNUSABLE)
        return found

    def refuse(self, message: str, mailing: Mailing | None, *, as_json: bool) -> None:
        if as_json:
            named = self.facts(mailing) if mailing else {"mailing": None}
            self.stdout.write(json.dumps(named | {"error": message}, ensure_ascii=False))
        self.stderr.write(message)
        sys.exit(REFUSED)

    def tell(self, mailing: Mailing, *, as_json: bool) -> None:
        facts = self.facts(mailing)
        if as_json:
            self.stdout.write(json.dumps(facts))
            return
        self.stdout.write(
            f"Envoi {mailing.pk}, {mailing.get_state_display().lower()}\u00a0: "
            f"{facts['recipients']} destinataires."
        )

    def facts(self, mailing: Mailing) -> dict[str, Any]:
        total = mailing.counts()["total"]
        return {"mailing": mailing.pk, "state": mailing.state, "recipients": total}
