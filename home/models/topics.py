"""Controlled topics (a tree), free keywords, and territories: what entries are found by."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from modelcluster.fields import ParentalKey
from taggit.models import ItemBase, TagBase
from wagtail.search import index

from home.models.sortable import SortField
from home.slugs import french_slugify


class FrenchTag(TagBase):
    """A tag whose slug keeps œ and separates elisions."""

    class Meta:
        abstract = True

    def slugify(self, tag: str, i: int | None = None) -> str:
        slug = french_slugify(tag, 90) or "mot"
        return slug if i is None else f"{slug}-{i}"


class Topic(index.Indexed, FrenchTag):
    """A controlled theme shared by every entry (a SKOS concept: preferred and other labels)."""

    free_tagging = False

    parent = models.ForeignKey(
        "self",
        verbose_name="thème parent",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    position = models.PositiveSmallIntegerField("rang", default=0)
    other_labels = models.TextField(
        "autres formes", blank=True, help_text="Une forme par ligne ; la recherche les trouve."
    )
    scope_note = models.TextField("note d'emploi", blank=True)

    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        *(index.FilterField(name) for name in ("name", "parent", "position")),
        SortField("parent"),
    ]

    class Meta:
        verbose_name = "thème"
        verbose_name_plural = "thèmes"
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
                name="topic_is_not_its_own_parent",
                violation_error_message="Un thème ne peut pas être son propre parent.",
            )
        ]

    def clean(self) -> None:
        super().clean()
        ancestor, seen = self.parent, set()
        while ancestor is not None and ancestor.pk not in seen:
            if ancestor.pk == self.pk:
                raise ValidationError({"parent": "Ce thème est déjà au-dessous de celui-ci."})
            seen.add(ancestor.pk)
            ancestor = ancestor.parent


class Keyword(FrenchTag):
    """A free keyword."""

    class Meta:
        verbose_name = "mot-clé"
        verbose_name_plural = "mots-clés"
        ordering = ["name"]


class TopicItem(ItemBase):
    """This page is about this topic. One table for every page type."""

    tag = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="topic_items")
    content_object = ParentalKey(
        "wagtailcore.Page", on_delete=models.CASCADE, related_name="topic_items"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tag", "content_object"], name="one_topic_per_page")
        ]


class KeywordItem(ItemBase):
    """This page carries this keyword. One table for every page type."""

    tag = models.ForeignKey(Keyword, on_delete=models.CASCADE, related_name="keyword_items")
    content_object = ParentalKey(
        "wagtailcore.Page", on_delete=models.CASCADE, related_name="keyword_items"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tag", "content_object"], name="one_keyword_per_page")
        ]


class Territory(index.Indexed, models.Model):
    """A place that documents are about."""

    class Kind(models.TextChoices):
        DISTRICT = "quartier", "Quartier prioritaire"
        MUNICIPALITY = "commune", "Commune"
        INTERMUNICIPAL = "epci", "Intercommunalité"
        DEPARTMENT = "departement", "Département"
        REGION = "region", "Région"
        COUNTRY = "pays", "Pays"
        GROUP = "ensemble", "Ensemble de pays"

    name = models.CharField("nom", max_length=150)
    slug = models.SlugField("identifiant", max_length=100, unique=True, editable=False)
    kind = models.CharField("niveau", max_length=20, choices=Kind, default=Kind.MUNICIPALITY)
    code = models.CharField(
        "code officiel", max_length=20, blank=True, help_text="INSEE, SIREN ou code QPV."
    )

    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        *(index.FilterField(name) for name in ("name", "kind", "code")),
    ]

    class Meta:
        verbose_name = "territoire"
        verbose_name_plural = "territoires"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "code"], condition=~Q(code=""), name="one_territory_per_code"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        if not self.slug:
            base = french_slugify(self.name) or "territoire"
            taken = type(self).objects.filter(slug=base).exclude(pk=self.pk).exists()
            self.slug = f"{base}-{self.kind}" if taken else base
        super().save(*args, **kwargs)
