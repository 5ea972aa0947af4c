"""A letter prepared once, then filled in for each reader in a few microseconds. Pure.

Sources: RFC 5322 (form), 2045 (quoted-printable), 2046 §5.1.4 (alternatives), 5321 §4.5.2 (dots).

The message is cut where a reader's own words go (address, token, date, Message-ID) and the pieces
between are encoded, stuffed and kept. In the body each place has a physical line of its own between
two soft breaks, which decode to nothing:

    <a href=3D"https://lettre.exemple.fr/d/=
    Zx8T2m3b7Q1cVd5fGhJkLp=
    ">Se désabonner</a>

so that no reader's words change the encoding of the letter's.
"""

import binascii
import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import format_datetime
from enum import IntEnum
from functools import lru_cache

from newsletter.documents import PREFERENCES_MARK, UNSUBSCRIBE_MARK
from newsletter.engine import headers
from newsletter.engine.messages import (
    Letter,
    MessageError,
    Reader,
    opaque_id,
    preferences_url,
    unsubscribe_url,
)

MAX_TOKEN = 75  # with its soft break, a line of 76 (RFC 2045 §6.7)
TOKEN = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_TOKEN}}}")
MARKS = re.compile(f"({re.escape(UNSUBSCRIBE_MARK)}|{re.escape(PREFERENCES_MARK)})")
LEADING_DOT = re.compile(rb"(?m)^\.")
DATE_LENGTH = 31  # « Fri, 20 Nov 2026 09:30:00 +0000 »
Sign = Callable[[bytes], bytes]


class Place(IntEnum):
    """What is filled in."""

    ADDRESS = 0
    TOKEN = 1
    DATE = 2
    ID = 3


Piece = bytes | Place


class PreparedLetter:
    """The pieces of one letter. Never changes: any number of threads may fill it in."""

    __slots__ = ("_places", "_raw", "_sign", "_wire")

    def __init__(self, pieces: list[Piece], sign: Sign | None) -> None:
        self._places = [(n, piece) for n, piece in enumerate(pieces) if isinstance(piece, Place)]
        self._raw = [b"" if isinstance(piece, Place) else piece for piece in pieces]
        # A piece begins a line, or goes on after a reader's words, where « . » never stands.
        self._wire = [LEADING_DOT.sub(b"..", piece) for piece in self._raw]
        self._sign = sign

    def head_and_body(self, reader: Reader, sent_at: datetime | str) -> list[bytes]:
        """One reader's message on the wire: CRLF, dots stuffed, without the final dot.

        Args:
            sent_at: an aware datetime, or a Date as `email.utils.format_datetime` writes it.

        Raises:
            MessageError: the reader's address or token can not be used.
        """
        words = _words_of(reader, sent_at)
        pieces = self._filled(self._wire, words)
        if self._sign:
            pieces.insert(0, self._sign(b"".join(self._filled(self._raw, words))))
        return pieces

    def message(self, reader: Reader, sent_at: datetime | str) -> bytes:
        """The same as a file (RFC 5322): dots are not stuffed. Raises as `head_and_body`."""
        content = b"".join(self._filled(self._raw, _words_of(reader, sent_at)))
        return self._sign(content) + content if self._sign else content

    def _filled(self, pieces: list[bytes], words: tuple[bytes, ...]) -> list[bytes]:
        filled = pieces.copy()
        for n, place in self._places:
            filled[n] = words[place]
        return filled


def prepare(letter: Letter, sign: Sign | None = None) -> PreparedLetter:
    """`letter` cut and encoded: multipart/alternative, text then HTML, 7-bit.

    Args:
        sign: from a whole message, without stuffed dots, to the header lines to put before it.

    Raises:
        MessageError: an address, a URL or a name that a header can not hold.
    """
    if letter.bounce_address and not headers.is_address(letter.bounce_address):
        raise MessageError("Adresse des retours inutilisable.")
    # Quoted-printable never writes « =_ » (RFC 2045 §6.7, rule 1): no line of a part is an edge.
    digest = hashlib.sha256(repr(letter).encode("utf-8", "surrogatepass")).hexdigest()
    boundary = f"=_{digest[:32]}"
    edge = f"--{boundary}".encode()
    pieces = [*_head(letter, boundary), b"\r\n"]
    for subtype, content in (("plain", letter.text), ("html", letter.html)):
        pieces += [edge + b"\r\n", *_part(subtype, content, letter.site_url), b"\r\n"]
    return PreparedLetter(_merged([*pieces, edge + b"--\r\n"]), sign)


def build(letter: Letter, reader: Reader, sent_at: datetime) -> bytes:
    """One message of a letter that is sent to nobody else. Raises MessageError."""
    return prepare(letter).message(reader, sent_at)


def _head(letter: Letter, boundary: str) -> list[Piece]:
    link = f"<{unsubscribe_url(letter.site_url, '')}"
    ways: list[Piece] = [_open("List-Unsubscribe", link, MAX_TOKEN), Place.TOKEN]
    if letter.mailbox:
        by_mail = f">, <mailto:{letter.mailbox}?subject="
        room = len(link) + 2 * MAX_TOKEN
        ways += [_open("List-Unsubscribe", by_mail, room)[18:], Place.TOKEN]
    named = f"<{letter.feedback}."
    return [
        headers.people("From", letter.sender_name, letter.sender_email),
        headers.people("Reply-To", "", letter.reply_to or letter.sender_email),
        b"To: ",
        Place.ADDRESS,
        b"\r\n" + headers.subject(letter.subject),
        headers.list_id(letter),
        *ways,
        b">\r\n" + headers.list_lines(letter),
        b"Date: ",
        Place.DATE,
        b"\r\n" + _open("Message-ID", named, len(letter.domain) + 30),
        Place.ID,
        f"@{letter.domain}>\r\n".encode("ascii"),
        headers.plain("MIME-Version", "1.0"),
        headers.plain("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]


def _open(name: str, value: str, room: int) -> bytes:
    """A header line that is not ended."""
    return headers.plain(name, value, room)[:-2]


def _part(subtype: str, content: str, site_url: str) -> list[Piece]:
    """A part of a message, with the reader's token left out wherever a mark stood."""
    lines = content.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    texts = MARKS.split("\r\n".join([*lines, ""]))  # text, mark, text, mark, text
    pieces: list[Piece] = [
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n".encode()
    ]
    after = ""
    for text, mark in zip(texts[::2], texts[1::2], strict=False):
        url = unsubscribe_url if mark == UNSUBSCRIBE_MARK else preferences_url
        before, _, rest = url(site_url, "\0").partition("\0")
        pieces += [_quoted(after + text + before) + b"=\r\n", Place.TOKEN, b"=\r\n"]
        after = rest
    return [*pieces, _quoted(after + texts[-1].removesuffix("\r\n")) + b"\r\n"]


def _quoted(text: str) -> bytes:
    """Quoted-printable; a soft break still fits after the last line.

    The closing line break decides how the C encoder writes its own soft breaks.
    """
    return binascii.b2a_qp(f"{text}\r\n".encode(), istext=True).removesuffix(b"\r\n")


def _merged(pieces: Iterable[Piece]) -> list[Piece]:
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if isinstance(piece, bytes) and isinstance(last, bytes):
            merged[-1] = last + piece
        else:
            merged.append(piece)
    return merged


_date = lru_cache(maxsize=8)(format_datetime)  # the same for all that leave in one second


def _words_of(reader: Reader, sent_at: datetime | str) -> tuple[bytes, ...]:
    if not headers.is_address(reader.email):
        raise MessageError("To\u00a0: adresse inutilisable.")
    if not TOKEN.fullmatch(reader.token):
        raise MessageError("Lien de désabonnement\u00a0: jeton inutilisable.")
    date = sent_at if isinstance(sent_at, str) else _date(sent_at.replace(microsecond=0))
    if len(date) > DATE_LENGTH or not (date.isascii() and date.isprintable()):
        raise MessageError("Date\u00a0: valeur inutilisable.")
    return (
        reader.email.encode(),
        reader.token.encode(),
        date.encode(),
        opaque_id(reader).encode(),
    )
