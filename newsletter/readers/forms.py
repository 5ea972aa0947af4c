"""The sign-up form."""

from django import forms

from newsletter.addresses import MAX_LENGTH, AddressError, normalise
from newsletter.models import Bulletin


class SubscribeForm(forms.Form):
    """An address and, where there are several, a bulletin. `site_web` is a trap: people do not
    see it, programs fill it."""

    email = forms.CharField(
        label="Votre adresse électronique",
        max_length=MAX_LENGTH,
        error_messages={"required": "Indiquez votre adresse électronique."},
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}
        ),
    )
    bulletin = forms.ModelChoiceField(
        label="Bulletin",
        queryset=Bulletin.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=None,
        error_messages={"invalid_choice": "Ce bulletin n'existe pas."},
    )
    site_web = forms.CharField(label="Ne remplissez pas ce champ", required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        open_ones = Bulletin.objects.live().public().exclude(sender_email="").order_by("path")
        self.fields["bulletin"].queryset = open_ones
        self.bulletins = list(open_ones)
        if len(self.bulletins) < 2:
            self.fields["bulletin"].widget = forms.HiddenInput()

    @property
    def is_trapped(self) -> bool:
        return bool(self.data.get("site_web"))

    def clean_email(self) -> str:
        try:
            return normalise(self.cleaned_data["email"])
        except AddressError as error:
            example = "Exemple\u00a0: prenom.nom@exemple.fr"
            raise forms.ValidationError(f"{error} {example}", code="invalid") from error

    def clean_bulletin(self) -> Bulletin | None:
        return self.cleaned_data["bulletin"] or next(iter(self.bulletins), None)
