"""The record of processing activities (RGPD art. 30.1), from what the software really stores: the
models that each app declares, their fields, their rows, and the delays as they are set now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Field, Model
from django.utils import timezone

from home.models import SiteSettings
from home.personal import Holding, holdings, rules
from newsletter.log_actions import day_and_time

MISSING = "à compléter dans les réglages du centre"
SECURITY = (
    "Accès à l'administration par un compte personnel, droits séparés pour voir, corriger, "
    "importer et exporter les abonnés.",
    "Mots de passe hachés (Argon2)\u00a0; adresses exclues gardées sous forme d'empreintes à clé.",
    "Aucune adresse IP enregistrée avec un consentement, aucun pixel, aucun lien propre à une "
    "personne hors du désabonnement et des préférences.",
    "Chaque export est inscrit dans un journal\u00a0; les formules y sont neutralisées.",
    "Aucune adresse électronique dans les journaux techniques.",
)
ABSENT = (
    "Le logiciel ne stocke ni message de contact, ni alerte\u00a0: il n'a pas de formulaire qui en "
    "recueille."
)
# Words in the name of a model that would make `ABSENT` untrue.
WOULD_BE_CONTACT = ("contactmessage", "alert", "formsubmission")


@dataclass(frozen=True, slots=True)
class Stored:
    """One table: `fields` are (label, name)."""

    label: str
    name: str
    fields: list[tuple[str, str]]
    rows: int


@dataclass(frozen=True, slots=True)
class Activity:
    holding: Holding
    basis: str
    kept: str
    tables: list[Stored]


@dataclass(frozen=True, slots=True)
class Record:
    made_at: datetime
    controller: list[tuple[str, str]]
    activities: list[Activity]
    delays: list[tuple[str, str]]
    absent: str


def record(now: datetime | None = None) -> Record:
    return Record(
        made_at=now or timezone.now(),
        controller=_controller(),
        activities=[Activity(one, one.basis(), one.kept(), _tables(one)) for one in holdings()],
        delays=[(rule.label, rule.delay()) for rule in rules()],
        absent=_absent(),
    )


def _controller() -> list[tuple[str, str]]:
    found = SiteSettings.objects.order_by("-site__is_default_site", "pk").first()
    centre = found or SiteSettings()
    given = {
        "Responsable du traitement": ", ".join(
            part
            for part in (centre.editor_name or centre.centre_name, centre.editor_legal_form)
            if part
        ),
        "Adresse": " ".join(centre.editor_address.split()),
        "Contact": centre.contact_email,
        "Délégué à la protection des données": ", ".join(
            part for part in (centre.dpo_name, centre.dpo_email) if part
        ),
        "Hébergeur": ", ".join(
            part for part in (centre.host_name, " ".join(centre.host_address.split())) if part
        ),
        "Base légale des envois": centre.get_legal_basis_display(),
        "Site": settings.SITE_URL,
    }
    return [(label, value or MISSING) for label, value in given.items()]


def _tables(holding: Holding) -> list[Stored]:
    """Without those that only link two others: they hold no more than these say."""
    return [
        _stored(name, fields)
        for name, fields in holding.fields.items()
        if not apps.get_model(name)._meta.auto_created
    ]


def _stored(name: str, fields: tuple[str, ...]) -> Stored:
    model = apps.get_model(name)
    return Stored(
        label=_capital(str(model._meta.verbose_name_plural)),
        name=name,
        fields=[(_label(model._meta.get_field(field)), field) for field in fields],
        rows=_count(model),
    )


def _count(model: type[Model]) -> int:
    return model._default_manager.count()


def _label(field: Any) -> str:
    if isinstance(field, Field):
        return str(field.verbose_name)
    return str(field.name)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _absent() -> str:
    names = [model._meta.model_name for model in apps.get_models()]
    held = [name for name in names if any(word in name for word in WOULD_BE_CONTACT)]
    return "" if held else ABSENT


def markdown(made: Record) -> str:
    """The record as Markdown, for the file of the data-protection officer."""
    return "\n".join(_lines(made)).strip() + "\n"


def _lines(made: Record) -> Iterator[str]:
    yield "# Registre des activités de traitement"
    yield ""
    yield f"RGPD, article 30. Établi par le logiciel le {day_and_time(made.made_at)}."
    yield ""
    for label, value in made.controller:
        yield f"- **{label}**\u00a0: {_plain(value)}"
    for rank, one in enumerate(made.activities, start=1):
        yield from _activity(rank, one)
    yield from ("", "## Ce qui n'est pas stocké", "", made.absent or "—")
    yield from ("", "## Durées de conservation appliquées chaque nuit", "")
    yield from ("| Données | Délai |", "|---|---|")
    for label, delay in made.delays:
        yield f"| {_plain(label)} | {_plain(delay)} |"
    yield from ("", "## Mesures de sécurité", "")
    yield from (f"- {measure}" for measure in SECURITY)


def _activity(rank: int, one: Activity) -> Iterator[str]:
    held = one.holding
    yield from ("", f"## {rank}. {held.title}", "")
    for label, value in (
        ("Finalité", held.purpose),
        ("Base légale", one.basis),
        ("Personnes concernées", held.people),
        ("Origine des données", held.source),
        ("Destinataires", held.recipients),
        ("Transferts hors de l'Union européenne", "aucun par le logiciel"),
        ("Conservation", one.kept),
    ):
        yield f"- **{label}**\u00a0: {_plain(value)}"
    yield from ("", "| Table | Données | Lignes |", "|---|---|---:|")
    for table in one.tables:
        fields = ", ".join(label for label, _ in table.fields)
        yield f"| {_plain(table.label)} | {_plain(fields)} | {table.rows} |"


def _plain(text: str) -> str:
    """On one line, and no column of its own."""
    return " ".join(str(text).replace("|", "/").split(" ")).replace("\n", " ")
