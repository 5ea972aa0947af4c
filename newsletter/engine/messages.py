"""The bytes of one reader's message. Pure.

Sources: RFC 5322 (form), 2045 (quoted-printable), 2047 (names), 2369 and 2919 (list headers),
8058 (one click), 3834 (Auto-Submitted), 3282 (Content-Language).

Only the subject and the display names are words (RFC 2047). The structured headers are
written here, in ASCII, unfolded: the library's policy turns a long `List-Unsubscribe` into
`=?utf-8?q?…`, which hides the one-click button without a warning.
"""

import binascii
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime

from newsletter.documents import UNSUBSCRIBE_MARK

MAX_LINE = 998  # RFC 5322 §2.1.1, without CRLF
ADDRESS = re.compile(r"[^\s<>()\[\],;:\"\\@]+@[^\s<>()\[\],;:\"\\@]+")
NOT_ATOMS = re.compile(r"[^A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]")
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


def message_id(letter: Letter, reader: Reader) -> str:
    """The same at every try, so that a mail store may fold a double; tells nothing of the token."""
    digest = hashlib.sha256(f"{reader.key}:{reader.token}".encode()).hexdigest()[:24]
    return f"<{letter.feedback}.{digest}@{letter.domain}>"


def build(letter: Letter, reader: Reader, sent_at: datetime) -> bytes:
    """The whole message, CRLF, 7-bit: text part first, then HTML, each with the reader's link.

    Args:
        sent_at: an aware datetime, the message's Date.

    Raises:
        MessageError: an address, a URL or a name that a header can not hold.
    """
    url = unsubscribe_url(letter.site_url, reader.token)
    identifier = message_id(letter, reader)
    boundary = f"=_{hashlib.sha256(identifier.encode()).hexdigest()[:32]}"
    head = b"".join(
        [
            _people("From", letter.sender_name, letter.sender_email),
            _people("Reply-To", "", letter.reply_to or letter.sender_email),
            _people("To", "", reader.email),
            f"Subject: {_words('Subject', _one_line(letter.subject))}\r\n".encode("ascii"),
            *(_plain(name, value) for name, value in _list_headers(letter, reader, url)),
            _plain("Date", format_datetime(sent_at)),
            _plain("Message-ID", identifier),
            _plain("MIME-Version", "1.0"),
            _plain("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
        ]
    )
    edge = f"--{boundary}".encode()
    parts = [
        _part("plain", letter.text.replace(UNSUBSCRIBE_MARK, url)),
        _part("html", letter.html.replace(UNSUBSCRIBE_MARK, url)),
    ]
    body = b"".join(edge + b"\r\n" + part + b"\r\n" for part in parts)
    return head + b"\r\n" + body + edge + b"--\r\n"


def _list_headers(letter: Letter, reader: Reader, url: str) -> list[tuple[str, str]]:
    ways = f"<{url}>"
    if letter.mailbox:
        ways += f", <mailto:{letter.mailbox}?subject={reader.token}>"
    title = _ascii(letter.list_title)
    phrase = f'"{title}"' if NOT_ATOMS.search(title) else title
    sender_id = re.sub(r"[^a-z0-9]+", "-", letter.domain.lower())[:15].strip("-")
    return [
        ("List-Id", f"{phrase} <{letter.list_slug}.{letter.domain}>".strip()),
        ("List-Unsubscribe", ways),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("List-Archive", f"<{letter.archive_url}>"),
        ("List-Help", f"<{letter.help_url}>"),
        ("List-Owner", f"<mailto:{letter.reply_to or letter.sender_email}>"),
        ("List-Post", "NO"),
        ("Auto-Submitted", "auto-generated"),
        ("Feedback-ID", f"{letter.feedback}:{letter.list_slug}:letter:{sender_id}"),
        ("Content-Language", letter.language),
    ]


def _part(subtype: str, content: str) -> bytes:
    lines = content.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    # The closing line break decides how the C encoder writes its soft breaks.
    encoded = binascii.b2a_qp("\r\n".join([*lines, ""]).encode(), istext=True)
    return (
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode() + encoded


def _people(name: str, display: str, address: str) -> bytes:
    if not address.isascii() or not ADDRESS.fullmatch(address):
        raise MessageError(f"{name}\u00a0: adresse inutilisable.")
    display = _one_line(display)
    if not display:
        return f"{name}: {address}\r\n".encode("ascii")
    if display.isascii():
        escaped = display.replace("\\", "\\\\").replace('"', '\\"')
        phrase = f'"{escaped}"' if NOT_ATOMS.search(display) else display
    else:
        phrase = _words(name, display)
    return f"{name}: {phrase} <{address}>\r\n".encode("ascii")


def _words(name: str, text: str) -> str:
    """`text` as it stands in an unstructured header: RFC 2047 words of at most 75 characters.

    The legacy class is used on purpose: the newer one writes words of 76.
    """
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, maxlinelen=76, header_name=name).encode(linesep="\r\n")


def _plain(name: str, value: str) -> bytes:
    line = f"{name}: {value}"
    if not line.isascii() or not line.isprintable() or len(line) > MAX_LINE:
        raise MessageError(f"{name}\u00a0: valeur inutilisable.")
    return f"{line}\r\n".encode("ascii")


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x20\x7f]+", " ", text).strip(" ")


def _ascii(text: str) -> str:
    """`text` without accents, quotes or what ASCII does not know: a phrase (RFC 2919 §2)."""
    spelt = text.replace("œ", "oe").replace("Œ", "OE").replace("’", "'")
    plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    return _one_line(re.sub(r'["\\<>]', " ", plain))
