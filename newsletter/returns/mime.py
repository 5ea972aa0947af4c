"""The parts, fields and texts of a message that a stranger built. Pure, bounded, never raises.

The library's older policy is used on purpose: it takes any bytes. Addresses are found by
pattern, since a header of a return is seldom a correct list of mailboxes.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser, HeaderParser

MAX_BYTES = 1_048_576
MAX_CONTAINERS = 60  # multiparts and enclosed messages; a return holds three to six
MAX_DEPTH = 8
MAX_PARTS = 50
MAX_BLOCKS = 50
MAX_HEADER = 4_000
MAX_TEXT = 65_536
CONTAINER = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,128}@[A-Za-z0-9.-]{1,253}")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\s]+")
TAGS = re.compile(r"<(?:style|script)\b.{0,2000}?</|<[^<>]{0,2000}>", re.IGNORECASE | re.DOTALL)

Fields = dict[str, str]


def parse(raw: bytes) -> Message | None:
    """The message in the first `MAX_BYTES` of `raw`; its headers alone when it is built to
    exhaust; None when it has no header at all."""
    raw = raw[:MAX_BYTES].replace(b"\x00", b"")
    try:
        if len(CONTAINER.findall(raw)) > MAX_CONTAINERS:
            message: Message = BytesHeaderParser().parsebytes(raw)
            message.set_payload("")
            # Its type would promise parts that were not read.
            del message["Content-Type"]
        else:
            message = BytesParser().parsebytes(raw)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return message if message.keys() else None


def one_line(text: str, longest: int = MAX_HEADER) -> str:
    """`text` without line breaks, controls or lone surrogates, cut."""
    return CONTROLS.sub(" ", text[: longest * 2]).strip()[:longest]


def header(message: Message, name: str) -> str:
    """A header, decoded (RFC 2047), on one line; "" when it is not there."""
    return one_line(_words(message.get(name, "")))


def headers(message: Message, *names: str) -> list[str]:
    """Each header that bears one of the names, at most twenty a name."""
    return [one_line(str(v)) for name in names for v in (message.get_all(name) or [])[:20]]


def addresses(texts: list[str]) -> tuple[str, ...]:
    """The addresses that stand in `texts`, lower case, each once, in order."""
    found = (one.lower() for text in texts for one in ADDRESS.findall(text))
    return tuple(dict.fromkeys(found))[:40]


def parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """The leaves, in order; an enclosed message is a leaf. At most `MAX_PARTS` a level."""
    payload = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list):
        if depth < MAX_DEPTH:
            for part in payload[:MAX_PARTS]:
                if isinstance(part, Message):
                    yield from parts(part, depth + 1)
        return
    yield message


def text_of(part: Message) -> str:
    """The text of a leaf, whatever it says of its charset; HTML without its tags."""
    payload = part.get_payload()
    if not isinstance(payload, str):
        return ""
    data = _decoded(payload, part)
    try:
        text = data.decode(str(part.get_content_charset("utf-8")), "strict")
    except (LookupError, UnicodeError, ValueError):
        text = data.decode("utf-8" if _is_utf8(data) else "cp1252", "replace")
    text = text[:MAX_TEXT]
    return TAGS.sub("\n", text) if part.get_content_subtype() == "html" else text


def blocks(part: Message) -> list[Fields]:
    """The groups of fields of a machine part (delivery-status, feedback-report), in order; names
    in lower case. Read also where a gateway has encoded what must not be."""
    payload = part.get_payload()
    if isinstance(payload, str):
        return _groups(_decoded(payload, part).decode("utf-8", "replace"))
    if not isinstance(payload, list):
        return []
    found: list[Fields] = []
    for inner in payload[:MAX_BLOCKS]:
        if not isinstance(inner, Message):
            continue
        if fields := _fields(inner):
            found.append(fields)
        rest = inner.get_payload()
        if isinstance(rest, str) and rest.strip():
            found += _groups(_decoded(rest, part).decode("utf-8", "replace"))
    return found[:MAX_BLOCKS]


def enclosed(part: Message) -> Message | None:
    """The message, or its headers, that a leaf gives back."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return payload[0] if payload and isinstance(payload[0], Message) else None
    return HeaderParser().parsestr(text_of(part).lstrip()) if isinstance(payload, str) else None


def _fields(message: Message) -> Fields:
    return {name.lower(): one_line(_words(value)) for name, value in message.items()[:60]}


def _groups(text: str) -> list[Fields]:
    paragraphs = re.split(r"\r?\n[ \t]*\r?\n", text[:MAX_TEXT].strip())
    found = (_fields(HeaderParser().parsestr(one.lstrip())) for one in paragraphs[:MAX_BLOCKS])
    return [fields for fields in found if fields]


def _decoded(payload: str, part: Message) -> bytes:
    data = payload[: 2 * MAX_TEXT].encode("utf-8", "surrogateescape")
    coding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    try:
        if coding == "base64":
            compact = b"".join(data.split())
            return base64.b64decode(compact[: len(compact) // 4 * 4])
        if coding == "quoted-printable":
            return quopri.decodestring(data)
    except (binascii.Error, ValueError):
        pass
    return data


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _words(value: object) -> str:
    text = str(value)[:MAX_HEADER]
    if "=?" not in text:
        return text
    try:
        pieces = decode_header(text)
    except (ValueError, binascii.Error, TypeError):
        return text
    read = []
    for piece, charset in pieces:
        if isinstance(piece, str):
            read.append(piece)
            continue
        try:
            read.append(piece.decode(charset or "ascii", "replace"))
        except (LookupError, ValueError):
            read.append(piece.decode("cp1252", "replace"))
    return "".join(read)
