"""A turn of reading what came back, from the mailbox or from a directory: the shell of this part.

A message is moved away only after its decision is committed; read twice, it counts once
(`Bounce.source_key`). One that breaks us is set aside for a person and stops nobody.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from newsletter.models.readers import JobRun
from newsletter.returns.decisions import Result, handle
from newsletter.returns.imap import Box, MailboxError, parse_place
from newsletter.returns.mime import MAX_BYTES
from newsletter.returns.wording import ADDRESS, HIDDEN

logger = logging.getLogger(__name__)
JOB = "mailbox"
LOCK = "newsletter.mailbox"
MOST = 500  # messages a turn
TURN_SECONDS = 120.0
DONE, TO_READ = "Traités", "À lire"


def read_mailbox() -> dict[str, int] | None:
    """One turn: at most `MOST` messages or `TURN_SECONDS`. Returns what it counted; None when no
    mailbox is set, another turn is under way, or the mailbox can not be read (then logged)."""
    if not settings.BOUNCE_MAILBOX_URL:
        return None
    # Only spares work: two turns at once would read the same messages, and count them once.
    if not cache.add(LOCK, 1, timeout=int(TURN_SECONDS * 2)):
        return None
    started, counts, error = timezone.now(), Counter[str](), ""
    try:
        _turn(counts)
    except (OperationalError, InterfaceError) as problem:
        # Nor can the turn's row be written.
        logger.error("returns.mailbox_unread reason=%s", type(problem).__name__)
        return None
    except (MailboxError, OSError) as problem:
        error = ADDRESS.sub(HIDDEN, str(problem))
        logger.error("returns.mailbox_unread reason=%s", error)
    finally:
        cache.delete(LOCK)
    _report(started, counts, error)
    return None if error else dict(counts)


def _turn(counts: Counter[str]) -> None:
    end = time.monotonic() + TURN_SECONDS
    with Box(parse_place(settings.BOUNCE_MAILBOX_URL)) as box:
        uids = box.uids()
        for rank, uid in enumerate(uids):
            if rank >= MOST or time.monotonic() > end:
                counts["left"] = len(uids) - rank
                return
            raw = box.read(uid)
            if raw is None:
                continue
            result = taken(raw, str(uid))
            counts["read"] += 1
            counts[result or "broken"] += 1
            box.move(uid, TO_READ if result in (None, Result.OTHER) else DONE)


def taken(raw: bytes, name: str) -> str | None:
    """Acts upon one message; None for one that breaks us: logged, and nothing written.

    Raises:
        OperationalError, InterfaceError: the database is away; the message waits.
    """
    try:
        return handle(raw).result.value
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("returns.message_broken message=%s", name)
        return None


def read_directory(files: Iterable[Path], counts: Counter[str]) -> Iterable[Path]:
    """Acts upon each file of one message, and yields it once that is committed.

    Raises:
        OSError: of a file that can not be read.
    """
    for file in files:
        with file.open("rb") as opened:
            raw = opened.read(MAX_BYTES)
        result = taken(raw, file.name)
        counts["read"] += 1
        counts[result or "broken"] += 1
        yield file


def _report(started: object, counts: Counter[str], error: str) -> None:
    """The turn's row. One that found nothing replaces the one before, if that found nothing
    either: 288 turns a day would bury those that matter."""
    if not counts and not error:
        last = JobRun.objects.filter(job=JOB).first()
        if last and not last.counts and not last.error:
            last.delete()
    JobRun.objects.create(
        job=JOB,
        started_at=started,
        finished_at=timezone.now(),
        counts=dict(counts),
        error=error[:300],
    )
