"""One number of a letter (`Issue`)."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, PageManager, PageQuerySet
from wagtail.search import index
from wagtail.url_routing import RouteResult

from home.blocks import INLINE_FEATURES
from home.models.entries import FrenchSlugMixin
from newsletter import archive
from newsletter.blocks import (
    EditionsBlock,
    ErrataBlock,
    LinesBlock,
    PartnersBlock,
    RubricsBlock,
    StandingRubricsBlock,
)
from newsletter.composing import compose
from newsletter.contents import IssueContents
from newsletter.documents import IssueDocument, RenderedIssue
from newsletter.findable import FindableIssue
from newsletter.issue_form import TAKEN, IssueForm
from newsletter.models.bulletins import SAFE_METHODS, Bulletin
from newsletter.numbering import IssueDateError, date_label, number_label
from newsletter.previews import (
    DEFAULT_PREVIEW_SIZE,
    PREVIEW_MODES,
    PREVIEW_SIZES,
    preview_response,
)
from newsletter.rendering import MAX_BYTES, MIN_BYTES, render


class IssueQuerySet(PageQuerySet):
    def of(self, bulletin: Bulletin) -> "IssueQuerySet":
        return self.filter(bulletin=bulletin)

    def listed(self) -> "IssueQuerySet":
        """What anybody may see, newest first."""
        return self.live().public().order_by("-dated", "-pk")

    def for_cards(self) -> "IssueQuerySet":
        return self.select_related("bulletin")


IssueManager = PageManager.from_queryset(IssueQuerySet)


class Issue(IssueContents, FindableIssue, FrenchSlugMixin, Page):
    """One number. What is on sale is the live page; what was sent lies in its mailing."""

    class Kind(models.TextChoices):
        REGULAR = "regular", "Numéro régulier"
        SPECIAL = "special", "Hors-Série"

    # The default reverse name, `issue`, would clash with a field of other pages.
    page_ptr = models.OneToOneField(
        Page, parent_link=True, on_delete=models.CASCADE, related_name="issue_page"
    )
    bulletin = models.ForeignKey(
        Bulletin, null=True, editable=False, on_delete=models.SET_NULL, related_name="issues"
    )
    kind = models.CharField("nature", max_length=10, choices=Kind, default=Kind.REGULAR)
    number = models.PositiveIntegerField("numéro", null=True, blank=True)
    dated = models.CharField(
        "date", max_length=10, blank=True, help_text="AAAA-MM ou AAAA-MM-JJ, par exemple 2018-10."
    )
    subject = models.CharField(
        "objet du courriel",
        max_length=150,
        blank=True,
        help_text="Vide : le nom du bulletin, le numéro et le titre.",
    )
    preheader = models.CharField(
        "accroche du courriel",
        max_length=150,
        blank=True,
        help_text="Ce que la boîte de réception montre après l'objet.",
    )
    introduction = RichTextField("introduction", blank=True, features=INLINE_FEATURES)
    partners = StreamField(PartnersBlock(), verbose_name="partenaires", blank=True)
    featured = StreamField(
        LinesBlock(max_num=1), verbose_name="à la une", blank=True, collapsed=True
    )
    rubrics = StreamField(RubricsBlock(), verbose_name="rubriques", blank=True)
    agenda = StreamField(LinesBlock(), verbose_name="agenda", blank=True, collapsed=True)
    feeds_ledger = models.BooleanField(
        "inscrit ses pages comme déjà parues",
        default=True,
        help_text="Un numéro régulier le fait toujours ; un hors-série, à la demande.",
    )
    max_bytes = models.PositiveIntegerField(
        "poids souhaité (octets)",
        default=MAX_BYTES,
        validators=[MinValueValidator(MIN_BYTES), MaxValueValidator(MAX_BYTES)],
        help_text="Les extraits raccourcissent pour tenir ce poids\u00a0; un résumé court écrit "
        "reste entier. Au-delà de 100\u202f000, les messageries coupent le courriel.",
    )
    rules = StreamField(
        StandingRubricsBlock(),
        verbose_name="règles de sélection",
        blank=True,
        collapsed=True,
        help_text="Vide\u00a0: les rubriques permanentes du bulletin.",
    )
    published_from = models.DateField("publié depuis le", null=True, blank=True)
    published_to = models.DateField("publié jusqu'au", null=True, blank=True)
    agenda_from = models.DateField("agenda du", null=True, blank=True)
    agenda_to = models.DateField("agenda jusqu'au", null=True, blank=True)
    featured_tag = models.SlugField(
        "étiquette «\u00a0à la une\u00a0»",
        max_length=100,
        blank=True,
        help_text="Vide\u00a0: celle du bulletin.",
    )
    discover_tag = models.SlugField(
        "étiquette «\u00a0à découvrir\u00a0»",
        max_length=100,
        blank=True,
        help_text="Vide\u00a0: celle du bulletin.",
    )
    editions = StreamField(EditionsBlock(), verbose_name="éditions partenaires", blank=True)
    errata = StreamField(
        ErrataBlock(),
        verbose_name="errata",
        blank=True,
        help_text="La page web les montre, datés. Le courriel n'est pas renvoyé.",
    )
    # What the editors have decided about pages that stand outside the issue: see `choices`.
    proposal = models.JSONField(default=dict, editable=False)
    # The topics of what it carries, written at publication: [{"slug", "name", "count"}].
    themes = models.JSONField(default=list, editable=False)

    objects = IssueManager()

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldRowPanel(["kind", "number", "dated"])], heading="Numéro"),
        FieldPanel("introduction"),
        FieldPanel("featured"),
        FieldPanel("rubrics"),
        FieldPanel("agenda"),
        FieldPanel("partners"),
        FieldPanel("editions"),
        FieldPanel("errata"),
    ]
    selection_panels = [
        FieldPanel("rules"),
        MultiFieldPanel(
            [
                FieldRowPanel(["published_from", "published_to"]),
                FieldRowPanel(["agenda_from", "agenda_to"]),
            ],
            heading="Périodes",
        ),
        MultiFieldPanel([FieldRowPanel(["featured_tag", "discover_tag"])], heading="Étiquettes"),
        FieldPanel("feeds_ledger"),
    ]
    mail_panels = [
        MultiFieldPanel(["subject", "preheader", "max_bytes"], heading="Courriel"),
    ]
    base_form_class = IssueForm
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading="Contenu"),
            ObjectList(selection_panels, heading="Sélection"),
            ObjectList(mail_panels, heading="Courriel"),
            ObjectList(Page.promote_panels, heading="Promouvoir"),
            ObjectList(Page.settings_panels, heading="Paramètres"),
        ]
    )
    search_fields = [
        *Page.search_fields,
        index.SearchField("introduction"),
        index.FilterField("number"),
        index.FilterField("dated"),
    ]
    parent_page_types = ["newsletter.Bulletin"]
    subpage_types: list[str] = []
    template = "newsletter/issue.html"
    allowed_http_methods = SAFE_METHODS
    # A copy has a number, a parent and themes of its own.
    exclude_fields_in_copy = ["number", "bulletin", "themes"]
    preview_modes = PREVIEW_MODES
    preview_sizes = PREVIEW_SIZES
    default_preview_size = DEFAULT_PREVIEW_SIZE
    default_preview_mode = "mail"

    class Meta:
        verbose_name = "numéro"
        verbose_name_plural = "numéros"
        permissions = [("send_issue", "Peut envoyer un numéro aux abonnés")]
        constraints = [
            models.UniqueConstraint(
                fields=["bulletin", "kind", "number"],
                name="one_issue_per_number",
                violation_error_message=TAKEN,
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True) | Q(number__gte=1),
                name="issue_number_from_one",
                violation_error_message="La numérotation commence à 1.",
            ),
            models.CheckConstraint(
                condition=Q(kind="special") | Q(feeds_ledger=True),
                name="a_regular_issue_feeds_the_ledger",
                violation_error_message="Un numéro régulier inscrit toujours ses pages.",
            ),
        ]

    def full_clean(self, *args: object, **kwargs: object) -> None:
        self._take_bulletin()
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        try:
            date_label(self.dated)
        except IssueDateError as error:
            raise ValidationError({"dated": str(error)}) from error

    def save(self, *args: object, **kwargs: object) -> None:
        self._take_bulletin()
        super().save(*args, **kwargs)

    def can_move_to(self, parent: Page) -> bool:
        """An issue stays in its bulletin, whose readers and numbers are its own."""
        return parent.pk == self.bulletin_id and super().can_move_to(parent)

    def _take_bulletin(self) -> None:
        if self.bulletin_id is None and self.path:
            parent = self.get_parent()
            self.bulletin = parent.specific if parent else None

    @property
    def number_label(self) -> str:
        return number_label(self.kind, self.number)

    @property
    def date_label(self) -> str:
        return date_label(self.dated)

    @property
    def sending_label(self) -> str:
        """The state of this issue's sending, in words; empty before there is one."""
        mailing = self.mailings.of_issue(self.pk).first()
        return mailing.get_state_display() if mailing else ""

    @property
    def theme(self) -> str:
        return self.title

    def document(self, *, strict: bool = False, edition: str = "") -> IssueDocument:
        return compose(self, strict=strict, edition=edition)

    def rendered(self, document: IssueDocument | None = None) -> RenderedIssue:
        """The mail of this issue, or of `document`; raises a `LetterError` when it can not be
        made."""
        return render(document or self.document(strict=True), max_bytes=self.max_bytes)

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        found = archive.edition_route(self, path_components)
        return found or super().route(request, path_components)

    def serve(self, request: HttpRequest, edition: str = "", form: str = "") -> HttpResponse:
        if form:
            return archive.serve_file(self, request, form, edition)
        return super().serve(request, edition=edition)

    def get_context(self, request: HttpRequest, edition: str = "") -> dict:
        return super().get_context(request) | archive.issue_context(self, request, edition)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return preview_response(self, mode_name) or super().serve_preview(request, mode_name)
