"""What hangs on a notice: contributions, publishers, links, dates, identifiers, relations.

A draft's rows are stored too: what the database refuses empty is `required_on_save`.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Orderable

from veille.choices import IDENTIFIER_SCHEMES, LINK_KINDS, RELATION_KINDS, ROLES
from veille.dates import BadDateError, bounds, printed_or_nothing
from veille.models.authorities import Organisation, Person
from veille.models.notices import Notice
from veille.records import Name


class Contribution(Orderable):
    """Somebody, or a body, and what they did. In the document's order."""

    notice = ParentalKey(Notice, on_delete=models.CASCADE, related_name="contributions")
    person = models.ForeignKey(
        Person,
        verbose_name="personne",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contributions",
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name="organisme",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contributions",
    )
    role = models.CharField("rôle", max_length=15, choices=ROLES, default="author")
    printed_as = models.CharField("tel qu'imprimé", max_length=200, blank=True)
    affiliation = models.CharField("rattachement", max_length=200, blank=True)

    panels = [
        FieldRowPanel(["person", "organisation"]),
        FieldRowPanel(["role", "printed_as", "affiliation"]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "contribution"
        verbose_name_plural = "contributions"
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, organisation__isnull=True)
                | Q(person__isnull=True, organisation__isnull=False),
                name="contribution_of_a_person_or_a_body",
                violation_error_message="Choisissez une personne ou un organisme, pas les deux.",
            ),
            models.UniqueConstraint(
                fields=["notice", "person", "role"], name="one_contribution_per_person_and_role"
            ),
            models.UniqueConstraint(
                fields=["notice", "organisation", "role"], name="one_contribution_per_body_and_role"
            ),
        ]

    def __str__(self) -> str:
        return self.printed

    @property
    def printed(self) -> str:
        return self.printed_as or str(self.person or (self.organisation and self.organisation.name))

    def name(self) -> Name:
        kind = "organisation" if self.organisation_id else "person"
        key = f"{kind}-{self.organisation_id or self.person_id}"
        family = self.person.family_name if self.person else ""
        given = self.person.given_name if self.person else ""
        is_body = bool(self.organisation_id)
        return Name(self.printed, self.role, is_body, key, self.affiliation, family, given)

    def search_names(self) -> str:
        authority = self.person or self.organisation
        return f"{self.printed_as}\n{authority.names() if authority else ''}\n{self.affiliation}"


class NoticePublisher(Orderable):
    """A body that publishes the document."""

    notice = ParentalKey(Notice, on_delete=models.CASCADE, related_name="publishers")
    organisation = models.ForeignKey(
        Organisation,
        verbose_name="organisme",
        on_delete=models.PROTECT,
        related_name="published_notices",
    )
    printed_as = models.CharField("tel qu'imprimé", max_length=200, blank=True)

    panels = [FieldRowPanel(["organisation", "printed_as"])]

    class Meta(Orderable.Meta):
        verbose_name = "éditeur"
        verbose_name_plural = "éditeurs"
        constraints = [
            models.UniqueConstraint(fields=["notice", "organisation"], name="a_publisher_once")
        ]

    def __str__(self) -> str:
        return self.printed

    @property
    def printed(self) -> str:
        return self.printed_as or self.organisation.name

    def name(self) -> Name:
        return Name(self.printed, "publisher", True, f"organisation-{self.organisation_id}")


class NoticeLink(Orderable):
    """Where the document, or a part of it, can be read."""

    class Health(models.TextChoices):
        UNKNOWN = "", "Non vérifié"
        ALIVE = "alive", "Répond"
        MOVED = "moved", "Déplacé"
        DEAD = "dead", "Mort"

    notice = ParentalKey(Notice, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField("nature", max_length=15, choices=LINK_KINDS, default="full-text")
    label = models.CharField("libellé", max_length=200, blank=True)
    url = models.URLField("adresse", max_length=1000, blank=True)
    coming_soon = models.BooleanField("bientôt en ligne", default=False)
    health = models.CharField(max_length=10, choices=Health, blank=True, editable=False)
    http_code = models.PositiveSmallIntegerField(null=True, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    archived_url = models.URLField("copie archivée", max_length=1000, blank=True)

    panels = [
        FieldRowPanel(["kind", "label"]),
        FieldPanel("url"),
        FieldRowPanel(["coming_soon", "archived_url"]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "lien"
        verbose_name_plural = "liens"
        constraints = [
            models.CheckConstraint(
                condition=~Q(url="") | Q(coming_soon=True),
                name="link_has_an_address_or_is_coming",
                violation_error_message="Donnez une adresse, ou cochez « bientôt en ligne ».",
            )
        ]

    def __str__(self) -> str:
        return self.label or self.get_kind_display()

    def save(self, *args: object, **kwargs: object) -> None:
        """What a check has found stands in the table alone: a draft that is older must not bring
        back what it knew, and another address has never been checked."""
        stored = NoticeLink.objects.filter(pk=self.pk).first() if self.pk else None
        if stored:
            same = stored.url == self.url
            self.health = stored.health if same else ""
            self.http_code = stored.http_code if same else None
            self.checked_at = stored.checked_at if same else None
        super().save(*args, **kwargs)


class OtherDate(Orderable):
    """A date beside the publication's: « soutenue le », « remis le », « session »."""

    notice = ParentalKey(Notice, on_delete=models.CASCADE, related_name="other_dates")
    label = models.CharField("libellé", max_length=60)
    edtf = models.CharField("date", max_length=40)
    edtf.required_on_save = True
    printed = models.CharField("date imprimée", max_length=80, blank=True)

    panels = [FieldRowPanel(["label", "edtf", "printed"])]

    class Meta(Orderable.Meta):
        verbose_name = "autre date"
        verbose_name_plural = "autres dates"
        constraints = [models.CheckConstraint(condition=~Q(edtf=""), name="other_date_is_given")]

    def __str__(self) -> str:
        return f"{self.label} {self.text}"

    def clean(self) -> None:
        super().clean()
        if not self.edtf:
            return
        try:
            bounds(self.edtf)
        except BadDateError as error:
            raise ValidationError({"edtf": str(error)}) from error

    @property
    def text(self) -> str:
        return self.printed or printed_or_nothing(self.edtf)


class NoticeIdentifier(Orderable):
    """A number by which the document is known elsewhere."""

    notice = ParentalKey(Notice, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField("système", max_length=10, choices=IDENTIFIER_SCHEMES)
    value = models.CharField("valeur", max_length=200)
    value.required_on_save = True

    panels = [FieldRowPanel(["scheme", "value"])]

    class Meta(Orderable.Meta):
        verbose_name = "identifiant"
        verbose_name_plural = "identifiants"
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "scheme", "value"], name="an_identifier_once"
            ),
            models.CheckConstraint(condition=~Q(value=""), name="identifier_has_a_value"),
        ]

    def __str__(self) -> str:
        return f"{self.get_scheme_display()} {self.value}"


class RelatedNotice(Orderable):
    """How a notice relates to another; read from both sides."""

    notice = ParentalKey(Notice, on_delete=models.CASCADE, related_name="relations")
    related = models.ForeignKey(
        Notice,
        verbose_name="notice liée",
        on_delete=models.CASCADE,
        related_name="reverse_relations",
    )
    kind = models.CharField("relation", max_length=15, choices=RELATION_KINDS, default="see-also")

    panels = [FieldPanel("kind"), FieldPanel("related")]

    class Meta(Orderable.Meta):
        verbose_name = "notice liée"
        verbose_name_plural = "notices liées"
        constraints = [
            models.UniqueConstraint(fields=["notice", "related", "kind"], name="a_relation_once"),
            models.CheckConstraint(
                condition=~Q(notice=F("related")),
                name="notice_is_not_related_to_itself",
                violation_error_message="Une notice n'est pas liée à elle-même.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.related}"
