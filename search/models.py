"""The index: one row an entry, its facets, and the words that entries use.

The structures that databases search in (a weighted vector on PostgreSQL, an FTS5 table on
SQLite) are kept by the database itself from these rows: see migration 0002. A later migration
that alters `SearchEntry` on SQLite must create 0002's triggers again, since Django remakes
the table.
"""

from typing import Self

from django.db import models
from django.db.models import F
from django.db.models.expressions import Combinable
from django.db.models.sql.compiler import SQLCompiler
from wagtail.models import Page

from search.analysis import BREAK
from search.backends import postgresql, sqlite
from search.clauses import Clause


class Holds(models.Func):
    """True where the row's words hold the clause; for `filter()` on `SearchEntry` and `When`."""

    output_field = models.BooleanField()
    conditional = True

    def __init__(self, clause: Clause, row: Combinable | None = None) -> None:
        super().__init__(row or F("pk"))
        self.clause = clause

    def as_sqlite(self, compiler: SQLCompiler, connection: object, **extra: object) -> tuple:
        row, params = compiler.compile(self.source_expressions[0])
        found = "SELECT rowid FROM search_words WHERE search_words MATCH %s"
        return f"{row} IN ({found})", [*params, sqlite.match_text(self.clause)]

    def as_postgresql(self, compiler: SQLCompiler, connection: object, **extra: object) -> tuple:
        alias = compiler.quote_name_unless_alias(self.source_expressions[0].alias)
        return f'{alias}."words" @@ %s::tsquery', [postgresql.match_text(self.clause)]


class SearchEntryQuerySet(models.QuerySet):
    def listed(self) -> Self:
        """What anybody may see now, whatever the index remembers."""
        # Row by row, so that the cost follows the matches and not the size of the site.
        public = Page.objects.live().public().filter(pk=models.OuterRef("pk"))
        return self.filter(models.Exists(public))

    def holding(self, clause: Clause) -> Self:
        return self.filter(Holds(clause))

    def without(self, clause: Clause) -> Self:
        return self.filter(~models.Q(Holds(clause)))

    def in_facet(self, name: str, values: tuple[str, ...]) -> Self:
        """Entries that carry any of these values."""
        chosen = SearchFacet.objects.filter(name=name, value__in=values)
        return self.filter(pk__in=chosen.values("entry_id"))


class SearchEntry(models.Model):
    """One listed page as the search knows it: tokens by weight, and plain text to quote."""

    page = models.OneToOneField(
        "wagtailcore.Page", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    collection = models.CharField(max_length=40)
    title = models.TextField()
    names = models.TextField()
    subjects = models.TextField()
    body = models.TextField()
    title_length = models.PositiveSmallIntegerField()
    title_key = models.CharField(max_length=120)
    sort_date = models.DateField(null=True)
    text = models.TextField()

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "entrée de la recherche"
        verbose_name_plural = "entrées de la recherche"

    def __str__(self) -> str:
        return f"{self.collection} {self.pk}"

    def words_used(self) -> set[str]:
        """Its distinct tokens."""
        fields = (self.title, self.names, self.subjects, self.body)
        return {token for field in fields for token in field.split()} - {BREAK}


class SearchFacet(models.Model):
    """One value of one entry under one facet."""

    entry = models.ForeignKey(SearchEntry, on_delete=models.CASCADE, related_name="facets")
    name = models.CharField(max_length=20)
    value = models.CharField(max_length=120)
    label = models.CharField(max_length=200)

    class Meta:
        verbose_name = "valeur de facette"
        verbose_name_plural = "valeurs de facettes"
        constraints = [
            models.UniqueConstraint(fields=["entry", "name", "value"], name="one_value_per_entry")
        ]
        indexes = [models.Index(fields=["name", "value", "entry"], name="by_facet_value")]

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


class SearchWord(models.Model):
    """A word that listed entries use: its token, how it is written, in how many entries."""

    token = models.CharField(max_length=60, primary_key=True)
    shown = models.CharField(max_length=80)
    letters = models.PositiveSmallIntegerField(db_index=True)
    entries = models.IntegerField(default=0)

    class Meta:
        verbose_name = "mot connu"
        verbose_name_plural = "mots connus"

    def __str__(self) -> str:
        return self.shown
