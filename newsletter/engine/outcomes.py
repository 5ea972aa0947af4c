"""What a relay's answer, or its silence, means for one delivery. Pure.

Sources: RFC 5321 §4.2 (replies), RFC 3463 (enhanced codes), RFC 2034 §4 (where they stand in
a reply). A *step* is the moment of the conversation; after the body has begun to leave, silence
says nothing about what the relay has kept.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

ENHANCED = re.compile(r"^\s*([245])\.(\d{1,3})\.(\d{1,3})\b")
BACKOFF_SECONDS = (60, 300, 900, 3600)
MAX_ERROR_CHARACTERS = 300
BAD_SENDER = (1, 7), (1, 8)  # 5.1.7 and 5.1.8 speak of the sender's address: ours
OUR_CLASSES = (3, 6)  # the mail system, the message's form: the same for every reader


class Step(StrEnum):
    CONNECT = "connect"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    BODY = "body"


MOMENTS = {
    Step.CONNECT: "à l'ouverture",
    Step.SENDER: "à l'annonce de l'expéditeur",
    Step.RECIPIENT: "à l'annonce du destinataire",
    Step.DATA: "avant le message",
    Step.BODY: "après le message",
}
UNREADABLE = "Réponse illisible\u00a0:"
# A relay that closes its door without an enhanced code (RFC 3463) says so in these words.
OUR_WORDS = re.compile(r"relay(ing)?\b|authenticat|access denied|not permitted", re.IGNORECASE)


class Verdict(StrEnum):
    SENT = "sent"
    FAILED = "failed"
    RETRY = "retry"
    UNCERTAIN = "uncertain"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to record. `is_hard`: the address does not exist. `is_lost`: no more conversation.

    `is_unheard`: the relay never judged this message, the line went for another's sake; it waits
    again at once, and the try does not count. `status` is the reply's enhanced code (« 5.1.1 »),
    or "". PAUSE puts the row back and stops the mailing: the fault is ours, not the reader's.
    """

    verdict: Verdict
    code: int | None = None
    error: str = ""
    is_hard: bool = False
    is_lost: bool = False
    is_unheard: bool = False
    status: str = ""


def from_reply(step: Step, code: int, text: str, *, tries: int, max_tries: int) -> Outcome:
    """The outcome of a reply to `step`; `tries` counts this one.

    Only a 2xx to the body means sent. A refusal for good is the reader's (FAILED), or ours
    (PAUSE) when it speaks of policy, of the sender, of the relay or of the message's form.
    """
    known = code if code > 0 else None
    error, status = _clean(f"{known or UNREADABLE} {text}"), _status(text)
    lost = code == 421 or step is Step.CONNECT  # RFC 5321 §3.8: 421 closes the channel
    if code // 100 == 2 and step is Step.BODY:
        return Outcome(Verdict.SENT, known, status=status)
    if code // 100 == 5:
        hard, ours = _blame(step, text)
        exhausted = tries >= max_tries and step is not Step.CONNECT
        verdict = Verdict.PAUSE if ours and not exhausted else Verdict.FAILED
        hard = hard and not ours
        return Outcome(verdict, known, error, is_hard=hard, is_lost=lost, status=status)
    if code // 100 != 4 and step is Step.BODY:
        # Outside the protocol, once the whole message was given: it may have been taken.
        return Outcome(Verdict.UNCERTAIN, known, error, is_lost=True, status=status)
    # 4xx, and replies outside the protocol: try later, a bounded number of times.
    verdict = Verdict.FAILED if tries >= max_tries and step is not Step.CONNECT else Verdict.RETRY
    return Outcome(verdict, known, error, is_lost=lost, status=status)


def from_silence(step: Step, reason: str, *, tries: int, max_tries: int) -> Outcome:
    """The outcome of a connection lost, or stalled past its time limit, at `step`."""
    error = _clean(f"Connexion perdue {MOMENTS[step]}\u00a0: {reason}")
    if step is Step.BODY:
        return Outcome(Verdict.UNCERTAIN, None, error, is_lost=True)
    if tries >= max_tries and step is not Step.CONNECT:
        return Outcome(Verdict.FAILED, None, error, is_lost=True)
    return Outcome(Verdict.RETRY, None, error, is_lost=True)


def unheard(reason: str) -> Outcome:
    """The outcome of a message that the relay never judged: the connection ended before."""
    return Outcome(Verdict.RETRY, None, _clean(reason), is_lost=True, is_unheard=True)


def backoff(tries: int) -> int:
    """Seconds to wait after `tries` tries: one minute, five, fifteen, then an hour."""
    return BACKOFF_SECONDS[min(max(tries, 1), len(BACKOFF_SECONDS)) - 1]


def _blame(step: Step, text: str) -> tuple[bool, bool]:
    """(the address does not exist, the fault is ours) for a 5xx reply."""
    found = ENHANCED.match(text)
    subject, detail = (int(found[2]), int(found[3])) if found else (0, 0)
    if step in (Step.CONNECT, Step.SENDER) or subject == 7 or (subject, detail) in BAD_SENDER:
        return False, True
    if subject in OUR_CLASSES or (not found and OUR_WORDS.search(text)):
        return False, True
    return subject == 1, False


def _status(text: str) -> str:
    found = ENHANCED.match(text)
    return ".".join(found.groups()) if found else ""


def _clean(text: str) -> str:
    return " ".join(text.split())[:MAX_ERROR_CHARACTERS]
