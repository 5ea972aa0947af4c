"""One action, one revision: stored under a lock, refused when somebody else was quicker, undoable.

The client says which version it saw. Nothing is overwritten: where the latest revision is another
(the composer of a colleague, the page's own form, its autosave), the action is refused and the
editor is told who saved, and when. An action changes the composition and nothing else of the page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from wagtail.locks import ScheduledForPublishLock, WorkflowLock
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry, Revision

from newsletter.composer.composition import Composition, written
from newsletter.composer.proposing import composition_of
from newsletter.errors import LetterError
from newsletter.models import Issue, Mailing

if TYPE_CHECKING:
    from home.models import User

COMPOSE, UNDO, REDO = "newsletter.compose", "newsletter.undo", "newsletter.redo"
LOCKED = (
    (WorkflowLock, "Ce numéro est en relecture\u00a0: seul qui le relit peut encore le composer."),
    (
        ScheduledForPublishLock,
        "La publication de ce numéro est programmée\u00a0: annulez-la pour le modifier.",
    ),
)
RESERVED = "Ce numéro est verrouillé\u00a0: quelqu'un se l'est réservé."
Change = Callable[[Issue, Composition], tuple[Composition, str]]


class StaleError(LetterError):
    """Somebody saved a newer version meanwhile."""

    def __init__(self, revision: Revision, user: "User") -> None:
        who = "Vous avez" if revision.user_id == user.pk else f"{name_of(revision.user)} a"
        at = timezone.localtime(revision.created_at)
        super().__init__(
            f"{who} enregistré une autre version à {at:%H}\u00a0h\u00a0{at:%M}. Votre action n'a "
            "pas été appliquée\u00a0: voici la version à jour, recommencez si besoin."
        )


class ClosedError(LetterError):
    """The issue can not be composed by this person, or not any more."""


class NothingToUndoError(LetterError):
    """The latest version was not made by the composer."""


def name_of(user: "User | None") -> str:
    return (user.get_full_name() or user.get_username()) if user else "Quelqu'un"


def version_of(revision: Revision | None) -> str:
    """What tells a version from any other: an autosave keeps the id and moves the date."""
    return f"{revision.pk}-{revision.created_at.timestamp():.6f}" if revision else ""


def reason_closed(issue: Issue, user: "User") -> str:
    """Why this person can not compose this issue now; "" when nothing stands in the way."""
    if mailing := Mailing.objects.of_issue(issue.pk).first():
        if mailing.state == Mailing.State.SCHEDULED:
            return "L'envoi de ce numéro est programmé\u00a0: annulez-le pour le modifier."
        return "Ce numéro est parti\u00a0: il ne change plus. Un erratum reste possible."
    if not issue.permissions_for_user(user).can_edit():
        return "Vous ne pouvez pas modifier ce numéro."
    lock = issue.get_lock()
    if lock and lock.for_user(user):
        return next((words for kind, words in LOCKED if isinstance(lock, kind)), RESERVED)
    return ""


def latest(issue: Issue) -> Issue:
    return issue.get_latest_revision_as_object()


def apply(issue_id: int, user: "User", version: str, change: Change) -> tuple[Issue, str]:
    """Stores what `change` makes of the latest version; returns it, and what was done in words.

    Raises:
        StaleError, ClosedError, MoveError: nothing was written.
    """
    with transaction.atomic():
        issue, revision = _opened(issue_id, user, version)
        now = latest(issue)
        composition, label = change(now, composition_of(now))
        step = Step(revision, label)
        return _stored(now, user, composition, step, action=COMPOSE, label=label), label


def undo(issue_id: int, user: "User", version: str) -> tuple[Issue, str]:
    """Back to the composition before the last action; raises as `apply`, NothingToUndoError."""
    with transaction.atomic():
        issue, revision = _opened(issue_id, user, version)
        step = step_of(revision)
        if not step.back:
            raise NothingToUndoError("Rien à annuler ici\u00a0: voyez l'historique du numéro.")
        before = step_of(step.back)
        after = Step(before.back, before.undoes, revision, step.undoes)
        stored = _stored(
            latest(issue), user, _held(step.back), after, action=UNDO, label=step.undoes
        )
        return stored, f"Annulé\u00a0: {step.undoes}"


def redo(issue_id: int, user: "User", version: str) -> tuple[Issue, str]:
    """Again what the last undo took back; raises as `undo`."""
    with transaction.atomic():
        issue, revision = _opened(issue_id, user, version)
        step = step_of(revision)
        if not step.ahead:
            raise NothingToUndoError("Rien à rétablir.")
        then = step_of(step.ahead)
        after = Step(revision, step.redoes, then.ahead, then.redoes)
        stored = _stored(
            latest(issue), user, _held(step.ahead), after, action=REDO, label=step.redoes
        )
        return stored, f"Rétabli\u00a0: {step.redoes}"


@dataclass(frozen=True, slots=True)
class Step:
    """From a version that the composer made: the version that undoing gives and what that
    undoes, the version that redoing gives and what that does again; None and "" for neither."""

    back: Revision | None = None
    undoes: str = ""
    ahead: Revision | None = None
    redoes: str = ""


def step_of(revision: Revision | None) -> Step:
    """Where one can go from this version; a version made elsewhere leads nowhere."""
    entry = (
        PageLogEntry.objects.filter(revision=revision, action__in=(COMPOSE, UNDO, REDO)).last()
        if revision
        else None
    )
    if not entry:
        return Step()
    data = entry.data
    found = Revision.objects.in_bulk([pk for pk in (data["back"], data["ahead"]) if pk])
    back, ahead = found.get(data["back"]), found.get(data["ahead"])
    return Step(back, data["undoes"] if back else "", ahead, data["redoes"] if ahead else "")


def _held(revision: Revision) -> Composition:
    return composition_of(revision.as_object())


def _opened(issue_id: int, user: "User", version: str) -> tuple[Issue, Revision]:
    # The page's row first, as a publication does: two opposite orders would be a deadlock.
    Page.objects.select_for_update(no_key=True).get(pk=issue_id)
    Issue.objects.select_for_update(of=("self",)).get(pk=issue_id)
    # Read after the lock is held: the reading that takes it may have joined the page as it was.
    issue = Issue.objects.get(pk=issue_id)
    if reason := reason_closed(issue, user):
        raise ClosedError(reason)
    revision = issue.get_latest_revision() or issue.save_revision(user=user)
    if version != version_of(revision):
        raise StaleError(revision, user)
    return issue, revision


def _stored(
    issue: Issue,
    user: "User",
    composition: Composition,
    step: Step,
    *,
    action: str,
    label: str,
) -> Issue:
    for field, value in written(composition).items():
        setattr(issue, field, value)
    # A draft may be half filled: what is missing is asked for at publication.
    revision = issue.save_revision(user=user, clean=False)
    data: dict[str, Any] = {
        "what": label,
        "back": step.back.pk if step.back else None,
        "undoes": step.undoes,
        "ahead": step.ahead.pk if step.ahead else None,
        "redoes": step.redoes,
    }
    log(
        instance=issue,
        action=action,
        user=user,
        revision=revision,
        content_changed=True,
        data=data,
    )
    return issue
