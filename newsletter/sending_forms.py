"""What a person types in the sending panel: addresses for a test, a day and an hour."""

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.forms.utils import from_current_timezone
from django.utils import timezone

from newsletter.addresses import AddressError, normalise
from newsletter.engine.trials import MAX_TEST_ADDRESSES

SEPARATORS = re.compile(r"[,;\s]+")
MAX_DAYS_AHEAD = 365


class TestForm(forms.Form):
    """`addresses` once clean: a list, normalised, each once."""

    __test__ = False  # its name is not a test's
    addresses = forms.CharField(
        label="Adresses électroniques",
        help_text=f"{MAX_TEST_ADDRESSES} au plus, séparées par des virgules ou des retours à la "
        "ligne.",
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "email", "spellcheck": "false"}),
    )

    def clean_addresses(self) -> list[str]:
        found: dict[str, None] = {}
        for text in filter(None, SEPARATORS.split(self.cleaned_data["addresses"])):
            try:
                found[normalise(text)] = None
            except AddressError as error:
                raise forms.ValidationError(
                    f"«\u00a0{text}\u00a0» n'est pas une adresse électronique."
                ) from error
        if not found:
            raise forms.ValidationError("Donnez au moins une adresse.")
        if len(found) > MAX_TEST_ADDRESSES:
            raise forms.ValidationError(
                f"Un essai part vers {MAX_TEST_ADDRESSES} adresses au plus\u00a0; vous en avez "
                f"donné {len(found)}."
            )
        return list(found)


class ScheduleForm(forms.Form):
    """A moment to come, of the site's time zone whatever that of the person's profile; `at` once
    clean is aware."""

    day = forms.DateField(
        label="Jour", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label="Heure (de Paris)",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "day" not in cleaned or "time" not in cleaned:
            return cleaned
        with timezone.override(timezone.get_default_timezone()):
            try:
                at = from_current_timezone(datetime.combine(cleaned["day"], cleaned["time"]))
            except forms.ValidationError:
                self.add_error("time", "Cette heure n'existe pas ce jour-là, ou existe deux fois.")
                return cleaned
        now = timezone.now()
        if at <= now:
            is_over = cleaned["day"] < timezone.localdate(now, timezone.get_default_timezone())
            self.add_error("day" if is_over else "time", "Ce moment est passé.")
        elif at > now + timedelta(days=MAX_DAYS_AHEAD):
            self.add_error("day", "Un envoi se programme un an à l'avance au plus.")
        return cleaned | {"at": at}
