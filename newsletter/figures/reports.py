"""Mail to a bulletin's editors about a mailing: it is over, or the machine has stopped it.

A report is claimed by an update before it is written, so that it goes once; one that the relay did
not take is claimed again by the next turn, for two days. A mailing never waits for its report.
"""

import logging
from datetime import datetime, timedelta
from email.utils import formataddr
from smtplib import SMTPException
from typing import Any

from celery import signature
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import DatabaseError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from newsletter.editors import editors_of
from newsletter.errors import LetterError
from newsletter.figures.counting import consents, departures
from newsletter.figures.explaining import without_addresses
from newsletter.figures.progress import reasons_of
from newsletter.figures.wording import counted, number, percent
from newsletter.log_actions import record
from newsletter.models.deliveries import Delivery, Mailing

logger = logging.getLogger(__name__)
# What ended longer ago than this (before an upgrade, on a machine that was off) stays untold.
TELL_WITHIN = timedelta(days=2)
Kind, State = Mailing.Kind, Mailing.State


def report_ended(now: datetime) -> int:
    """Tells the editors of each mailing that has ended; returns how many were told.

    One that ends again (a person tried the failures again) is told again; one that goes on
    meanwhile is not over.
    """
    untold = Q(reported_at__isnull=True) | Q(reported_at__lt=F("finished_at"))
    ended = Mailing.objects.filter(untold, state=State.SENT, finished_at__gte=now - TELL_WITHIN)
    unsettled = Delivery.objects.filter(mailing=OuterRef("pk")).unsettled()
    told = 0
    for mailing in ended.filter(~Exists(unsettled)).exclude(kind=Kind.TEST).order_by("pk"):
        # A clock that was put back must not make it untold for ever.
        at = max(now, mailing.finished_at)
        if Mailing.objects.filter(untold, pk=mailing.pk).update(reported_at=at):
            told += _report(mailing, at)
    return told


def _report(mailing: Mailing, at: datetime) -> bool:
    facts = report_facts(mailing)
    subject = f"{_name(mailing)} est parti vers {counted(facts['sent'], 'abonné', 'abonnés')}"
    sent_to = _write(mailing, subject, "newsletter/mail/report.txt", facts)
    if sent_to is None:
        claimed = Mailing.objects.filter(pk=mailing.pk, reported_at=at)
        claimed.update(reported_at=mailing.reported_at)
        return False
    record("finish", mailing, count=facts["sent"])
    if sent_to:
        record("report", mailing, count=sent_to)
    return True


def report_facts(mailing: Mailing) -> dict[str, Any]:
    """What the report says; numbers are numbers, the words are the template's."""
    counts = mailing.counts()
    reached = counts["sent"] + counts["failed"] + counts["uncertain"]
    begun = mailing.started_at or mailing.created_at
    same = Mailing.objects.filter(bulletin=mailing.bulletin_id, kind=mailing.kind)
    previous = same.filter(started_at__lt=begun).order_by("-started_at").first()
    since: dict[str, Any] = {}
    if previous:
        since["new"] = consents(mailing.bulletin_id, previous.started_at, timezone.now())
        since["gone"] = departures(mailing.bulletin_id, previous.started_at, timezone.now())
    return counts | {
        "share": percent(counts["sent"], reached),
        "lasted": _lasted(begun, mailing.finished_at),
        "reasons": [one for one in reasons_of(mailing.pk) if one.state == Delivery.State.FAILED],
        "since": since,
    }


def _lasted(begun: datetime, ended: datetime | None) -> str:
    seconds = max(0, round((ended - begun).total_seconds())) if ended else 0
    if seconds < 60:
        return counted(seconds, "seconde", "secondes")
    if seconds < 3600:
        return counted(round(seconds / 60), "minute", "minutes")
    return f"{seconds // 3600}\u00a0h\u00a0{seconds % 3600 // 60:02}"


def tell_pause(mailing: Mailing) -> None:
    """The machine has paused this mailing: its editors will be told, by a task of its own, once
    what the caller writes is committed. Never raises: a mailing must not suffer from its report.
    """
    if mailing.kind == Kind.TEST:
        return
    try:
        transaction.on_commit(lambda: _ring(mailing.pk), robust=True)
    except (DatabaseError, transaction.TransactionManagementError) as error:
        logger.warning("report.not_rung mailing=%s reason=%s", mailing.pk, error)


def _ring(mailing_id: int) -> None:
    bell = signature("newsletter.tell_pause", args=(mailing_id,))
    try:
        bell.apply_async(retry=False, ignore_result=True)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("report.not_rung mailing=%s reason=%s", mailing_id, error)


def write_pause(mailing_id: int) -> bool:
    """Writes to the editors why a mailing is paused; False when the relay did not take it, and it
    is worth another try. Nothing to say of one that goes on again."""
    mailing = Mailing.objects.filter(pk=mailing_id, state=State.PAUSED).first()
    if mailing is None or mailing.kind == Kind.TEST:
        return True
    facts = mailing.counts() | {"note": without_addresses(mailing.note)}
    subject = f"l'envoi {_name(mailing, 'du')} est en pause"
    return _write(mailing, subject, "newsletter/mail/report_pause.txt", facts) is not None


def _name(mailing: Mailing, article: str = "le") -> str:
    """« le n° 12 », « le Hors-Série #2 », « le résumé »."""
    if mailing.issue is None:
        return f"{article} résumé"
    return f"{article} {mailing.issue.number_label or 'numéro'}"


def address_of(mailing: Mailing) -> str:
    """Where the admin shows this mailing, absolute."""
    if mailing.kind == Kind.ISSUE:
        return settings.SITE_URL + reverse("newsletter_sending", args=[mailing.issue_id])
    return settings.SITE_URL + reverse("newsletter_figures_mailing", args=[mailing.pk])


def _write(mailing: Mailing, subject: str, template: str, facts: dict[str, Any]) -> int | None:
    """To how many it went; None when it did not leave."""
    bulletin = mailing.bulletin
    to = editors_of(bulletin)
    if not to:
        logger.warning("editors.nobody bulletin=%s", bulletin.pk)
        return 0
    words = {name: number(value) for name, value in facts.items() if isinstance(value, int)}
    context = {
        "mailing": mailing,
        "bulletin": bulletin,
        "facts": facts,
        "words": words,
        "address": address_of(mailing),
    }
    message = EmailMessage(
        subject=f"{bulletin.title}\u00a0: {subject}"[:200],
        body=render_to_string(template, context).strip() + "\n",
        from_email=formataddr(
            (
                bulletin.sender_name or bulletin.title,
                bulletin.sender_email or settings.DEFAULT_FROM_EMAIL,
            )
        ),
        to=to,
        headers={"Auto-Submitted": "auto-generated", "Content-Language": "fr"},
    )
    try:
        message.send()
    except (LetterError, SMTPException, OSError) as error:
        logger.error("report.not_sent mailing=%s reason=%s", mailing.pk, type(error).__name__)
        return None
    return len(to)
