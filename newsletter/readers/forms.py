"""The forms of the reader: asking, choosing, correcting."""

import logging
import unicodedata
from functools import lru_cache
from pathlib import Path

from django import forms
from django.conf import settings
from django.db.models import QuerySet

from home.models import Topic
from newsletter.addresses import MAX_LENGTH, AddressError, normalise
from newsletter.documents import one_line
from newsletter.models import Bulletin
from newsletter.models.audience import Subscriber, Subscription
from newsletter.readers.preferences import Choices, ThemeGroup, theme_groups
from newsletter.readers.stamps import Age, age

logger = logging.getLogger(__name__)
Frequency = Subscription.Frequency
FREQUENCIES = [
    (Frequency.ISSUE.value, "Chaque numéro, en entier"),
    (Frequency.WEEKLY.value, "Un résumé par semaine, le lundi"),
    (Frequency.MONTHLY.value, "Un résumé par mois, le 1er"),
]
LONGEST_KEY = 18  # digits of a 64-bit integer, less one
# They turn the words around them (UAX 9 §2.1 to 2.4); plain marks (U+200E, U+200F) stay.
TURNING = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


class TopicsField(forms.ModelMultipleChoiceField):
    """Themes by key. A number that no database holds is a theme that does not exist, not an
    error of the database."""

    def clean(self, value: object) -> QuerySet[Topic]:
        keys = value if isinstance(value, list | tuple) else []
        for key in map(str, keys):
            if not (key.isascii() and key.isdecimal()) or len(key) > LONGEST_KEY:
                raise forms.ValidationError(self.error_messages["invalid_pk_value"])
        return super().clean(value)


class ChoicesForm(forms.Form):
    """How often, and which themes. Nothing ticked means every theme."""

    frequency = forms.ChoiceField(
        label="Ce que vous recevez",
        choices=FREQUENCIES,
        required=False,
        error_messages={"invalid_choice": "Choisissez l'une des fréquences proposées."},
    )
    topics = TopicsField(
        label="Thèmes de votre résumé",
        queryset=Topic.objects.all(),
        required=False,
        error_messages={
            "invalid_choice": "L'un de ces thèmes n'existe plus\u00a0: vérifiez vos choix.",
            "invalid_pk_value": "L'un de ces thèmes n'existe pas\u00a0: vérifiez vos choix.",
            "invalid_list": "Choisissez parmi les thèmes proposés.",
        },
    )

    @property
    def choices(self) -> Choices:
        """Of a valid form."""
        frequency = self.cleaned_data["frequency"] or Frequency.ISSUE.value
        return Choices(frequency, tuple(self.cleaned_data["topics"]))

    @property
    def chosen_frequency(self) -> str:
        return self["frequency"].value() or Frequency.ISSUE.value

    @property
    def theme_groups(self) -> list[ThemeGroup]:
        """The boxes, ticked as they were sent or stored."""
        values = self["topics"].value() or []
        ids = {str(getattr(value, "pk", value)) for value in values}
        return theme_groups({int(one) for one in ids if one.isascii() and one.isdecimal()})


class SubscribeForm(ChoicesForm):
    """An address and, where there are several, a bulletin. `site_web` is a trap: people do not
    see it, programs fill it. `instant` says when the form was given (`stamps`)."""

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
    instant = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

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

    @property
    def age(self) -> Age:
        return age(self.data.get("instant", ""))

    @property
    def offers_digests(self) -> bool:
        return any(bulletin.offers_digests for bulletin in self.bulletins)

    @property
    def has_chosen(self) -> bool:
        """Whether something else than the usual was chosen: the fold is then open."""
        return self.chosen_frequency != Frequency.ISSUE or bool(self["topics"].value())

    def clean_email(self) -> str:
        try:
            email = normalise(self.cleaned_data["email"])
        except AddressError as error:
            example = "Exemple\u00a0: prenom.nom@exemple.fr"
            raise forms.ValidationError(f"{error} {example}", code="invalid") from error
        if is_refused(email.rpartition("@")[2]):
            raise forms.ValidationError(
                "Cette adresse ne dure pas\u00a0: donnez celle que vous lisez d'ordinaire.",
                code="refused",
            )
        return email

    def clean_bulletin(self) -> Bulletin | None:
        return self.cleaned_data["bulletin"] or next(iter(self.bulletins), None)

    def clean(self) -> dict:
        """A bulletin that offers no digest is received whole, whatever the fold said."""
        cleaned = super().clean() or self.cleaned_data
        bulletin = cleaned.get("bulletin")
        if bulletin and not bulletin.offers_digests:
            cleaned["frequency"], cleaned["topics"] = Frequency.ISSUE.value, Topic.objects.none()
        return cleaned


class CorrectionForm(forms.ModelForm):
    """The name and the organisation, as their owner writes them."""

    class Meta:
        model = Subscriber
        fields = ("name", "organisation")
        labels = {"name": "Nom", "organisation": "Organisme"}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "organisation": forms.TextInput(attrs={"autocomplete": "organization"}),
        }

    def clean_name(self) -> str:
        return plain_name(self.cleaned_data["name"])

    def clean_organisation(self) -> str:
        return plain_name(self.cleaned_data["organisation"])


def plain_name(text: str) -> str:
    """`text` on one line, without control characters nor what turns the words around it."""
    kept = one_line(text).translate(TURNING)
    return "".join(c for c in kept if unicodedata.category(c) not in ("Cc", "Cs")).strip()


def is_refused(domain: str) -> bool:
    """Whether `domain`, or one above it, is in the centre's list."""
    refused = refused_domains(settings.SIGNUP_REFUSED_DOMAINS)
    labels = domain.split(".")
    return any(".".join(labels[rank:]) in refused for rank in range(len(labels)))


@lru_cache(maxsize=4)
def refused_domains(source: str) -> frozenset[str]:
    """The domains that `source` names: a list with commas, or the path of a file with one a line
    (« # » opens a remark). Read once; a file that can not be read refuses nobody, and is told."""
    try:
        words = _file_lines(source) if "/" in source else source.split(",")
    except (OSError, UnicodeDecodeError) as error:
        logger.error("signup.domains_unreadable reason=%s", type(error).__name__)
        return frozenset()
    names = (word.partition("#")[0].strip().lower().rstrip(".") for word in words)
    return frozenset(name for name in names if name)


def _file_lines(path: str) -> list[str]:
    return Path(path).read_text("utf-8").splitlines()
