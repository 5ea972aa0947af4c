"""The consent register: every event, what the person read, where it came from. Read by who may
view consents, carried away by who may also export subscribers; each export is written down."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from newsletter.addresses import AddressError, masked, normalise
from newsletter.models.audience import ConsentEvent
from newsletter.models.suppressions import Suppression
from newsletter.readers.bulletin_field import BulletinField

HEADER = (
    *("date", "événement", "adresse", "bulletin", "par", "page", "version du texte"),
    *("texte présenté", "provenance", "détail", "demandé le", "confirmé le", "état actuel"),
)
EVERY = [("", "Tous")]


class RegisterForm(forms.Form):
    """The filters; read from the address, whatever is wrong is named and filters nothing."""

    kind = forms.ChoiceField(
        label="Événement", choices=EVERY + ConsentEvent.Kind.choices, required=False
    )
    channel = forms.ChoiceField(
        label="Par", choices=EVERY + ConsentEvent.Channel.choices, required=False
    )
    bulletin = BulletinField(required=False, empty_label="Tous")
    start = forms.DateField(
        label="Du",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    end = forms.DateField(
        label="Au (compris)",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    email = forms.CharField(label="Une adresse", required=False, max_length=254)

    def clean_email(self) -> str:
        typed = self.cleaned_data["email"].strip()
        if not typed:
            return ""
        try:
            return normalise(typed)
        except AddressError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start:
            self.add_error("end", "La fin précède le début.")
        return cleaned


def events(form: RegisterForm) -> QuerySet[ConsentEvent]:
    """The events that the form asks for, the latest first; none of them when it is refused."""
    if not form.is_valid():
        return ConsentEvent.objects.none()
    given = form.cleaned_data
    lookups = {
        "kind": given["kind"],
        "channel": given["channel"],
        "subscription__bulletin": given["bulletin"],
        "at__date__gte": given["start"],
        "at__date__lte": given["end"],
        "subscription__subscriber__email": given["email"],
    }
    found = ConsentEvent.objects.filter(**{name: v for name, v in lookups.items() if v})
    return found.select_related("subscription__subscriber", "subscription__bulletin")


def suppression_of(email: str) -> Suppression | None:
    """Why an address is not written to: an erased person has no event left but this hash."""
    if not email:
        return None
    return Suppression.objects.filter(address_hash=Suppression.objects.hash_of(email)).first()


def row(event: ConsentEvent) -> list[object]:
    """One line of the export; see `HEADER`."""
    subscription = event.subscription
    held: list[object] = ["", "", "", "", ""]
    if subscription:
        held = [
            subscription.subscriber.email,
            subscription.bulletin.title,
            subscription.requested_at,
            subscription.confirmed_at or "",
            subscription.get_status_display(),
        ]
    email, bulletin, requested, confirmed, status = held
    return [
        *(event.at, event.get_kind_display(), email, bulletin, event.get_channel_display()),
        *(event.page, event.wording_version, event.wording, event.provenance, event.detail),
        *(requested, confirmed, status),
    ]


def filters_in_words(form: RegisterForm) -> str:
    """What was asked, for the journal of exports; an address is masked."""
    given = form.cleaned_data
    parts = [
        f"événement {given['kind']}" if given["kind"] else "",
        f"par {given['channel']}" if given["channel"] else "",
        f"bulletin {given['bulletin']}" if given["bulletin"] else "",
        f"du {given['start']:%d/%m/%Y}" if given["start"] else "",
        f"au {given['end']:%d/%m/%Y}" if given["end"] else "",
        f"adresse {masked(given['email'])}" if given["email"] else "",
    ]
    return ", ".join(part for part in parts if part) or "tout"
