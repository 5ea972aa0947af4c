"""What a person says of a file: where it goes, what its columns are, where the consent is from."""

from typing import Any

from django import forms
from django.utils import timezone

from newsletter.models.readers import SubscriberImport
from newsletter.readers.bulletin_field import BulletinField
from newsletter.readers.imports.shapes import LABELS, ONCE
from newsletter.readers.imports.values import MAX_FILE_BYTES

CHOICES = list(LABELS.items())


class UploadForm(forms.Form):
    bulletin = BulletinField(empty_label=None)
    file = forms.FileField(
        label="Fichier",
        help_text="CSV ou XLSX, 20\u00a0Mo et 200\u00a0000 lignes au plus. "
        "Les exports de Brevo, Mailchimp, Sympa et Sarbacane sont reconnus.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE_BYTES:
            raise forms.ValidationError("Le fichier dépasse 20\u00a0Mo.")
        return file


class MappingForm(forms.Form):
    """The role of each column, and the provenance. `job` gives the columns."""

    source = forms.CharField(
        label="D'où viennent ces adresses, et ce que les personnes ont accepté",
        max_length=200,
        help_text="Par exemple\u00a0: «\u00a0Formulaire d'inscription de l'ancienne lettre, "
        "hébergée chez Brevo\u00a0». Cette phrase prouve l'accord\u00a0: elle est gardée avec "
        "chaque abonnement.",
    )
    collected_on = forms.DateField(
        label="Recueillies jusqu'au",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Le jour de l'export, de la séance ou du recueil.",
    )

    def __init__(self, job: SubscriberImport, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = []
        header, lines = job.mapping["header"], job.mapping.get("lines", [])
        for rank, name in enumerate(header):
            key = f"role_{rank}"
            self.fields[key] = forms.ChoiceField(
                label=f"Colonne «\u00a0{name[:80] or rank + 1}\u00a0»",
                choices=CHOICES,
                required=False,
                initial=job.mapping["roles"][rank],
            )
            self.columns.append((key, name, [line[rank] for line in lines]))

    def shown_columns(self) -> list[tuple[forms.BoundField, str, list[str]]]:
        """(field, name of the column, its first values), for the template."""
        return [(self[key], name, values) for key, name, values in self.columns]

    def clean_collected_on(self) -> Any:
        day = self.cleaned_data["collected_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("Cette date n'est pas encore venue.")
        return day

    def roles(self) -> list[str]:
        return [self.cleaned_data[key] for key, _, _ in self.columns]

    def provenance(self) -> str:
        source = " ".join(self.cleaned_data["source"].split())
        return f"{source} (recueillies jusqu'au {self.cleaned_data['collected_on']:%d/%m/%Y})"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        roles = [cleaned.get(key, "") for key, _, _ in self.columns]
        if "email" not in roles:
            self.add_error(None, "Dites quelle colonne porte l'adresse électronique.")
        for role in sorted(ONCE):
            if roles.count(role) > 1:
                self.add_error(None, f"Deux colonnes ont le rôle «\u00a0{LABELS[role]}\u00a0».")
        return cleaned
