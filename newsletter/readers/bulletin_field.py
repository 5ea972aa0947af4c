"""A choice among the bulletins, whatever is typed in an address or posted by hand."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from newsletter.models.issues import Bulletin

LONGEST_KEY = 18  # digits of a 64-bit integer, less one


class BulletinField(forms.ModelChoiceField):
    """A key that no database could hold is no choice, rather than a fault of the database."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Bulletin.objects.order_by("title"), label="Bulletin", **options)

    def to_python(self, value: Any) -> Bulletin | None:
        text = str(value or "")
        if text and not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY):
            code = "invalid_choice"
            raise ValidationError(self.error_messages[code], code=code, params={"value": text[:50]})
        return super().to_python(value)
