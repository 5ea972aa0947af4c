"""The centre's own resources in the admin."""

from django.forms import CheckboxSelectMultiple
from django_filters import BooleanFilter, MultipleChoiceFilter
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets import BooleanRadioSelect

from home.listings import HANDLE, STATUS, TITLE, TOPICS, UPDATED, EntryFilterSet, EntryListing
from resources.models import CaseStudy


def lead_names(case: CaseStudy) -> str:
    return ", ".join(case.leads())


class CaseStudyFilterSet(EntryFilterSet):
    status = MultipleChoiceFilter(
        label="État de l'action", choices=CaseStudy.Status.choices, widget=CheckboxSelectMultiple
    )
    in_priority_district = BooleanFilter(
        label="Dans un quartier prioritaire", widget=BooleanRadioSelect
    )

    class Meta:
        model = CaseStudy
        fields: list[str] = []


class CaseStudyListing(EntryListing):
    model = CaseStudy
    icon = "clipboard-list"
    menu_label = "Retours d'expérience"
    filterset_class = CaseStudyFilterSet
    columns = [
        HANDLE,
        TITLE,
        Column("leads", label="Porteur", accessor=lead_names),
        Column("action_status", label="Action", accessor="get_status_display", sort_key="status"),
        TOPICS,
        UPDATED,
        STATUS,
    ]
