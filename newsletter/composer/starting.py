"""Starting an issue from the admin: a number, a date, its rubrics; then the composer."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from wagtail.admin.widgets import AdminDateInput

from home.models import Topic
from newsletter.assembling import create_issue
from newsletter.issue_form import TAKEN
from newsletter.models import Bulletin, Issue
from newsletter.numbering import IssueDateError, issue_slug, number_label, parse_issue_date
from newsletter.rules import rule_blocks
from newsletter.scheduling import proposed_numbers


class StartForm(forms.Form):
    """A regular issue selects by the bulletin's standing rubrics; a special one by its topics."""

    kind = forms.ChoiceField(label="Nature", choices=Issue.Kind, widget=forms.RadioSelect)
    number = forms.IntegerField(
        label="Numéro",
        min_value=1,
        max_value=99_999,
        required=False,
        help_text="Vide\u00a0: le prochain de cette nature.",
    )
    title = forms.CharField(label="Titre, ou thème", max_length=255)
    dated = forms.CharField(label="Date", max_length=10, help_text="AAAA-MM ou AAAA-MM-JJ")
    topics = forms.ModelMultipleChoiceField(
        label="Une rubrique par thème coché",
        queryset=Topic.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Aucun\u00a0: les rubriques permanentes du bulletin.",
    )
    published_from = forms.DateField(label="Publié depuis le", required=False)
    published_to = forms.DateField(label="Publié jusqu'au", required=False)
    fill = forms.BooleanField(
        label="Ranger d'emblée les pages proposées dans leurs rubriques",
        required=False,
        initial=True,
        help_text="Décochez pour les accepter une à une.",
    )

    def __init__(self, *args: Any, bulletin: Bulletin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bulletin, self.numbers = bulletin, proposed_numbers(bulletin)
        self.fields["kind"].choices = [
            (kind, f"{label} ({number_label(kind, self.numbers[kind])})")
            for kind, label in Issue.Kind.choices
        ]
        for name in ("published_from", "published_to"):
            self.fields[name].widget = AdminDateInput()

    def clean_dated(self) -> str:
        try:
            parse_issue_date(self.cleaned_data["dated"])
        except IssueDateError as error:
            raise forms.ValidationError(str(error)) from error
        return self.cleaned_data["dated"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind, number = cleaned.get("kind"), cleaned.get("number")
        if kind and not number and "number" not in self.errors:
            number = cleaned["number"] = self.numbers[kind]
        if kind and number and self._is_taken(kind, number):
            self.add_error("number", TAKEN)
        start, end = cleaned.get("published_from"), cleaned.get("published_to")
        if start and end and start > end:
            self.add_error("published_to", "La fin précède le début.")
        if not cleaned.get("topics") and not self.bulletin.standing_rubrics:
            self.add_error(
                "topics", "Ce bulletin n'a pas de rubriques permanentes\u00a0: cochez un thème."
            )
        return cleaned

    def _is_taken(self, kind: str, number: int) -> bool:
        same = Issue.objects.of(self.bulletin).filter(kind=kind, number=number)
        slug = issue_slug(kind, number)
        return same.exists() or self.bulletin.get_children().filter(slug=slug).exists()

    def draft(self) -> Issue:
        """The issue that the form describes, empty and not stored."""
        data = self.cleaned_data
        issue = Issue(
            bulletin=self.bulletin,
            slug=issue_slug(data["kind"], data["number"]),
            feeds_ledger=data["kind"] == Issue.Kind.REGULAR,
            live=False,
            has_unpublished_changes=True,
            **{
                name: data[name]
                for name in ("kind", "number", "title", "dated", "published_from", "published_to")
            },
        )
        issue.rules = rule_blocks([(topic.name, (topic.slug,)) for topic in data["topics"]])
        return issue


def start(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    bulletin = get_object_or_404(Bulletin, pk=bulletin_id)
    if not bulletin.permissions_for_user(request.user).can_add_subpage():
        raise PermissionDenied
    form = StartForm(
        request.POST or None,
        bulletin=bulletin,
        initial={"kind": Issue.Kind.REGULAR, "dated": f"{timezone.localdate():%Y-%m}"},
    )
    if request.method == "POST":
        with transaction.atomic():
            # Locked before the number is checked: a form sent twice starts one issue.
            Bulletin.objects.select_for_update(of=("self",)).get(pk=bulletin.pk)
            if form.is_valid():
                fill = form.cleaned_data["fill"]
                issue = create_issue(bulletin, form.draft(), user=request.user, fill=fill)
                return redirect("newsletter_composer", issue.pk)
    context = {
        "bulletin": bulletin,
        "form": form,
        "header_title": "Nouveau numéro",
        "header_icon": "plus",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Accueil"},
            {"url": reverse("numeros:index"), "label": "Numéros"},
            {"url": "", "label": "Nouveau numéro", "sublabel": bulletin.title},
        ],
    }
    return TemplateResponse(request, "newsletter/admin/start.html", context)


def choose(request: HttpRequest) -> HttpResponse:
    """Straight to the form of the only bulletin that this person may write in; else a choice."""
    bulletins = [
        bulletin
        for bulletin in Bulletin.objects.order_by("title")
        if bulletin.permissions_for_user(request.user).can_add_subpage()
    ]
    if not bulletins:
        raise PermissionDenied
    if len(bulletins) == 1:
        return redirect("newsletter_start", bulletins[0].pk)
    context = {"bulletins": bulletins, "header_title": "Nouveau numéro", "header_icon": "plus"}
    return TemplateResponse(request, "newsletter/admin/choose_bulletin.html", context)


urlpatterns: list[URLPattern] = [
    path("lettre/nouveau/", choose, name="newsletter_choose_bulletin"),
    path("lettre/bulletins/<key:bulletin_id>/nouveau/", start, name="newsletter_start"),
]
