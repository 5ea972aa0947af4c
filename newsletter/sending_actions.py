"""The buttons that steer a mailing: when each is shown, what it does, what is said of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from newsletter.engine import steering
from newsletter.log_actions import day_and_time, readers
from newsletter.models import Mailing

State = Mailing.State


@dataclass(frozen=True, slots=True)
class Action:
    """A button of the panel: shown in these states and, with `needs`, only while the mailing has
    deliveries in that state. `warning`: what to know before pressing, in a fold."""

    act: Callable[[Mailing], Any]
    label: str
    states: tuple[str, ...]
    said: Callable[[Mailing, Any], str]
    needs: str = ""
    warning: str = ""

    def suits(self, mailing: Mailing, counts: dict[str, int]) -> bool:
        return mailing.state in self.states and (not self.needs or counts[self.needs] > 0)


def _paused(mailing: Mailing, _: Any) -> str:
    return f"L'envoi est en pause\u00a0: {readers(mailing.counts()['pending'])} en attente."


def _resumed(mailing: Mailing, _: Any) -> str:
    if mailing.state == State.SCHEDULED and mailing.scheduled_at:
        return f"L'envoi partira le {day_and_time(mailing.scheduled_at)}."
    return "L'envoi est terminé." if mailing.state == State.SENT else "L'envoi reprend."


def _cancelled(mailing: Mailing, _: Any) -> str:
    served = mailing.counts()["sent"]
    reached = f" après {readers(served)}" if served else " avant le premier abonné"
    return f"L'envoi est annulé{reached}."


def _again(mailing: Mailing, count: int) -> str:
    if not count:
        return "Il n'y avait rien à renvoyer."
    when = " à la reprise" if mailing.state == State.PAUSED else ""
    return f"Nouvel essai{when} vers {readers(count)}."


RUNNING = (State.READY, State.SENDING)
ACTIONS = {
    "pause": Action(steering.pause, "Mettre en pause", (State.SCHEDULED, *RUNNING), _paused),
    "reprendre": Action(steering.resume, "Reprendre", (State.PAUSED,), _resumed),
    "renvoyer": Action(
        steering.retry_failed,
        "Renvoyer aux échecs",
        (*RUNNING, State.PAUSED, State.SENT),
        _again,
        needs="failed",
    ),
    "liberer": Action(
        steering.release_uncertain,
        "Libérer les incertains",
        (*RUNNING, State.PAUSED, State.SENT),
        _again,
        needs="uncertain",
        warning="Le serveur d'envoi n'a pas répondu pour ces abonnés\u00a0: certains ont "
        "peut-être déjà la lettre et la recevront deux fois.",
    ),
    "annuler": Action(
        steering.cancel,
        "Annuler l'envoi",
        (State.PREPARING, State.SCHEDULED, *RUNNING, State.PAUSED),
        _cancelled,
        warning="Qui n'a pas encore été servi ne recevra rien. Une annulation ne se défait "
        "pas\u00a0; le numéro pourra faire l'objet d'un nouvel envoi.",
    ),
}
