"""The live part of a mailing's page, an issue's or a digest's: counts, pace, refusals, buttons.

Drawn by `newsletter/admin/sending_progress.html`, moved by `newsletter/progress.js`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, JsonResponse
from django.template.loader import render_to_string

from newsletter.errors import LetterError
from newsletter.figures.progress import as_json, progress_of
from newsletter.figures.wording import number
from newsletter.models import Mailing
from newsletter.sending_actions import ACTIONS, Action


@dataclass(frozen=True, slots=True)
class Button:
    """An action of this page: where it is posted, what to know before, whether it suits now."""

    url: str
    action: Action
    warning: str
    is_shown: bool


def live_context(
    mailing: Mailing, steer_url: Callable[[str], str], warnings: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What the template needs of the mailing.

    Args:
        steer_url: the address to which the action of that name is posted.
        warnings: by action's name, in place of the action's own.
    """
    now, own = progress_of(mailing), warnings or {}
    buttons = [
        Button(
            steer_url(name),
            action,
            own.get(name, action.warning),
            action.suits(mailing, now.counts),
        )
        for name, action in ACTIONS.items()
    ]
    return {"mailing": mailing, "progress": now, "buttons": buttons}


def live_answer(mailing: Mailing) -> JsonResponse:
    """What the script asks for: counts, what is said of the pace, refusals as they are drawn."""
    now = progress_of(mailing)
    words = {
        "state_label": mailing.get_state_display(),
        "done": now.done,
        "counts_words": {name: number(value) for name, value in now.counts.items()},
        "pace": render_to_string("newsletter/admin/sending_pace.html", {"progress": now}),
        "detail": render_to_string("newsletter/admin/sending_failures.html", {"progress": now}),
        "poll_ms": now.poll_ms,
    }
    answer = JsonResponse(as_json(mailing, now) | words)
    answer["Cache-Control"] = "no-store"
    return answer


def steer(request: HttpRequest, mailing: Mailing, name: str) -> None:
    """Does one of ACTIONS and tells the person what came of it.

    Raises:
        Http404: no action has this name.
    """
    if name not in ACTIONS:
        raise Http404
    action = ACTIONS[name]
    try:
        result = action.act(mailing)
    except LetterError as error:
        messages.error(request, str(error))
    else:
        mailing.refresh_from_db()
        messages.success(request, action.said(mailing, result))
