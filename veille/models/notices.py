"""`Notice`: a bibliographic record as a page, and the shelf that lists them."""

from datetime import date
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from wagtail.search import index

from home.cards import Citation, FacetValue, OutgoingLink, SearchText, Term
from home.models import Entry, EntryIndexPage
from veille import panels
from veille.choices import (
    ABSTRACT_ORIGINS,
    ACCESS,
    BY_SLUG,
    LANGUAGES,
    REVERSE_RELATIONS,
    TYPE_CHOICES,
)
from veille.citation import STYLES, numbering
from veille.dates import BadDateError, bounds, printed_or_nothing
from veille.downloads import download
from veille.exports import FORMATS, RECORDS, ExportFormat
from veille.models.authorities import Organisation, Periodical
from veille.records import Link, NoticeRecord, Reference

# Fields that a record takes as they are.
PLAIN = (
    *("title", "notice_type", "subtitle", "mention", "et_al", "is_collective", "volume", "issue"),
    *("series", "series_number", "extent", "pages", "duration", "is_online", "edition"),
    *("language", "official_number"),
)


class NoticeIndexPage(EntryIndexPage):
    """The shelf of notices."""

    collection = "notice"
    subpage_types = ["veille.Notice"]

    class Meta:
        verbose_name = "rayon des notices"
        verbose_name_plural = "rayons des notices"


class Notice(Entry):
    """One document. Every field but the title may wait: a draft is saved half-filled."""

    collection = "notice"
    collection_label = "Notice"
    tint = "notice"
    card_select = ("periodical",)
    card_prefetch = (
        "contributions__person",
        "contributions__organisation",
        "publishers__organisation",
        "links",
    )
    export_prefetch = ("document", "identifiers", "other_dates")

    notice_type = models.CharField("type", max_length=20, choices=TYPE_CHOICES, default="rapport")
    notice_type.required_on_save = True
    subtitle = models.CharField("complément de titre", max_length=500, blank=True)
    mention = models.CharField(
        "mention", max_length=500, blank=True, help_text="La ligne imprimée sous le titre."
    )
    et_al = models.BooleanField("et d'autres auteurs (et al.)", default=False)
    is_collective = models.BooleanField(
        "ouvrage collectif",
        default=False,
        help_text="Imprimé « Collectif », sans fiche d'autorité.",
    )

    periodical = models.ForeignKey(
        Periodical,
        verbose_name="périodique",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="notices",
    )
    volume = models.CharField("volume", max_length=60, blank=True, help_text="« Vol. 84 »")
    issue = models.CharField("numéro", max_length=80, blank=True, help_text="« 2017/1 (n° 5) »")
    series = models.CharField("collection", max_length=200, blank=True)
    series_number = models.CharField("numéro dans la collection", max_length=60, blank=True)

    date_edtf = models.CharField(
        "date",
        max_length=40,
        blank=True,
        help_text="EDTF : 2018, 2018-05, 2018-05-12, 2018-23 (automne), 2017-05/2017-06.",
    )
    date_printed = models.CharField(
        "date imprimée", max_length=80, blank=True, help_text="Vide : écrite d'après la date."
    )
    date_min = models.DateField(null=True, editable=False)
    date_max = models.DateField(null=True, editable=False)

    extent = models.CharField("étendue", max_length=80, blank=True, help_text="« 142 p. »")
    pages = models.CharField("pages", max_length=40, blank=True, help_text="« 52-68 »")
    duration = models.CharField("durée", max_length=40, blank=True, help_text="« 11 min 12 »")
    is_online = models.BooleanField("en ligne", default=False)
    edition = models.CharField("édition", max_length=80, blank=True)
    language = models.CharField("langue", max_length=5, choices=LANGUAGES, default="fr")
    official_number = models.CharField("numéro officiel", max_length=120, blank=True)
    access = models.CharField("accès", max_length=15, choices=ACCESS, default="open")
    document = models.ForeignKey(
        "wagtaildocs.Document",
        verbose_name="fichier local",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    abstract_origin = models.CharField(
        "origine du résumé", max_length=10, choices=ABSTRACT_ORIGINS, default="own"
    )
    source_of_record = models.CharField("source de la notice", max_length=255, blank=True)
    verified_on = models.DateField("vérifiée le", null=True, blank=True)
    is_favourite = models.BooleanField("coup de cœur", default=False)

    search_fields = [
        *Entry.search_fields,
        index.SearchField("subtitle"),
        index.SearchField("mention"),
        index.FilterField("notice_type"),
        index.FilterField("language"),
        index.FilterField("access"),
        index.FilterField("is_favourite"),
        index.FilterField("date_max"),
    ]
    parent_page_types = ["veille.NoticeIndexPage"]
    subpage_types: list[str] = []
    template = "veille/notice.html"
    edit_handler = panels.NOTICE_EDIT_HANDLER

    class Meta:
        verbose_name = "notice"
        verbose_name_plural = "notices"
        constraints = [
            models.CheckConstraint(
                condition=Q(date_min__isnull=True, date_max__isnull=True)
                | Q(date_min__isnull=False, date_max__isnull=False, date_min__lte=F("date_max")),
                name="notice_date_bounds_are_ordered",
                violation_error_message="La date finit avant de commencer.",
            )
        ]

    def clean(self) -> None:
        super().clean()
        try:
            self._bounds()
        except BadDateError as error:
            raise ValidationError({"date_edtf": str(error)}) from error

    def save(self, *args: object, **kwargs: object) -> None:
        try:
            self.date_min, self.date_max = self._bounds()
        except BadDateError:
            # A draft may hold a date half-typed; publication refuses it in `clean`.
            self.date_min = self.date_max = None
        super().save(*args, **kwargs)

    def _bounds(self) -> tuple[date | None, date | None]:
        return bounds(self.date_edtf) if self.date_edtf else (None, None)

    @property
    def date_text(self) -> str:
        """The date as printed; empty for a date half-typed."""
        return self.date_printed or printed_or_nothing(self.date_edtf)

    @property
    def numbering(self) -> str:
        """Volume and issue as printed: « 2018/2 (vol. 84) »."""
        return numbering(self.volume, self.issue)

    def record(self) -> NoticeRecord:
        """This notice as a plain value. Read through `for_cards()` in lists."""
        return NoticeRecord(
            **{name: getattr(self, name) for name in PLAIN},
            date=self.date_text,
            periodical=self.periodical.title if self.periodical else "",
            names=tuple(row.name() for row in self.contributions.all()),
            publishers=tuple(row.name() for row in self.publishers.all()),
        )

    def reference(self) -> Reference:
        """The record with all that exports carry. Read through `for_export()` in lists."""
        links = [
            Link(row.url, row.kind, row.archived_url, row.health == "dead")
            for row in self.links.all()
            if row.url
        ]
        if self.document:
            links.append(Link(urljoin(settings.SITE_URL, self.document.url)))
        return Reference(
            record=self.record(),
            key=f"notice-{self.pk}",
            edtf=self.date_edtf,
            abstract=self.abstract,
            topics=tuple(Term(i.tag.slug, i.tag.name) for i in self.topic_items.all()),
            tags=tuple(Term(i.tag.slug, i.tag.name) for i in self.keyword_items.all()),
            links=tuple(links),
            identifiers=tuple((row.scheme, row.value) for row in self.identifiers.all()),
            issn=self.periodical.issn if self.periodical else "",
            other_dates=tuple(str(row) for row in self.other_dates.all()),
            page_url=urljoin(settings.SITE_URL, self.url) if self.url else "",
        )

    def export(self, format_name: str) -> str:
        return RECORDS[format_name](self.reference()) if format_name in RECORDS else ""

    def serve(
        self, request: HttpRequest, *args: object, format_name: str = "", **kwargs: object
    ) -> HttpResponse:
        """The page or, when `veille.views.export` asks for it, a file of its record."""
        if format_name:
            return download(self.reference(), format_name, self.slug)
        return super().serve(request, *args, **kwargs)

    def export_links(self) -> list[tuple[ExportFormat, str]]:
        """(format, address) of this notice's files."""
        base = (self.url or "").rstrip("/")
        return [(form, f"{base}.{form.name}") for form in FORMATS.values()] if base else []

    def citation(self, style: str = "bulletin") -> Citation:
        return STYLES[style](self.record())

    def card_label(self) -> str:
        return BY_SLUG[self.notice_type].label

    def card_subtitle(self) -> str:
        return self.subtitle

    def card_language(self) -> str:
        return self.language

    def sort_date(self) -> date | None:
        return self.date_max

    def related(self) -> list[tuple[str, "Notice"]]:
        """(relation in words, the other public notice), both ways, each once."""
        live = Notice.objects.listed()
        ahead = self.relations.filter(related__in=live).select_related("related")
        back = self.reverse_relations.filter(notice__in=live).select_related("notice")
        found = [(row.get_kind_display(), row.related) for row in ahead]
        found += [(REVERSE_RELATIONS[row.kind], row.notice) for row in back]
        return list(dict.fromkeys(found))

    def facet_values(self) -> list[FacetValue]:
        values = [
            *super().facet_values(),
            FacetValue("type", self.notice_type, self.card_label()),
            FacetValue("langue", self.language, self.get_language_display()),
            FacetValue("acces", self.access, self.get_access_display()),
        ]
        return values + [
            FacetValue("editeur", str(body.pk), body.name) for body in self.publishing_bodies()
        ]

    def publishing_bodies(self) -> list[Organisation]:
        """The publishers; of a grey document that names none, the bodies that wrote it."""
        bodies = [row.organisation for row in self.publishers.all()]
        if bodies or self.periodical_id:
            return bodies
        written = [row for row in self.contributions.all() if row.role == "author"]
        return [row.organisation for row in written if row.organisation_id]

    def search_text(self) -> SearchText:
        text = super().search_text()
        names = [row.search_names() for row in self.contributions.all()]
        names += [f"{row.printed_as}\n{row.organisation.names()}" for row in self.publishers.all()]
        names += [self.periodical.title] if self.periodical else []
        return SearchText(
            title=text.title,
            names="\n".join(names),
            subjects="\n".join([text.subjects, self.series, self.card_label()]),
            body="\n".join([text.body, self.mention, self.date_text, self.official_number]),
        )

    def outgoing_links(self) -> list[OutgoingLink]:
        """Its links that have an address; read in lists through `for_cards()`."""
        return [
            OutgoingLink(
                row.url,
                row.health,
                timezone.localdate(row.checked_at) if row.checked_at else None,
            )
            for row in self.links.all()
            if row.url
        ]
