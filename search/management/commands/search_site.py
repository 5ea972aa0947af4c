"""The public search from a terminal: same engine, same answers."""

import json
from argparse import ArgumentParser
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError

from search import engine
from search.engine import Results
from search.query import Query
from search.wording import results_count

MAX_LIMIT = 1000


class Command(BaseCommand):
    help = "Cherche dans le site, avec le moteur de la page publique."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("query", metavar="QUERY")
        parser.add_argument("--type", action="append", default=[], metavar="T")
        parser.add_argument("--topic", action="append", default=[], metavar="T")
        parser.add_argument("--year", action="append", default=[], metavar="Y")
        parser.add_argument("--limit", type=int, default=engine.PER_PAGE, metavar="N")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: object, **options: object) -> None:
        limit = options["limit"]
        if not 1 <= limit <= MAX_LIMIT:
            raise CommandError(f"--limit va de 1 à {MAX_LIMIT}.", returncode=2)
        query = Query.parse(
            {
                "q": [options["query"]],
                "type": options["type"],
                "theme": options["topic"],
                "annee": [str(year) for year in options["year"]],
            }
        )
        found = engine.run(query, per_page=limit)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(found), ensure_ascii=False))
        else:
            self._print(found)

    def _print(self, found: Results) -> None:
        self.stdout.write(results_count(found.total))
        for hit in found.hits:
            self.stdout.write(f"{hit.card.label} · {hit.card.title}\n  {_path(hit.card.url)}")
        if found.suggestion:
            self.stdout.write(f"Vouliez-vous dire\u00a0: {found.suggestion}")


def _as_json(found: Results) -> dict[str, object]:
    return {
        "total": found.total,
        "results": [
            {
                "title": hit.card.title,
                "path": _path(hit.card.url),
                "type": hit.card.collection,
                "snippet": hit.passage.text,
            }
            for hit in found.hits
        ],
        "facets": {
            facet.name: [
                {"value": choice.value, "label": choice.label, "count": choice.count}
                for choice in facet.values
            ]
            for facet in found.facets
        },
        "suggestion": found.suggestion,
    }


def _path(url: str) -> str:
    return urlsplit(url).path
