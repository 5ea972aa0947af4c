"""Returns without a machine part, automatic replies, and what people write. Pure.

Only what is plainly a server's text is a failure: qmail's format, Exim's header, a mailer daemon
that quotes a reply. Anything else is an automatic reply or somebody's message, and ends nothing.
"""

import re
from dataclasses import replace
from email.message import Message
from email.parser import HeaderParser

from newsletter.returns.judging import ENHANCED
from newsletter.returns.mime import addresses, header, headers, one_line
from newsletter.returns.originals import original_of
from newsletter.returns.values import Form, Original, Return

REPLY = re.compile(r"(?:^|[\s:#(\"'])([45]\d\d)[ -]", re.MULTILINE)
DAEMON = re.compile(
    r"mailer-?daemon|postmaster|mail delivery (?:sub)?system|mail administrator"
    r"|mdaemon|microsoftexchange[0-9a-f]+",
    re.IGNORECASE,
)
QMAIL = re.compile(r"this is the qmail-send program|I'm afraid I wasn't able to deliver", re.I)
WARNING = re.compile(
    r"warning message only|do not need to resend|will (?:keep|be) (?:trying|retried)"
    r"|delivery (?:is|has been) delayed|still be(?:ing)? (?:tried|retried)|not yet been delivered"
    r"|continuera d'essayer|remise (?:est )?(?:retardée|différée)|nouvel essai",
    re.IGNORECASE,
)
# Where a text stops speaking and begins to quote our own message.
QUOTED = re.compile(
    r"^(?:-{2,} ?(?:below this line is a copy|this is a copy of|original message|"
    r"the header of the original|message d'origine|undelivered message|enclosed|"
    r"returned message|message original|original headers|copie du message).*"
    r"|(?:return-path|received): .*)$",
    re.IGNORECASE | re.MULTILINE,
)
AWAY = re.compile(
    r"^(?:re ?: ?|tr ?: ?)*(?:r[ée]ponse automatique|message d'absence|absen[ct]e?\b"
    r"|automatic reply|auto(?:matic)?[ -]?(?:reply|response|answer)|out of (?:the )?office"
    r"|auto ?:|en cong[ée]s"
    r"|vacation|abwesen|accus[ée] de r[ée]ception)",
    re.IGNORECASE,
)
AUTO_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoreply-From", "X-Auto-Reply-From")
TOKEN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{16,24}(?![A-Za-z0-9_-])")
MAX_WORDS = 20


def read_text(frame: Return, message: Message, bodies: list[str]) -> Return:
    """The form of a message that has no machine part."""
    body = "\n".join(bodies)
    if _is_servers(message, body):
        return from_machine_less(frame, body, headers(message, "X-Failed-Recipients"))
    if _is_automatic(message):
        return replace(frame, form=Form.AUTO_REPLY)
    words = TOKEN.findall(header(message, "Subject"))
    words += [tag for address in frame.delivered_to for tag in _tags(address, message)]
    # A token alone on its line was typed; one inside a line is a letter that was quoted.
    lines = (line.strip() for line in body.splitlines()[:200])
    words += [line for line in lines if TOKEN.fullmatch(line)]
    found = tuple(dict.fromkeys(words))[:MAX_WORDS]
    return replace(frame, words=found)


def from_machine_less(frame: Return, body: str, failed: list[str] | None = None) -> Return:
    """A server's text. Without a reply code in it, it is unreadable."""
    quote = QUOTED.search(body)
    said = body[: quote.start()] if quote else body
    code, reply = ENHANCED.search(said), REPLY.search(said)
    # What a person is shown: from the reply on, not the courtesies before.
    begin = min((found.start() for found in (code, reply) if found), default=0)
    form = Form.FAILURE if code or reply or failed or QMAIL.search(said) else Form.UNREADABLE
    if WARNING.search(said) or (code and code[1] == "4" and not failed):
        form = Form.DELAY
    return replace(
        frame,
        form=form,
        status=code[0] if code else "",
        diagnostic=one_line(said[max(0, begin - 60) :], 1_000),
        recipients=addresses(failed or [said]),
        original=_merged(frame.original, body[quote.start() :] if quote else ""),
    )


def _is_servers(message: Message, body: str) -> bool:
    if message.get("X-Failed-Recipients") or QMAIL.search(body[:2_000]):
        return True
    return bool(DAEMON.search(header(message, "From"))) and not _is_reply(message)


def _is_reply(message: Message) -> bool:
    return bool(AWAY.match(header(message, "Subject")))


def _is_automatic(message: Message) -> bool:
    """RFC 3834 §5, and what its elders use."""
    submitted = header(message, "Auto-Submitted").split(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    precedence = header(message, "Precedence").lower()
    if precedence in {"auto_reply", "auto-reply", "bulk", "junk", "list"}:
        return True
    return any(message.get(name) for name in AUTO_HEADERS) or bool(
        _is_reply(message) or header(message, "Return-Path") == "<>"
    )


def _tags(address: str, message: Message) -> list[str]:
    """The sub-address (RFC 5233), in its own case: tokens have capitals."""
    local = address.partition("@")[0]
    if "+" not in local:
        return []
    tag = re.escape(local.partition("+")[2])
    named = headers(message, "Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
    return [word for one in named for word in re.findall(rf"\+({tag})@", one, re.IGNORECASE)]


def _merged(known: Original, quoted: str) -> Original:
    """The headers of ours that a text quotes, where no part gave them back."""
    start = re.search(r"^[A-Za-z-]{2,40}:", quoted, re.MULTILINE)
    if known.tokens or known.senders or not start:
        return known
    return original_of(HeaderParser().parsestr(quoted[start.start() :]))
