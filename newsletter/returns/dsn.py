"""Reads a message that came back: bytes → `Return`. Pure; any bytes give a value.

Sources: RFC 3464 and 6533 (delivery status), 6522 (multipart/report), 5965 (abuse reports),
8098 (receipts), 3834 (automatic replies). The machine part is read where there is one; texts
without it are `newsletter.returns.texts`' matter.
"""

import re
from dataclasses import replace
from email.message import Message

from newsletter.returns import texts
from newsletter.returns.judging import ENHANCED
from newsletter.returns.mime import (
    Fields,
    addresses,
    blocks,
    enclosed,
    header,
    headers,
    one_line,
    parse,
    parts,
    text_of,
)
from newsletter.returns.originals import original_of
from newsletter.returns.values import Form, Original, Return

DIAGNOSTIC = 1_000
STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
ORIGINAL_PARTS = (
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global-headers",
)
RECIPIENT_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")
# RFC 5965 §7.3 and its registry. A virus or an authentication failure is no reader's wish.
COMPLAINTS = {"abuse", "fraud", "opt-out", "opt-out-list", "complaint", "spam"}
IDENTITY_HEADERS = ("Message-ID", "Date", "From", "Subject")


def read_return(raw: bytes) -> Return:
    """What `raw` says; at most the first megabyte is read."""
    message = parse(raw)
    if message is None:
        return Return(Form.UNREADABLE, identity=raw[:65_536])
    leaves = list(parts(message))
    by_type: dict[str, Message] = {}
    for leaf in leaves:
        by_type.setdefault(leaf.get_content_type(), leaf)
    frame = Return(
        Form.MESSAGE,
        delivered_to=addresses(headers(message, *RECIPIENT_HEADERS)),
        original=_original(by_type),
        identity=_identity(message, raw),
    )
    for content_type in STATUS_PARTS:
        if part := by_type.get(content_type):
            return _status_report(frame, blocks(part), leaves)
    if part := by_type.get("message/feedback-report"):
        return _feedback(frame, blocks(part))
    if "message/disposition-notification" in by_type:
        return replace(frame, form=Form.RECEIPT)
    return texts.read_text(frame, message, [text_of(leaf) for leaf in leaves[:3] if _is_text(leaf)])


def _identity(message: Message, raw: bytes) -> bytes:
    """A message that is read again, or delivered again, has the same."""
    if header(message, "Message-ID"):
        return "\n".join(header(message, name) for name in IDENTITY_HEADERS).encode()
    return raw[:65_536]


def _is_text(leaf: Message) -> bool:
    return leaf.get_content_maintype() == "text"


def _original(by_type: dict[str, Message]) -> Original:
    for content_type in ORIGINAL_PARTS:
        part = by_type.get(content_type)
        given = enclosed(part) if part else None
        if given is not None and given.keys():
            return original_of(given)
    return Original()


def _status_report(frame: Return, groups: list[Fields], leaves: list[Message]) -> Return:
    """A delivery status notification. One that has no recipient's group is read as a text."""
    about = [fields for fields in groups if "final-recipient" in fields or "action" in fields]
    about = about or [fields for fields in groups if "status" in fields]
    message = next((fields for fields in groups if fields not in about), {})
    if not about:
        first = " ".join(text_of(leaf) for leaf in leaves[:2] if _is_text(leaf))
        return texts.from_machine_less(frame, first)
    forms = [(_form(fields), fields) for fields in about]
    order = (Form.FAILURE, Form.DELAY, Form.SUCCESS)
    form, fields = min(forms, key=lambda pair: order.index(pair[0]))
    said = _value(fields.get("diagnostic-code", ""))
    status = ENHANCED.search(fields.get("status", ""))
    servers = [fields.get("remote-mta", ""), message.get("reporting-mta", "")]
    named = [_value(server) for server in servers if server]
    return replace(
        frame,
        form=form,
        status=status[0] if status else "",
        diagnostic=one_line(said, DIAGNOSTIC),
        server=next(iter(named), "")[:255],
        recipients=_recipients(fields),
    )


def _form(fields: Fields) -> Form:
    """RFC 3464 §2.3.3; where the action is missing or unknown, the class of the status."""
    action = fields.get("action", "").split("(")[0].strip().lower()
    if action in {"failed", "failure"}:
        return Form.FAILURE
    if action == "delayed":
        return Form.DELAY
    if action in {"delivered", "relayed", "expanded"}:
        return Form.SUCCESS
    status = ENHANCED.search(fields.get("status", ""))
    return {"5": Form.FAILURE, "4": Form.DELAY}.get(status[1] if status else "", Form.SUCCESS)


def _recipients(fields: Fields) -> tuple[str, ...]:
    named = ("original-recipient", "final-recipient", "x-actual-recipient")
    return addresses([_unescaped(fields.get(name, "")) for name in named])


def _value(typed: str) -> str:
    """What follows the type: « smtp; 550 … » → « 550 … », « dns; mx.exemple.fr » → the host."""
    kind, separator, value = typed.partition(";")
    return value.strip() if separator and re.fullmatch(r"[\w.-]{1,40}", kind.strip()) else typed


def _unescaped(text: str) -> str:
    """xtext (RFC 3461 §4): « +2B » is a plus."""
    return re.sub(r"\+([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), text)


def _feedback(frame: Return, groups: list[Fields]) -> Return:
    """An abuse report (RFC 5965). Who sends it may have redacted the reader's address."""
    fields: Fields = {}
    for group in groups:
        fields = group | fields
    kind = fields.get("feedback-type", "").strip().lower()
    senders = addresses([fields.get("original-mail-from", "")]) + frame.original.senders
    return replace(
        frame,
        form=Form.COMPLAINT if kind in COMPLAINTS else Form.REPORT,
        feedback_type=kind[:40],
        server=_value(fields.get("reporting-mta", "") or fields.get("user-agent", ""))[:255],
        recipients=addresses([fields.get("original-rcpt-to", "")]),
        original=Original(senders, frame.original.tokens, frame.original.message_id),
    )
