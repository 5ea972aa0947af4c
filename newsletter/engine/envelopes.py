"""What stands around a mailing's words: sender, list headers, addresses. Frozen with its contents.

Frozen as plain JSON, so that a sender or a slug changed while a mailing leaves changes nothing.
"""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse

from newsletter.engine.messages import Letter, MessageError
from newsletter.models.deliveries import MailingContent

if TYPE_CHECKING:
    from newsletter.models import Bulletin


def envelope_of(bulletin: "Bulletin", feedback: str) -> dict[str, Any]:
    """The envelope of a mailing of `bulletin`, to be stored with each of its contents.

    Args:
        feedback: names the campaign in Feedback-ID and Message-ID, ASCII (« issue142 »).
    """
    parts = bulletin.get_url_parts()
    archive = parts[2] if parts and parts[2] else "/"
    return {
        "sender_name": bulletin.sender_name or bulletin.title,
        "sender_email": bulletin.sender_email,
        "reply_to": bulletin.reply_to,
        "list_title": bulletin.title,
        "list_slug": bulletin.slug,
        "archive_url": settings.SITE_URL + archive,
        "help_url": settings.SITE_URL + reverse("subscribe"),
        "site_url": settings.SITE_URL,
        "feedback": feedback,
        "mailbox": settings.UNSUBSCRIBE_ADDRESS,
        "bounce_address": settings.BOUNCE_ADDRESS,
    }


def letter_of(content: MailingContent) -> Letter:
    """A frozen content as the letter that every reader's message is made from. One frozen before
    envelopes were (0.1) has its bulletin's.

    Raises:
        MessageError: an envelope of another version, which holds too much or too little.
    """
    mailing = content.mailing
    envelope = content.envelope or envelope_of(mailing.bulletin, f"issue{mailing.issue_id}")
    try:
        return Letter(subject=content.subject, html=content.html, text=content.text, **envelope)
    except TypeError as error:
        raise MessageError("L'enveloppe de cet envoi est illisible.") from error
