"""Digests that are due become mailings, which leave like any other.

A run prepares its mailing in small steps, each committed: the mailing itself (a constraint allows
one a bulletin, frequency and window), one content a combination, then all deliveries at once. One
that dies half-way is taken up by the next turn of the beat where it stopped; two at once make one.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, Min, OuterRef, QuerySet
from django.utils import timezone

from newsletter.editors import editors_of
from newsletter.engine.bells import ring
from newsletter.engine.envelopes import envelope_of
from newsletter.engine.recipients import address, readable
from newsletter.errors import LetterError
from newsletter.figures.campaigns import digest_name, tag_links
from newsletter.log_actions import record
from newsletter.models.audience import Subscription
from newsletter.models.bulletins import Bulletin
from newsletter.models.deliveries import Delivery, Mailing, MailingContent
from newsletter.models.readers import JobRun
from newsletter.periods import FREQUENCIES, Window, due
from newsletter.readers.combinations import Combination, combinations_of
from newsletter.readers.digests.composing import Press
from newsletter.readers.digests.gathering import harvest_of, tree
from newsletter.rendering import OverweightError

logger = logging.getLogger(__name__)
JOB = "digests"
EVERY_THEME_KEY = "all"  # of a content: the key of a subscription is "" then
State = Mailing.State
Share = tuple[MailingContent, QuerySet[Subscription], list[str] | None]


class DigestError(LetterError):
    """This digest can not be made."""


def send_due(now: datetime | None = None) -> list[int]:
    """Makes every digest whose hour has come and that was not made; returns the new mailings.
    One that fails holds up no other, and is tried again at the next turn."""
    now = now or timezone.now()
    give_up_old(now)
    made = []
    for bulletin in Bulletin.objects.live().filter(offers_digests=True).order_by("pk"):
        for frequency in FREQUENCIES:
            window = due(frequency, now, settings.DIGEST_HOUR, timezone.get_default_timezone())
            try:
                mailing = send_one(bulletin, window, now)
            except (LetterError, IntegrityError) as error:
                logger.error(
                    "digest.not_made bulletin=%s frequency=%s from=%s reason=%s",
                    *(bulletin.pk, frequency, window.start, error),
                )
                continue
            if mailing:
                made.append(mailing.pk)
    return made


def send_one(bulletin: Bulletin, window: Window, now: datetime) -> Mailing | None:
    """The mailing of this window; None when it was made (or given up) before, when there is
    nothing to say or nobody to say it to, and when it is too late.

    Raises:
        DigestError, ChangingChoicesError, OverweightError.
    """
    mailing = mailing_of(bulletin, window)
    if mailing and mailing.state != State.PREPARING:
        return None
    if not mailing and was_settled(bulletin, window):
        return None
    if not mailing and not readers_of(bulletin, window.frequency).exists():
        # Who chooses digests an hour later waits for the next one, as everybody.
        _settle(bulletin, window, outcome="nobody")
        return None
    leaves = window.leaves_at(settings.DIGEST_HOUR, timezone.get_default_timezone())
    if now - leaves > timedelta(hours=settings.DIGEST_MAX_LATE_HOURS):
        if not mailing:
            logger.error(
                "digest.too_late bulletin=%s frequency=%s from=%s",
                *(bulletin.pk, window.frequency, window.start),
            )
            _settle(bulletin, window, outcome="late")
        return None
    return make(bulletin, window)


def readers_of(bulletin: Bulletin, frequency: str) -> QuerySet[Subscription]:
    """Who receives this bulletin's digest now."""
    return readable(Subscription.objects.filter(bulletin=bulletin, frequency=frequency))


def mailing_of(bulletin: Bulletin, window: Window) -> Mailing | None:
    """The sending of this window. A cancelled one counts: a person did not want it to leave."""
    return (
        digests()
        .filter(bulletin=bulletin, frequency=window.frequency, period_from=window.start)
        .first()
    )


def digests() -> QuerySet[Mailing]:
    return Mailing.objects.filter(kind=Mailing.Kind.DIGEST)


def was_settled(bulletin: Bulletin, window: Window) -> bool:
    """Whether an earlier turn has found that this window has no digest."""
    return JobRun.objects.filter(
        job=JOB,
        counts__bulletin=bulletin.pk,
        counts__frequency=window.frequency,
        counts__period_from=window.start.isoformat(),
    ).exists()


def make(bulletin: Bulletin, window: Window) -> Mailing | None:
    """Draws and freezes the digest, and rings; None when nobody would receive anything."""
    if not bulletin.sender_email or not bulletin.sender_email.isascii():
        raise DigestError("Le bulletin n'a pas d'adresse d'expéditeur utilisable.")
    readers = readers_of(bulletin, window.frequency)
    press = Press.of(bulletin, window, harvest_of(window), tree())
    told = [c for c in combinations_of(readers) if not press.place(c.topic_ids).is_empty]
    if not told:
        _forget(mailing_of(bulletin, window))
        _settle(bulletin, window, outcome="nothing")
        return None
    mailing = _opened(bulletin, window)
    if mailing is None:
        return None
    for combination in told:
        _store(mailing, press, combination)
    return _addressed(mailing, window, told)


def _opened(bulletin: Bulletin, window: Window) -> Mailing | None:
    """The mailing being prepared, made here or by a run that was cut short."""
    try:
        with transaction.atomic():
            return Mailing.objects.create(
                kind=Mailing.Kind.DIGEST,
                state=State.PREPARING,
                bulletin=bulletin,
                frequency=window.frequency,
                period_from=window.start,
                period_to=window.end,
            )
    except IntegrityError:
        found = mailing_of(bulletin, window)
        return found if found and found.state == State.PREPARING else None


def _store(mailing: Mailing, press: Press, combination: Combination) -> None:
    """The content of one combination, unless it is there. One that no mail can hold is said, and
    holds up no other."""
    key, window, bulletin = combination.key or EVERY_THEME_KEY, press.window, press.bulletin
    if mailing.contents.filter(key=key).exists():
        return
    try:
        rendered = press.rendered(combination.topic_ids)
    except OverweightError as error:
        logger.error(
            "digest.too_heavy mailing=%s key=%s readers=%s bytes=%s",
            *(mailing.pk, key, combination.readers, error.html_bytes),
        )
        return
    campaign = digest_name(bulletin.slug, window.frequency, window.start.isoformat())
    html, text = tag_links(rendered.html, rendered.text, settings.SITE_URL, campaign)
    facts = {
        "subject": rendered.subject[:255],
        "html": html,
        "text": text,
        "envelope": envelope_of(bulletin, f"resume-{window.frequency}-{window.start:%Y%m%d}"),
    }
    MailingContent.objects.get_or_create(mailing=mailing, key=key, defaults=facts)


def _addressed(mailing: Mailing, window: Window, told: list[Combination]) -> Mailing | None:
    """All deliveries, in one transaction: each reader of a combination gets its content, once,
    even who chooses other themes meanwhile. The mailing is then ready."""
    with transaction.atomic():
        held = Mailing.objects.select_for_update().filter(pk=mailing.pk, state=State.PREPARING)
        mailing = held.first()
        if mailing is None:
            return None
        count = sum(
            address(mailing, content, chosen, team)
            for content, chosen, team in _shares(mailing, window, told)
        )
        if not count:
            _forget(mailing)
            return None
        wave = mailing.deliveries.aggregate(first=Min("wave"))["first"]
        # Expected now, even if it was begun the day before: the watch does not hold it as late.
        ready = {"state": State.READY, "wave": wave, "scheduled_at": timezone.now()}
        Mailing.objects.filter(pk=mailing.pk).update(**ready)
        mailing.refresh_from_db()
        record("send", mailing, count=count)
        transaction.on_commit(lambda: ring(mailing.pk), robust=True)
    logger.info("digest.made mailing=%s combinations=%s readers=%s", mailing.pk, len(told), count)
    return mailing


def _shares(mailing: Mailing, window: Window, told: list[Combination]) -> Iterator[Share]:
    """(content, its readers, who among them goes first): the combinations, the most chosen first,
    and its first readers before all others; then who changed combination while they were read."""
    readers = readers_of(mailing.bulletin, window.frequency)
    served = Delivery.objects.filter(mailing=mailing, subscription=OuterRef("pk"))
    contents = {content.key: content for content in mailing.contents.defer("html", "text")}
    team: list[str] | None = editors_of(mailing.bulletin)
    found = told
    while found:
        for combination in found:
            if content := contents.get(combination.key or EVERY_THEME_KEY):
                yield content, readers.filter(~Exists(served), topics_key=combination.key), team
                team = None
        left = combinations_of(readers.filter(~Exists(served)))
        found = [one for one in left if (one.key or EVERY_THEME_KEY) in contents]


def give_up_old(now: datetime) -> int:
    """Cancels what was never finished preparing and is now too old; returns how many."""
    limit = now - timedelta(hours=settings.DIGEST_MAX_LATE_HOURS)
    stuck = digests().filter(state=State.PREPARING, created_at__lt=limit)
    note = "Ce résumé n'a pas pu être préparé à temps\u00a0: il ne partira pas."
    for mailing in stuck:
        logger.error(
            "digest.too_late bulletin=%s frequency=%s from=%s",
            *(mailing.bulletin_id, mailing.frequency, mailing.period_from),
        )
    return stuck.update(state=State.CANCELLED, finished_at=now, note=note)


def _forget(mailing: Mailing | None) -> None:
    """A mailing that was being prepared and has nobody to go to."""
    with transaction.atomic():
        held = Mailing.objects.select_for_update().filter(pk=mailing.pk if mailing else None)
        if found := held.filter(state=State.PREPARING).first():
            found.contents.all().delete()
            found.delete()


def _settle(bulletin: Bulletin, window: Window, outcome: str) -> None:
    now = timezone.now()
    JobRun.objects.create(
        job=JOB,
        started_at=now,
        finished_at=now,
        counts={
            "bulletin": bulletin.pk,
            "frequency": window.frequency,
            "period_from": window.start.isoformat(),
            "outcome": outcome,
        },
    )
