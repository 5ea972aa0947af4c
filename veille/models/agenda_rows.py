"""What hangs on a date of the agenda: who organises it, where to read more."""

from django.db import models
from django.db.models import Q
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable

from veille.models.agenda import AgendaEntry
from veille.models.authorities import Organisation


class AgendaOrganiser(Orderable):
    """A body that organises or funds."""

    entry = ParentalKey(AgendaEntry, on_delete=models.CASCADE, related_name="organisers")
    organisation = models.ForeignKey(
        Organisation,
        verbose_name="organisme",
        on_delete=models.PROTECT,
        related_name="agenda_organisers",
    )
    printed_as = models.CharField("tel qu'imprimé", max_length=200, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = "organisateur"
        verbose_name_plural = "organisateurs"
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "organisation"],
                name="an_organiser_once",
                violation_error_message="Cet organisme est déjà dans la liste.",
            )
        ]

    def __str__(self) -> str:
        return self.printed

    @property
    def printed(self) -> str:
        return self.printed_as or self.organisation.name


class AgendaLink(Orderable):
    """A page about the date: programme, call, minutes."""

    entry = ParentalKey(AgendaEntry, on_delete=models.CASCADE, related_name="links")
    label = models.CharField("libellé", max_length=200)
    url = models.URLField("adresse", max_length=1000)
    url.required_on_save = True

    class Meta(Orderable.Meta):
        verbose_name = "lien"
        verbose_name_plural = "liens"
        constraints = [
            models.CheckConstraint(condition=~Q(url=""), name="agenda_link_has_an_address")
        ]

    def __str__(self) -> str:
        return self.label
