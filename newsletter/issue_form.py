"""The edit form of an issue: what the database would refuse is said in words first.

The bulletin is not a field of the form, so Django leaves the constraint on the number out of the
form's own validation.
"""

from typing import Any

from wagtail.admin.forms.pages import WagtailAdminPageForm

TAKEN = "Ce numéro existe déjà dans ce bulletin."


class IssueForm(WagtailAdminPageForm):
    def clean(self) -> dict[str, Any]:
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
