"""What a message in the mailbox of returns turned out to be, as a plain value. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """FAILURE to MESSAGE say what the writer of the message meant, not what we make of it."""

    FAILURE = "failure"
    DELAY = "delay"
    SUCCESS = "success"
    COMPLAINT = "complaint"
    REPORT = "report"  # an abuse report that is not a reader's complaint (RFC 6591 and others)
    RECEIPT = "receipt"  # RFC 8098
    AUTO_REPLY = "auto-reply"  # RFC 3834
    MESSAGE = "message"  # somebody wrote
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Original:
    """What the message gives back of ours: enough to know whose it was, nothing proved yet."""

    senders: tuple[str, ...] = ()  # addresses that may bear a bounce token
    tokens: tuple[str, ...] = ()  # of its List-Unsubscribe
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Return:
    """One message read. Every text comes from a stranger: bounded, not yet masked.

    Attributes:
        status: enhanced code « 5.1.1 » (RFC 3463), "" when the machine part has none.
        diagnostic: what the server said, one line, at most 1,000 characters.
        server: the host that speaks, "" when unknown.
        recipients: the addresses that the server speaks of, lower case.
        delivered_to: the addresses this very message was sent to, lower case.
        words: what may be an unsubscribe token, in a message that somebody wrote.
        identity: the same for the same message read twice; bytes to be hashed.
    """

    form: Form
    status: str = ""
    diagnostic: str = ""
    server: str = ""
    recipients: tuple[str, ...] = ()
    delivered_to: tuple[str, ...] = ()
    original: Original = Original()
    words: tuple[str, ...] = ()
    feedback_type: str = ""
    identity: bytes = b""
