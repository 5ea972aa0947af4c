"""Mail owed to one reader: confirmation, welcome, private link. The row is the queue's truth.

A request writes a row and rings; a worker claims it, writes the words from the subscription as it
is then, and sends. A worker that dies between the relay's answer and its own note leaves a claim
that another takes over: such a mail may come twice and is never lost. For a link that its reader
waits for that is the right side to err on, and both copies bear one Message-ID.
"""

import logging
import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from newsletter.engine.bells import ring_task
from newsletter.engine.outcomes import backoff
from newsletter.errors import LetterError
from newsletter.models.audience import Subscription
from newsletter.models.readers import ReaderMail
from newsletter.readers.mail_texts import message_for

logger = logging.getLogger(__name__)
Kind, State = ReaderMail.Kind, ReaderMail.State
# Whoever asks, from wherever: what one address may receive at most of one family.
PER_HOUR, PER_DAY = 3, 6
FAMILIES = ((Kind.CONFIRM, Kind.ALREADY), (Kind.WELCOME,), (Kind.DATA_LINK,))
LEASE = timedelta(minutes=10)  # longer than a conversation whose every step stalls
MAX_TRIES = 12  # about eight hours
BATCH = 100
ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+")


def owe(subscription: Subscription, kind: ReaderMail.Kind) -> bool:
    """Writes that a mail is owed; False, and nothing, when this address had its share.

    One that already waits is hastened, not doubled. The caller is in a transaction that holds the
    subscriber's row, so that requests made at once do not pass the limit together.
    """
    now = timezone.now()
    family = next(kinds for kinds in FAMILIES if kind in kinds)
    mails = ReaderMail.objects.filter(
        subscription__subscriber=subscription.subscriber_id, kind__in=family
    )
    latest = list(
        mails.filter(created_at__gt=now - timedelta(days=1)).values_list("created_at", flat=True)
    )
    waiting = mails.filter(subscription=subscription, state=State.PENDING)
    if waiting.update(kind=kind, next_try_at=None):
        return True
    within_hour = sum(1 for at in latest if at > now - timedelta(hours=1))
    if within_hour >= PER_HOUR or len(latest) >= PER_DAY:
        return False
    ReaderMail.objects.create(subscription=subscription, kind=kind)
    return True


def ring_on_commit() -> None:
    """Asks a worker to post, once what is owed is written."""
    transaction.on_commit(ring)


def ring() -> bool:
    return ring_task("newsletter.post_mail")


def post_due(limit: int = BATCH) -> int:
    """Sends what is due, oldest first; returns how many rows were settled.

    A relay that can not be reached ends the turn: the next beat tries again.
    """
    settled = 0
    with _relay() as relay:
        for pk in list(_due(timezone.now()).values_list("pk", flat=True)[:limit]):
            if mail := _claimed(pk):
                if not _post(mail, relay):
                    break
                settled += 1
    return settled


def _due(now: datetime) -> QuerySet[ReaderMail]:
    """A moment in the future means that the clock was put back since: it holds nobody."""
    ripe = Q(next_try_at__isnull=True) | Q(next_try_at__lte=now)
    ripe |= Q(next_try_at__gt=now + timedelta(hours=1))
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - LEASE)
    free |= Q(claimed_at__gt=now + LEASE)
    return ReaderMail.objects.filter(ripe, free, state=State.PENDING).order_by("pk")


def _claimed(pk: int) -> ReaderMail | None:
    """The row, held; None when another worker was faster."""
    now = timezone.now()
    free = _due(now).filter(pk=pk)
    if not free.update(claimed_at=now, tries=F("tries") + 1, next_try_at=None):
        return None
    related = ReaderMail.objects.select_related(
        "subscription__subscriber", "subscription__bulletin"
    )
    # A claim older than its lease can have been taken over in between.
    return related.filter(pk=pk, claimed_at=now, state=State.PENDING).first()


def _post(mail: ReaderMail, relay: BaseEmailBackend) -> bool:
    """Sends one mail and notes what became of it; False when the relay is of no use now."""
    if mail.tries > MAX_TRIES:
        _settle(mail, state=State.FAILED, error="Trop d'essais interrompus.")
        return True
    try:
        message = message_for(mail)
        if message is None:
            _settle(mail, state=State.FAILED, error="Il n'y avait plus rien à envoyer.")
            return True
        _send(message, relay)
    except smtplib.SMTPRecipientsRefused as refusal:
        code, words = next(iter(refusal.recipients.values()))
        _note_refusal(mail, _words(code, words), for_good=code // 100 == 5)
        return True
    except smtplib.SMTPResponseException as refusal:
        _note_refusal(mail, _words(refusal.smtp_code, refusal.smtp_error))
        return refusal.smtp_code != 421  # RFC 5321 §3.8: the relay closes
    except LetterError as error:  # NoRelayError, or words that can not be drawn
        _note_refusal(mail, str(error))
        return not isinstance(error, OSError)
    except (smtplib.SMTPException, OSError) as error:
        _note_refusal(mail, type(error).__name__)
        return False
    except DatabaseError:
        raise
    except Exception as error:
        # One that breaks us (a sender that no header holds) keeps nobody else's from leaving.
        _note_refusal(mail, type(error).__name__)
        return True
    _settle(mail, state=State.SENT, sent_at=timezone.now(), error="", kind=mail.kind)
    return True


def _send(message: EmailMessage, relay: BaseEmailBackend) -> None:
    message.connection = relay
    relay.open()
    message.send()


def _note_refusal(mail: ReaderMail, reason: str, *, for_good: bool = False) -> None:
    reason = ADDRESS.sub("…", " ".join(reason.split()))[:300]
    if for_good or mail.tries >= MAX_TRIES:
        logger.error("reader_mail.failed mail=%s tries=%s reason=%s", mail.pk, mail.tries, reason)
        _settle(mail, state=State.FAILED, error=reason)
        return
    logger.warning("reader_mail.postponed mail=%s tries=%s reason=%s", mail.pk, mail.tries, reason)
    again = timezone.now() + timedelta(seconds=backoff(mail.tries))
    _settle(mail, next_try_at=again, claimed_at=None, error=reason)


def _settle(mail: ReaderMail, **values: object) -> None:
    """Writes what became of a mail, while it is still ours: not after a lease that ran out."""
    ReaderMail.objects.filter(pk=mail.pk, claimed_at=mail.claimed_at).update(**values)


def _words(code: int, text: bytes | str) -> str:
    return f"{code} {text if isinstance(text, str) else text.decode('utf-8', 'replace')}"


@contextmanager
def _relay() -> Iterator[BaseEmailBackend]:
    """Opened by the first mail that leaves, closed whatever happens."""
    relay = get_connection()
    try:
        yield relay
    finally:
        with suppress(smtplib.SMTPException, OSError):
            relay.close()
