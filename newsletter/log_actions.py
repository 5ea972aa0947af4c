"""What was done about a letter's sending, in the history of its issue (of its bulletin, for a
digest): counts, never addresses."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import formats, timezone
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry, LogFormatter, log
from wagtail.models import PageLogEntry

from newsletter.models.deliveries import Mailing
from newsletter.numbering import date_label

if TYPE_CHECKING:
    from home.models import User

Words = Callable[[dict[str, Any]], str]


def counted(count: int, one: str, many: str) -> str:
    """« 1 abonné », « 0 abonné », « 2 abonnés »."""
    return f"{formats.number_format(count, force_grouping=True)} {one if count < 2 else many}"


def readers(count: int) -> str:
    return counted(count, "abonné", "abonnés")


def day_and_time(moment: datetime) -> str:
    """« 1er décembre 2026 à 9 h 05 », in the site's time zone."""
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return f"{date_label(local.date().isoformat())} à {local.hour}\u00a0h\u00a0{local:%M}"


def record(action: str, mailing: Mailing, *, by: "User | None" = None, **facts: Any) -> None:
    """Writes `newsletter.ACTION` in the issue's history; without `by`, in the name of who is at
    work in the admin, else of nobody (a command, the clock)."""
    data = {"mailing": mailing.pk, **facts}
    if mailing.issue is None:
        data["of"] = mailing.label
    log(
        instance=mailing.issue or mailing.bulletin,
        action=f"newsletter.{action}",
        user=by,
        data=data,
    )


def _when(data: dict[str, Any]) -> str:
    return day_and_time(datetime.fromisoformat(data["at"]))


def _why(data: dict[str, Any]) -> str:
    return f"\u00a0: {data['reason']}" if data.get("reason") else ""


# action: its name in the filters, the words of one entry.
ACTIONS: dict[str, tuple[str, Words]] = {
    "send": (
        "Envoyer aux abonnés",
        lambda data: f"Envoi lancé vers {readers(data['count'])}",
    ),
    "test": (
        "Envoyer un essai",
        lambda data: f"Essai envoyé à {counted(data['count'], 'adresse', 'adresses')}",
    ),
    "schedule": (
        "Programmer l'envoi",
        lambda data: f"Envoi programmé pour le {_when(data)}, vers {readers(data['count'])}",
    ),
    "refuse": ("Refuser l'envoi", lambda data: f"Envoi refusé{_why(data)}"),
    "pause": ("Mettre l'envoi en pause", lambda data: f"Envoi mis en pause{_why(data)}"),
    "resume": ("Reprendre l'envoi", lambda data: "Envoi repris"),
    "cancel": (
        "Annuler l'envoi",
        lambda data: f"Envoi annulé avant d'atteindre {readers(data['count'])}",
    ),
    "retry": (
        "Renvoyer aux échecs",
        lambda data: f"Nouvel essai vers {counted(data['count'], 'adresse', 'adresses')} en échec",
    ),
    "release": (
        "Libérer les incertains",
        lambda data: f"Nouvel essai vers {readers(data['count'])} au sort incertain",
    ),
    "finish": (
        "Fin de l'envoi",
        lambda data: (
            f"Envoi terminé\u00a0: {readers(data['count'])} servis"
            if data["count"] > 1
            else f"Envoi terminé\u00a0: {readers(data['count'])} servi"
        ),
    ),
    "report": (
        "Compte rendu de l'envoi",
        lambda data: f"Compte rendu écrit à {counted(data['count'], 'adresse', 'adresses')}",
    ),
}


def _formatter(label: str, words: Words) -> type[LogFormatter]:
    def format_message(self: LogFormatter, entry: PageLogEntry) -> str:
        of = entry.data.get("of")
        return f"{of}\u00a0: {words(entry.data)}" if of else words(entry.data)

    return type(
        "LetterFormatter", (LogFormatter,), {"label": label, "format_message": format_message}
    )


@hooks.register("register_log_actions")
def register_sending_actions(actions: LogActionRegistry) -> None:
    for name, (label, words) in ACTIONS.items():
        actions.register_action(f"newsletter.{name}")(_formatter(label, words))
