"""`load_demo`: a believable French centre, from the facts of a real bulletin. Idempotent."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from tqdm import tqdm

from config.demo.loading import load_everything


class Command(BaseCommand):
    help = "Charge la démonstration : pages, thèmes, réglages, abonnés. La relancer ne change rien."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="un seul objet JSON en sortie")

    def handle(self, *, json: bool, **options: Any) -> None:
        with (
            transaction.atomic(),
            tqdm(desc="Démonstration", unit=" p.", file=self.stderr, leave=False) as bar,
        ):
            loaded = load_everything(bar.update)
        self.tell(loaded, as_json=json)

    def tell(self, loaded: dict[str, int], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(loaded))
        else:
            self.stdout.write(f"{loaded['pages']} pages et {loaded['subscribers']} abonnés.")
