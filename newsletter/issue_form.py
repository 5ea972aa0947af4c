"""The edit form of an issue: what the database would refuse is said in words first, and what
follows from its bulletin is proposed.

The bulletin is not a field of the form, so Django leaves the constraint on the number out of the
form's own validation.
"""

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from wagtail.admin.forms.pages import WagtailAdminPageForm
from wagtail.models import Revision

from newsletter.numbering import issue_slug, next_number, number_label

if TYPE_CHECKING:
    from newsletter.models import Bulletin

TAKEN = "Ce numéro existe déjà dans ce bulletin."


def proposed_numbers(bulletin: "Bulletin") -> dict[str, int]:
    """The next number of each kind, {"regular": n, "special": m}: one more than the highest that
    an issue bears, or will bear once its draft is published."""
    taken: dict[str, list[int | None]] = {"regular": [], "special": []}
    drafts = Revision.objects.filter(pk__in=bulletin.issues.values("latest_revision"))
    for kind, number in [
        *bulletin.issues.values_list("kind", "number"),
        *drafts.values_list("content__kind", "content__number"),
    ]:
        taken[kind].append(number)
    return {kind: next_number(numbers) for kind, numbers in taken.items()}


class IssueForm(WagtailAdminPageForm):
    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        parent_page: Any = None,
        subscription: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        is_new = parent_page is not None and not getattr(kwargs.get("instance"), "pk", None)
        numbers = proposed_numbers(parent_page.specific) if is_new else {}
        if is_new:
            number = numbers["regular"]
            kwargs["initial"] = {
                "number": number,
                "dated": f"{timezone.localdate():%Y-%m}",
                "slug": issue_slug("regular", number),
            } | (kwargs.get("initial") or {})
        super().__init__(data, files, parent_page, subscription, *args, **kwargs)
        if is_new and "number" in self.fields:
            special = number_label("special", numbers["special"])
            self.fields["number"].help_text = f"Le prochain hors-série serait {special}."

    def clean(self) -> dict[str, Any]:
        self._follow_the_number()
        cleaned = super().clean()
        kind, number = cleaned.get("kind"), cleaned.get("number")
        if kind == "regular":
            cleaned["feeds_ledger"] = True
        if number is not None:
            model = type(self.instance)
            same = model.objects.child_of(self.parent_page).filter(kind=kind, number=number)
            if same.exclude(pk=self.instance.pk).exists():
                self.add_error("number", TAKEN)
        return cleaned

    def _follow_the_number(self) -> None:
        """The slug that was proposed follows the kind and the number, until the first
        publication; one that a person wrote is left."""
        cleaned, before = self.cleaned_data, self.initial
        kind, number = cleaned.get("kind"), cleaned.get("number")
        if self.instance.first_published_at or not (kind and number and before.get("number")):
            return
        if cleaned.get("slug") == issue_slug(before.get("kind", "regular"), before["number"]):
            cleaned["slug"] = issue_slug(kind, number)
