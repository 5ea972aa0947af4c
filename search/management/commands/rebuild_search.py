"""Indexes every listed page again."""

import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from tqdm import tqdm

from search.indexing import listed_count, rebuild


class Command(BaseCommand):
    help = "Reconstruit l'index de la recherche ; le site reste consultable pendant ce temps."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="sans barre de progression")

    def handle(self, *args: object, quiet: bool = False, **options: object) -> None:
        with tqdm(
            total=listed_count(), unit="page", desc="Index", file=sys.stderr, disable=quiet
        ) as bar:
            done = rebuild(bar.update)
        self.stderr.write(f"{done} page{'s' if done > 1 else ''} dans l'index.")
