"""`preflight_issue ISSUE [--json]`: what forbids the latest version of an issue to leave."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsletter.checking import preflight
from newsletter.models import Issue

BLOCKED, UNUSABLE = 1, 2


class Command(BaseCommand):
    help = "Vérifie la dernière version d'un numéro avant son envoi."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("issue", metavar="ISSUE", type=int)
        parser.add_argument("--json", action="store_true", help="un seul objet JSON en sortie")

    def handle(self, *, issue: int, json: bool, **_: Any) -> None:
        page = Issue.objects.filter(pk=issue).first()
        if page is None:
            raise CommandError(f"Le numéro {issue} n'existe pas.", returncode=UNUSABLE)
        report = preflight(page.get_latest_revision_as_object())
        if page.live and page.has_unpublished_changes:
            words = "La version vérifiée est la dernière enregistrée\u00a0; la version publiée, "
            self.stderr.write(f"{words}celle qui part, en diffère.")
        if json:
            self.stdout.write(dumped(report.as_json()))
        else:
            for finding in report.blocking:
                self.stdout.write(f"Bloquant\u00a0: {finding.message} {finding.where}")
            for finding in report.warnings:
                self.stdout.write(f"À vérifier\u00a0: {finding.message} {finding.where}")
            if report.ok:
                self.stdout.write("Bon à diffuser.")
        if not report.ok:
            sys.exit(BLOCKED)


def dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
