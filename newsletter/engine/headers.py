"""The header lines of a letter. Pure.

Sources: RFC 5322 (form), 2047 (names), 2369 and 2919 (list headers), 8058 (one click), 3834
(Auto-Submitted), 3282 (Content-Language).

Only the subject and the display names are words (RFC 2047). The structured headers are
written here, in ASCII, unfolded: the library's policy turns a long `List-Unsubscribe` into
`=?utf-8?q?…`, which hides the one-click button without a warning.
"""

import re
import unicodedata
from email.header import Header

from newsletter.engine.messages import Letter, MessageError

MAX_LINE = 998  # RFC 5322 §2.1.1, without CRLF
MAX_ADDRESS = 320  # RFC 3696 §3: 64 + « @ » + 255
ADDRESS = re.compile(r"[^\x00-\x20\x7f<>()\[\],;:\"\\@]+@[^\x00-\x20\x7f<>()\[\],;:\"\\@]+")
NOT_ATOMS = re.compile(r"[^A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]")


def is_address(address: str) -> bool:
    """ASCII, one « @ », nothing that ends a line, a path or a header."""
    return (
        address.isascii() and len(address) <= MAX_ADDRESS and ADDRESS.fullmatch(address) is not None
    )


def people(name: str, display: str, address: str) -> bytes:
    """A line of one person. Raises MessageError: unusable address."""
    if not is_address(address):
        raise MessageError(f"{name}\u00a0: adresse inutilisable.")
    display = one_line(display)
    if not display:
        return f"{name}: {address}\r\n".encode("ascii")
    if display.isascii():
        escaped = display.replace("\\", "\\\\").replace('"', '\\"')
        phrase = f'"{escaped}"' if NOT_ATOMS.search(display) else display
    else:
        phrase = _words(name, display)
    return f"{name}: {phrase} <{address}>\r\n".encode("ascii")


def subject(text: str) -> bytes:
    return f"Subject: {_words('Subject', one_line(text))}\r\n".encode("ascii")


def plain(name: str, value: str, room: int = 0) -> bytes:
    """A line of ASCII as it is, with `room` characters to be put in it later.

    Raises:
        MessageError: `value` does not fit in a line, or is not printable ASCII.
    """
    line = f"{name}: {value}"
    if not line.isascii() or not line.isprintable() or len(line) + room > MAX_LINE:
        raise MessageError(f"{name}\u00a0: valeur inutilisable.")
    return f"{line}\r\n".encode("ascii")


def list_id(letter: Letter) -> bytes:
    title = _ascii(letter.list_title)
    phrase = f'"{title}"' if NOT_ATOMS.search(title) else title
    return plain("List-Id", f"{phrase} <{letter.list_slug}.{letter.domain}>".strip())


def list_lines(letter: Letter) -> bytes:
    """What follows List-Unsubscribe, the same for every reader."""
    sender_id = re.sub(r"[^a-z0-9]+", "-", letter.domain.lower())[:15].strip("-")
    lines = [
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("List-Archive", f"<{letter.archive_url}>"),
        ("List-Help", f"<{letter.help_url}>"),
        ("List-Owner", f"<mailto:{letter.reply_to or letter.sender_email}>"),
        ("List-Post", "NO"),
        ("Auto-Submitted", "auto-generated"),
        ("Feedback-ID", f"{letter.feedback}:{letter.list_slug}:letter:{sender_id}"),
        ("Content-Language", letter.language),
    ]
    return b"".join(plain(name, value) for name, value in lines)


def one_line(text: str) -> str:
    return re.sub(r"[\x00-\x20\x7f]+", " ", text).strip(" ")


def _words(name: str, text: str) -> str:
    """`text` as it stands in an unstructured header: RFC 2047 words of at most 75 characters.

    The legacy class is used on purpose: the newer one writes words of 76.
    """
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, maxlinelen=76, header_name=name).encode(linesep="\r\n")


def _ascii(text: str) -> str:
    """`text` without accents, quotes or what ASCII does not know: a phrase (RFC 2919 §2)."""
    spelt = text.replace("œ", "oe").replace("Œ", "OE").replace("’", "'")
    plain_text = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    return one_line(re.sub(r'["\\<>]', " ", plain_text))
