"""`check_links [--all] [--page PATH]… [--json]`: asks the addresses of the notices, now."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils import timezone
from tqdm import tqdm
from wagtail.models import Site

from veille import links
from veille.models import Notice, NoticeLink

UNUSABLE = 2
COUNTED = ("alive", "moved", "dead", "unknown")
WORDS = {"alive": "répondent", "moved": "déplacées", "dead": "mortes", "unknown": "sans verdict"}


class Command(BaseCommand):
    help = "Vérifie les liens des notices : ceux qui attendent leur tour, sauf mention contraire."

    def add_arguments(self, parser: ArgumentParser) -> None:
        scope = parser.add_mutually_exclusive_group()
        scope.add_argument("--all", action="store_true", help="tous les liens, même récents")
        scope.add_argument(
            "--page", action="append", default=[], metavar="PATH", help="ceux de cette notice"
        )
        parser.add_argument("--json", action="store_true", help="un seul objet JSON en sortie")

    def handle(self, *args: object, **options: Any) -> None:
        chosen = _chosen(everything=options["all"], paths=options["page"])
        told: list[links.Verdict] = []
        total = len(links.addresses(chosen))
        with tqdm(total=total, unit="lien", desc="Liens", file=sys.stderr) as bar:

            def tick(verdict: links.Verdict) -> None:
                told.append(verdict)
                bar.update()

            counts = links.check_links(chosen, tick)
        wanting = [verdict for verdict in told if verdict.health != links.ALIVE]
        if options["json"]:
            self.stdout.write(json.dumps(_facts(len(told), counts, wanting), ensure_ascii=False))
            return
        for verdict in wanting:
            self.stdout.write(_line(verdict))
        numbers = ", ".join(f"{counts[name]} {WORDS[name]}" for name in COUNTED)
        self.stdout.write(f"Adresses vérifiées\u00a0: {len(told)} ({numbers}).")


def _chosen(*, everything: bool, paths: list[str]) -> QuerySet[NoticeLink]:
    if everything:
        return NoticeLink.objects.order_by("pk")
    if paths:
        pages = [_notice(path).pk for path in paths]
        return NoticeLink.objects.filter(notice__in=pages).order_by("pk")
    return links.due(timezone.now())


def _notice(path: str) -> Notice:
    """The notice at this URL path."""
    root = Site.objects.select_related("root_page").get(is_default_site=True).root_page
    found = Notice.objects.filter(url_path=f"{root.url_path}{path.strip('/')}/").first()
    if found is None:
        raise CommandError(f"Aucune notice à l'adresse {path}", returncode=UNUSABLE)
    return found


def _facts(checked: int, counts: dict[str, int], wanting: list[links.Verdict]) -> dict[str, Any]:
    return {
        "checked": checked,
        **{name: counts[name] for name in COUNTED},
        "links": [
            {
                "url": verdict.url,
                "health": verdict.health or "unknown",
                "code": verdict.code,
                "moved_to": verdict.moved_to or None,
            }
            for verdict in wanting
        ],
    }


def _line(verdict: links.Verdict) -> str:
    state = NoticeLink.Health(verdict.health).label if verdict.health else "Sans verdict"
    code = f" ({verdict.code})" if verdict.code else ""
    ahead = f" → {verdict.moved_to}" if verdict.moved_to else ""
    return f"{state}{code}\u00a0: {verdict.url}{ahead}"
