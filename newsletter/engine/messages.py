"""What one message is made of: the letter, the same for all, and its reader. Pure."""

import hashlib
from dataclasses import dataclass

TEST_PREFIX = "[TEST] "
# The token of a test message: a page that says so, and no reader's subscription.
TEST_TOKEN = "essai"  # noqa: S105


class MessageError(ValueError):
    """This message can not be built: a value does not fit in its header."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is the same for every reader. Addresses are ASCII; URLs absolute, without spaces.

    `feedback` names the campaign (« issue142 »); `mailbox` takes unsubscriptions by mail, ""
    when nobody reads such a mailbox; `bounce_address` takes returns (VERP), "" for the sender's.
    """

    subject: str
    html: str
    text: str
    sender_name: str
    sender_email: str
    reply_to: str
    list_title: str
    list_slug: str
    archive_url: str
    help_url: str
    site_url: str
    feedback: str
    mailbox: str = ""
    bounce_address: str = ""
    language: str = "fr"

    @property
    def domain(self) -> str:
        return self.sender_email.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Reader:
    """One recipient. `key` is stable for one mailing and one reader, and holds no address."""

    email: str
    token: str
    key: str


def unsubscribe_url(site_url: str, token: str) -> str:
    return f"{site_url.rstrip('/')}/d/{token}"


def preferences_url(site_url: str, token: str) -> str:
    return f"{site_url.rstrip('/')}/abonnement/preferences/{token}/"


def message_id(letter: Letter, reader: Reader) -> str:
    """The same at every try, so that a mail store may fold a double; tells nothing of the token."""
    return f"<{letter.feedback}.{opaque_id(reader)}@{letter.domain}>"


def opaque_id(reader: Reader) -> str:
    """24 hexadecimal digits, the reader's part of the Message-ID."""
    return hashlib.sha256(f"{reader.key}:{reader.token}".encode()).hexdigest()[:24]
