"""The watch's listings in the admin: notices, agenda, authorities."""

from django.forms import CheckboxSelectMultiple
from django_filters import BooleanFilter, DateFromToRangeFilter, MultipleChoiceFilter
from wagtail.admin.filters import DateRangePickerWidget
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets import BooleanRadioSelect
from wagtail.snippets.views.snippets import SnippetViewSet

from home.listings import HANDLE, STATUS, TITLE, TOPICS, UPDATED, EntryFilterSet, EntryListing
from veille.choices import ACCESS, LANGUAGES, TYPE_CHOICES
from veille.models import AgendaEntry, Notice, Organisation, Periodical, Person


class NoticeFilterSet(EntryFilterSet):
    notice_type = MultipleChoiceFilter(
        label="Type", choices=TYPE_CHOICES, widget=CheckboxSelectMultiple
    )
    language = MultipleChoiceFilter(
        label="Langue", choices=LANGUAGES, widget=CheckboxSelectMultiple
    )
    access = MultipleChoiceFilter(label="Accès", choices=ACCESS, widget=CheckboxSelectMultiple)
    date_max = DateFromToRangeFilter(label="Date du document", widget=DateRangePickerWidget)
    is_favourite = BooleanFilter(label="Coup de cœur", widget=BooleanRadioSelect)

    class Meta:
        model = Notice
        fields: list[str] = []


class NoticeListing(EntryListing):
    model = Notice
    icon = "doc-full"
    menu_label = "Notices"
    filterset_class = NoticeFilterSet
    columns = [
        HANDLE,
        TITLE,
        Column("type", label="Type", accessor="card_label", sort_key="notice_type"),
        Column("date", label="Date", accessor="date_text", sort_key="date_max"),
        TOPICS,
        UPDATED,
        STATUS,
    ]


def moment_words(entry: AgendaEntry) -> str:
    when = entry.when()
    return when.text if when else "À dater"


class AgendaFilterSet(EntryFilterSet):
    kind = MultipleChoiceFilter(
        label="Nature", choices=AgendaEntry.Kind.choices, widget=CheckboxSelectMultiple
    )
    status = MultipleChoiceFilter(
        label="État", choices=AgendaEntry.Status.choices, widget=CheckboxSelectMultiple
    )
    date_max = DateFromToRangeFilter(label="Finit", widget=DateRangePickerWidget)

    class Meta:
        model = AgendaEntry
        fields: list[str] = []


class AgendaListing(EntryListing):
    model = AgendaEntry
    icon = "date"
    menu_label = "Agenda"
    ordering = "-date_max"
    filterset_class = AgendaFilterSet
    columns = [
        HANDLE,
        TITLE,
        Column("kind", label="Nature", accessor="get_kind_display", sort_key="kind"),
        Column("date", label="Date", accessor=moment_words, sort_key="date_max"),
        Column("moment_status", label="Tenue", accessor="get_status_display", sort_key="status"),
        TOPICS,
        STATUS,
    ]


class AuthorityViewSet(SnippetViewSet):
    """An authority stands in the group's menu: Wagtail need not add « Fragments » for it."""

    menu_item_is_registered = True


class PersonViewSet(AuthorityViewSet):
    model = Person
    icon = "user"
    menu_label = "Personnes"
    list_display = ["__str__", "given_name", "qualifier"]
    ordering = ["family_name", "given_name"]
    panels = [
        FieldRowPanel(["family_name", "given_name"]),
        MultiFieldPanel(["variants", "qualifier"], heading="Pour la reconnaître"),
    ]


class OrganisationViewSet(AuthorityViewSet):
    model = Organisation
    icon = "group"
    menu_label = "Organismes"
    list_display = ["name", "acronym", "kind", "becomes"]
    list_filter = ["kind"]
    panels = [
        FieldRowPanel(["name", "acronym"]),
        FieldPanel("variants"),
        FieldRowPanel(["kind", "url"]),
        FieldPanel("becomes"),
    ]


class PeriodicalViewSet(AuthorityViewSet):
    model = Periodical
    icon = "openquote"
    menu_label = "Périodiques"
    list_display = ["title", "issn", "publisher"]
    panels = [FieldPanel("title"), FieldRowPanel(["issn", "publisher"]), FieldPanel("url")]
