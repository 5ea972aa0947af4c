"""`export_notices`: the published notices as a file, or as printed lines, on stdout."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db.models import Q
from django.utils.module_loading import import_string
from tqdm import tqdm

from home.cards import citation_text
from veille.citation import STYLES, full_title
from veille.exports import bibtex, csl_json, ris
from veille.models import Notice
from veille.records import NoticeRecord, Reference

FILES = {"csl-json": csl_json, "ris": ris, "bibtex": bibtex}
PRINTED = {f"citation-{style}": style for style in STYLES}
BATCH = 1000
MOST = 1_000_000


class Command(BaseCommand):
    help = (
        "Exporte les notices publiées\u00a0: CSL-JSON, RIS, BibTeX, ou une citation par paragraphe."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=[*FILES, *PRINTED], default="csl-json")
        parser.add_argument(
            "--query", metavar="TEXT", help="ce que trouve la recherche du site, dans son ordre"
        )
        parser.add_argument(
            "--tag", metavar="TEXT", help="un thème ou un mot-clé, par son nom ou son identifiant"
        )

    def handle(
        self, *args: object, format: str, query: str | None, tag: str | None, **options: object
    ) -> None:
        found = ids(query, tag)
        with tqdm(
            total=len(found), unit="notice", desc="Export", file=sys.stderr, delay=2, leave=False
        ) as bar:
            read = references(found, bar)
            if format in FILES:
                text = FILES[format](read)
            else:
                text = "\n\n".join(paragraph(r.record, PRINTED[format]) for r in read)
        # The files end their own lines; RIS needs its CRLF untouched.
        self.stdout.write(text, ending="" if format in FILES or not text else "\n")


def ids(query: str | None, tag: str | None) -> list[int]:
    """Listed notices that the search finds for `query` and that carry `tag`.

    In the search's order; without a query, the latest on the site first.
    """
    notices = Notice.objects.listed()
    if tag is not None:
        notices = notices.filter(tagged(tag)).distinct()
    wanted = list(notices.newest_first().values_list("pk", flat=True))
    if query is None:
        return wanted
    kept = set(wanted)
    finder = import_string(settings.ENTRY_FINDER)
    return [pk for pk in finder(query, MOST, collection=Notice.collection) if pk in kept]


def tagged(text: str) -> Q:
    """A topic or a keyword, named by its slug or its name."""
    text = text.strip()
    named = Q()
    for path in ("topic_items__tag", "keyword_items__tag"):
        named |= Q(**{f"{path}__slug": text}) | Q(**{f"{path}__name__iexact": text})
    return named


def references(found: list[int], bar: tqdm) -> Iterator[Reference]:
    """The notices of these ids, in their order; a constant number of queries every BATCH."""
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        pages = {page.pk: page for page in Notice.objects.filter(pk__in=batch).for_export()}
        for pk in batch:
            if pk in pages:
                yield pages[pk].reference()
            bar.update()


def paragraph(record: NoticeRecord, style: str) -> str:
    """One notice on one line in a house style, which says the title where the style leaves it."""
    line = citation_text(STYLES[style](record))
    if style == "bibliography":
        return line
    title = full_title(record)
    mark = "" if title.endswith((".", "?", "!", "…", ":")) else "."
    return f"{title}{mark} {line}".strip() if line else title
