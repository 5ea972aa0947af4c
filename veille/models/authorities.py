"""Authorities: persons, organisations and periodicals, each once, with its variant names."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from wagtail.search import index

from home.models.sortable import SortField


class Person(index.Indexed, models.Model):
    """Somebody who writes, directs, speaks. The particle belongs to the family name."""

    family_name = models.CharField("nom", max_length=120)
    given_name = models.CharField("prénom", max_length=120, blank=True)
    qualifier = models.CharField(
        "précision", max_length=80, blank=True, help_text="Pour distinguer deux homonymes."
    )
    variants = models.TextField("autres formes", blank=True, help_text="Une forme par ligne.")

    search_fields = [
        index.SearchField("family_name"),
        index.SearchField("given_name"),
        index.AutocompleteField("family_name"),
        index.AutocompleteField("given_name"),
        *(index.FilterField(name) for name in ("family_name", "given_name", "qualifier")),
    ]

    class Meta:
        verbose_name = "personne"
        verbose_name_plural = "personnes"
        ordering = ["family_name", "given_name"]
        constraints = [
            models.UniqueConstraint(
                Lower("family_name"),
                Lower("given_name"),
                Lower("qualifier"),
                name="one_person_per_name",
                violation_error_message="Cette personne a déjà sa fiche.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.family_name} {self.given_name}".strip()

    def names(self) -> str:
        """Every form that a reader may type, both orders."""
        return f"{self.given_name} {self.family_name}\n{self}\n{self.variants}".strip()


class Organisation(index.Indexed, models.Model):
    """A body: one record whatever its spellings; it may have become another."""

    class Kind(models.TextChoices):
        STATE = "etat", "État"
        AUTHORITY = "collectivite", "Collectivité"
        AGENCY = "agence-urbanisme", "Agence d'urbanisme"
        ASSOCIATION = "association", "Association, fondation"
        PUBLISHER = "editeur", "Éditeur"
        UNIVERSITY = "universite", "Université, laboratoire"
        SCHOOL = "ecole", "École"
        COMPANY = "entreprise", "Entreprise"
        INTERNATIONAL = "international", "Organisation internationale"

    name = models.CharField("nom", max_length=200)
    acronym = models.CharField("sigle", max_length=40, blank=True)
    variants = models.TextField("autres formes", blank=True, help_text="Une forme par ligne.")
    kind = models.CharField("nature", max_length=20, choices=Kind, blank=True)
    url = models.URLField("site", max_length=500, blank=True)
    becomes = models.ForeignKey(
        "self",
        verbose_name="devient",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessors",
    )

    search_fields = [
        index.SearchField("name"),
        index.SearchField("acronym"),
        index.SearchField("variants"),
        index.AutocompleteField("name"),
        index.AutocompleteField("acronym"),
        *(index.FilterField(name) for name in ("name", "acronym", "kind", "becomes")),
        SortField("becomes"),
    ]

    class Meta:
        verbose_name = "organisme"
        verbose_name_plural = "organismes"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="one_organisation_per_name",
                violation_error_message="Cet organisme a déjà sa fiche.",
            ),
            models.CheckConstraint(
                condition=Q(becomes__isnull=True) | ~Q(becomes=F("id")),
                name="organisation_does_not_become_itself",
                violation_error_message="Un organisme ne peut pas devenir lui-même.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.acronym})" if self.acronym else self.name

    def clean(self) -> None:
        super().clean()
        successor, seen = self.becomes, set()
        while successor is not None and successor.pk not in seen:
            if successor.pk == self.pk:
                raise ValidationError({"becomes": "Cette suite tourne en rond."})
            seen.add(successor.pk)
            successor = successor.becomes

    @property
    def short(self) -> str:
        return self.acronym or self.name

    def own_names(self) -> str:
        return f"{self.name}\n{self.acronym}\n{self.variants}".strip()

    def names(self) -> str:
        """Every form that a reader may type, with the names of what it was and has become."""
        related = [self.becomes] if self.becomes else []
        related += list(self.predecessors.all())
        return "\n".join([self.own_names(), *(body.own_names() for body in related)])


class Periodical(index.Indexed, models.Model):
    """A journal, a magazine, a news site."""

    title = models.CharField("titre", max_length=200)
    issn = models.CharField("ISSN", max_length=9, blank=True)
    url = models.URLField("site", max_length=500, blank=True)
    publisher = models.ForeignKey(
        Organisation,
        verbose_name="éditeur",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="periodicals",
    )

    search_fields = [
        index.SearchField("title"),
        index.AutocompleteField("title"),
        *(index.FilterField(name) for name in ("title", "issn", "publisher")),
        SortField("publisher"),
    ]

    class Meta:
        verbose_name = "périodique"
        verbose_name_plural = "périodiques"
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                Lower("title"),
                name="one_periodical_per_title",
                violation_error_message="Ce périodique a déjà sa fiche.",
            ),
            models.UniqueConstraint(
                fields=["issn"],
                condition=~Q(issn=""),
                name="one_periodical_per_issn",
                violation_error_message="Un autre périodique porte déjà cet ISSN.",
            ),
        ]

    def __str__(self) -> str:
        return self.title
