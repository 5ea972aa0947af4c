"""What the headers of ours that a return gives back tell: pure."""

import re
from email.message import Message

from newsletter.returns.mime import addresses, header, headers
from newsletter.returns.values import Original

# A token of ours has 22 characters; the address `/d/TOKEN` and the mailto form bear it.
WAYS_OUT = re.compile(r"(?:/d/|[?&]subject=)([A-Za-z0-9_-]{16,24})(?![A-Za-z0-9_-])")


def original_of(given: Message) -> Original:
    """The senders, tokens and name of our message, from its headers."""
    ways = " ".join(headers(given, "List-Unsubscribe"))
    return Original(
        senders=addresses(headers(given, "Return-Path", "X-Envelope-From", "Sender")),
        tokens=tuple(dict.fromkeys(WAYS_OUT.findall(ways)))[:5],
        message_id=header(given, "Message-ID")[:255],
    )
