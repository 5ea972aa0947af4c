"""`AgendaEntry`: an event, a period, a deadline or a session, and the page that lists them."""

import uuid
from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils import timezone
from wagtail.models import PageManager
from wagtail.search import index

from home.cards import Citation, Run, SearchText, When
from home.models import Entry, EntryIndexPage
from home.models.entries import EntryQuerySet
from veille import panels
from veille.dates import SHORT_MONTHS, moment, month_of

PAST_PARAMETER = "passes"
# What a calendar must be told again: RFC 5545, section 3.8.7.4 (SEQUENCE).
RESCHEDULED_BY = ("starts_on", "ends_on", "start_time", "end_time", "month_only", "status")

ENDS_TOO_SOON = "Le dernier jour précède le premier."
NO_FIRST_HOUR = "Donnez aussi l'heure de début."
HOURS_DISORDERED = "L'heure de fin précède celle de début."
MONTH_HAS_NO_HOURS = "Un mois seul n'a pas d'heures."
DEADLINE_IS_ONE_DAY = "Une date limite tient en un jour\u00a0: le premier."


class AgendaQuerySet(EntryQuerySet):
    def upcoming(self, today: date | None = None) -> Self:
        """What is not over, soonest first; a deadline is over the day after."""
        return self.filter(date_max__gte=today or timezone.localdate()).in_date_order()

    def past(self, today: date | None = None) -> Self:
        """What is over, most recent first."""
        over = self.filter(date_max__lt=today or timezone.localdate())
        return over.order_by("-date_max", "-date_min", "-pk")

    def overlapping(self, first: date, last: date) -> Self:
        """What has a day in common with `first` to `last`, both included, in date order."""
        return self.filter(date_min__lte=last, date_max__gte=first).in_date_order()

    def in_date_order(self) -> Self:
        return self.order_by("date_min", F("start_time").asc(nulls_first=True), "date_max", "pk")


class AgendaIndexPage(EntryIndexPage):
    """The agenda: what comes, soonest first; with `?passes=1`, what is over."""

    collection = "agenda"
    subpage_types = ["veille.AgendaEntry"]
    template = "veille/agenda_index_page.html"

    class Meta:
        verbose_name = "agenda"
        verbose_name_plural = "agendas"

    def shows_past(self, request: HttpRequest) -> bool:
        return request.GET.get(PAST_PARAMETER) == "1"

    def listing(self, request: HttpRequest) -> AgendaQuerySet:
        entries = AgendaEntry.objects.child_of(self).listed()
        return entries.past() if self.shows_past(request) else entries.upcoming()

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> dict:
        context = super().get_context(request, *args, **kwargs)
        return context | {"past": self.shows_past(request)}


class AgendaEntry(Entry):
    """One date of the field. A draft may have none yet; publication wants the first day."""

    class Kind(models.TextChoices):
        EVENT = "event", "Rendez-vous"
        PERIOD = "period", "Période"
        DEADLINE = "deadline", "Date limite"
        SESSION = "session", "Session de formation"

    class Status(models.TextChoices):
        PLANNED = "planned", "Prévu"
        CONFIRMED = "confirmed", "Confirmé"
        POSTPONED = "postponed", "Reporté"
        CANCELLED = "cancelled", "Annulé"

    collection = "agenda"
    collection_label = "Agenda"
    tint = "agenda"
    is_dated = True
    card_prefetch = ("organisers__organisation",)

    kind = models.CharField("nature", max_length=10, choices=Kind, default=Kind.EVENT)
    status = models.CharField("état", max_length=10, choices=Status, default=Status.CONFIRMED)
    starts_on = models.DateField(
        "premier jour",
        null=True,
        help_text="Pour une date limite, ce jour même. Pour un mois seul, un jour de ce mois.",
    )
    ends_on = models.DateField(
        "dernier jour", null=True, blank=True, help_text="Vide pour un seul jour."
    )
    start_time = models.TimeField("de", null=True, blank=True)
    end_time = models.TimeField("à", null=True, blank=True)
    month_only = models.BooleanField("le mois seulement (jour à préciser)", default=False)
    date_min = models.DateField(null=True, editable=False)
    date_max = models.DateField(null=True, editable=False)

    place = models.CharField("lieu", max_length=200, blank=True)
    address = models.CharField("adresse", max_length=300, blank=True)
    city = models.CharField("ville", max_length=100, blank=True)
    nationwide = models.BooleanField("dans toute la France", default=False)
    is_online = models.BooleanField("en ligne", default=False)
    registration_url = models.URLField("lien d'inscription", max_length=1000, blank=True)
    registration_note = models.CharField(
        "modalités", max_length=300, blank=True, help_text="« Inscription gratuite et obligatoire »"
    )
    is_free = models.BooleanField("gratuit", default=False)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = PageManager.from_queryset(AgendaQuerySet)()

    search_fields = [
        *Entry.search_fields,
        index.SearchField("place"),
        index.SearchField("city"),
        index.FilterField("kind"),
        index.FilterField("status"),
        index.FilterField("starts_on"),
        index.FilterField("date_max"),
    ]
    exclude_fields_in_copy = ["uid", "sequence"]
    parent_page_types = ["veille.AgendaIndexPage"]
    subpage_types: list[str] = []
    template = "veille/agenda_entry.html"
    edit_handler = panels.AGENDA_EDIT_HANDLER

    class Meta:
        verbose_name = "date d'agenda"
        verbose_name_plural = "dates d'agenda"
        indexes = [models.Index(fields=["date_max", "date_min"], name="agenda_by_date")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="agenda_entry_ends_after_it_starts",
                violation_error_message=ENDS_TOO_SOON,
            ),
            models.CheckConstraint(
                condition=Q(end_time__isnull=True) | Q(start_time__isnull=False),
                name="agenda_entry_end_time_has_a_start",
                violation_error_message=NO_FIRST_HOUR,
            ),
            models.CheckConstraint(
                condition=Q(end_time__isnull=True)
                | Q(start_time__isnull=True)
                | Q(end_time__gt=F("start_time"))
                | Q(ends_on__isnull=False, starts_on__isnull=False, ends_on__gt=F("starts_on")),
                name="agenda_entry_hours_are_ordered",
                violation_error_message=HOURS_DISORDERED,
            ),
            models.CheckConstraint(
                condition=Q(month_only=False) | Q(start_time__isnull=True, end_time__isnull=True),
                name="agenda_entry_of_a_month_has_no_hours",
                violation_error_message=MONTH_HAS_NO_HOURS,
            ),
            models.CheckConstraint(
                condition=~Q(kind="deadline") | Q(ends_on__isnull=True) | Q(ends_on=F("starts_on")),
                name="agenda_deadline_is_one_day",
                violation_error_message=DEADLINE_IS_ONE_DAY,
            ),
            models.CheckConstraint(
                condition=Q(date_min__isnull=True, date_max__isnull=True)
                | Q(date_min__isnull=False, date_max__isnull=False, date_min__lte=F("date_max")),
                name="agenda_entry_bounds_are_ordered",
                violation_error_message=ENDS_TOO_SOON,
            ),
        ]

    def clean(self) -> None:
        """What the constraints refuse, said beside the field to correct."""
        super().clean()
        if errors := self._day_errors() | self._hour_errors():
            raise ValidationError(errors)

    def _day_errors(self) -> dict[str, str]:
        first, last = self.starts_on, self.ends_on
        if first is None or last is None or last == first:
            return {}
        if last < first:
            return {"ends_on": ENDS_TOO_SOON}
        return {"ends_on": DEADLINE_IS_ONE_DAY} if self.kind == self.Kind.DEADLINE else {}

    def _hour_errors(self) -> dict[str, str]:
        start, end = self.start_time, self.end_time
        if self.month_only:
            given = {"start_time": start, "end_time": end}
            return {name: MONTH_HAS_NO_HOURS for name, hour in given.items() if hour is not None}
        if end is None:
            return {}
        if start is None:
            return {"start_time": NO_FIRST_HOUR}
        first, last = self.starts_on, self.ends_on
        over_days = first is not None and last is not None and last > first
        return {} if end > start or over_days else {"end_time": HOURS_DISORDERED}

    def save(self, *args: object, **kwargs: object) -> None:
        self.date_min, self.date_max = self.covered() or (None, None)
        if self.pk:
            self._count_rescheduling()
        super().save(*args, **kwargs)

    def _count_rescheduling(self) -> None:
        stored = type(self).objects.filter(pk=self.pk).values("sequence", *RESCHEDULED_BY).first()
        if stored is None:
            return
        moved = any(stored[name] != getattr(self, name) for name in RESCHEDULED_BY)
        self.sequence = stored["sequence"] + moved

    def covered(self) -> tuple[date, date] | None:
        """First and last day, whole months for a month-only date; None of no date."""
        if self.starts_on is None:
            return None
        last = max(self.ends_on or self.starts_on, self.starts_on)
        if self.month_only:
            return month_of(self.starts_on)[0], month_of(last)[1]
        return self.starts_on, last

    def when(self) -> When | None:
        days = self.covered()
        if days is None:
            return None
        first, last = days
        text = moment(
            self.starts_on,
            self.ends_on,
            self.start_time,
            self.end_time,
            month_only=self.month_only,
            is_deadline=self.kind == self.Kind.DEADLINE,
        )
        return When(
            day="" if self.month_only else str(first.day),
            month=SHORT_MONTHS[first.month - 1],
            year=str(first.year),
            text=text,
            starts_on=first,
            ends_on=last,
            status=self.status,
            status_label=self.get_status_display(),
            is_deadline=self.kind == self.Kind.DEADLINE,
        )

    def card_label(self) -> str:
        return self.get_kind_display()

    def sort_date(self) -> date | None:
        return self.starts_on

    def where(self) -> str:
        """« Lab110bis, Paris 7e »; a city that the place names is not said again."""
        city = "" if self.city.lower() in self.place.lower() else self.city
        if place := ", ".join(part for part in (self.place, city) if part):
            return place
        if self.nationwide:
            return "dans toute la France"
        return "à distance" if self.is_online else ""

    def citation(self, style: str = "bulletin") -> Citation:
        bodies = ", ".join(row.printed for row in self.organisers.all())
        where = self.where()
        line = ". ".join(part for part in (bodies, where[:1].upper() + where[1:]) if part)
        return (Run(line),) if line else ()

    def search_text(self) -> SearchText:
        text = super().search_text()
        names = [f"{r.printed_as}\n{r.organisation.names()}" for r in self.organisers.all()]
        facts = [text.body, self.where(), self.address, self.registration_note]
        return SearchText(
            title=text.title,
            names="\n".join(names),
            subjects=f"{text.subjects}\n{self.get_kind_display()}",
            body="\n".join(fact for fact in facts if fact),
        )
