"""The task's part of an import: chunks that are each committed with how far they went.

A worker that dies loses at most a chunk that was not committed; the beat has another go on from
the last line done. Two workers at once take turns under the row's lock: nothing is written twice.
"""

import logging
from bisect import bisect_right
from datetime import datetime, timedelta
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from newsletter.engine.bells import ring_task
from newsletter.models.readers import SubscriberImport
from newsletter.readers.imports import reports
from newsletter.readers.imports.reading import folded, read_rows
from newsletter.readers.imports.tables import table_of
from newsletter.readers.imports.values import ImportFileError, Report, Row
from newsletter.readers.imports.writing import CHUNK, Target, judge, topics_by_name, write

logger = logging.getLogger(__name__)
State = SubscriberImport.State
TASK = "newsletter.import_subscribers"
LEASE = timedelta(seconds=180)  # longer than the reading of the largest file
FORETOLD = 20_000
TRIES = 3  # of a chunk that met a reader who signed up at the same moment


def start(job: SubscriberImport) -> bool:
    """Puts a draft in the queue and rings; False when it was no longer a draft."""
    drafts = SubscriberImport.objects.filter(pk=job.pk, state=State.DRAFT).exclude(provenance="")
    # The first lines, shown to choose the columns, are personal data: they are of no more use.
    mapping = {key: value for key, value in job.mapping.items() if key != "lines"}
    if not drafts.update(state=State.QUEUED, report={}, done=0, mapping=mapping):
        return False
    transaction.on_commit(lambda: ring(job.pk))
    return True


def resume(job: SubscriberImport) -> bool:
    """Takes up an import that failed, from where it stopped."""
    failed = SubscriberImport.objects.filter(pk=job.pk, state=State.FAILED, content__isnull=False)
    if not failed.update(state=State.QUEUED, error="", finished_at=None):
        return False
    transaction.on_commit(lambda: ring(job.pk))
    return True


def ring(import_id: int) -> bool:
    return ring_task(TASK, import_id)


def waiting(now: datetime) -> list[int]:
    """Imports that nobody is at work on: a bell unheard, a worker dead, a clock put back."""
    silent = Q(seen_at__isnull=True) | Q(seen_at__lt=now - LEASE) | Q(seen_at__gt=now + LEASE)
    due = Q(state=State.QUEUED) | (Q(state=State.RUNNING) & silent)
    return list(SubscriberImport.objects.filter(due).order_by("pk").values_list("pk", flat=True))


def run(import_id: int) -> None:
    """Imports what is left of a file. Does nothing when another worker is at it."""
    now = timezone.now()
    if import_id not in waiting(now):
        return
    SubscriberImport.objects.filter(pk=import_id).update(state=State.RUNNING, seen_at=now)
    job = SubscriberImport.objects.select_related("bulletin").get(pk=import_id)
    try:
        rows, fresh = read(job)
        target = Target(job.bulletin, job.provenance, topics_by_name(), job.shape)
        if not job.total:
            last = max((row.line for row in rows), default=0)
            SubscriberImport.objects.filter(pk=job.pk).update(total=last)
        while _step(job.pk, rows, target, fresh):
            pass
    except ImportFileError as error:
        _fail(job.pk, str(error), forget=True)
    except OperationalError:
        raise  # the database went away: the beat tries again
    except Exception as error:
        logger.exception("import.failed import=%s reason=%s", job.pk, type(error).__name__)
        words = "Une erreur imprévue a arrêté l'import\u00a0: ce qui est lu reste, reprenez-le."
        _fail(job.pk, words, forget=False)


def read(job: SubscriberImport, limit: int | None = None) -> tuple[list[Row], dict[str, Any]]:
    """The usable lines of a job's file in their order, and the report of the others; of its first
    `limit` lines only, where one is given.

    Raises:
        ImportFileError
    """
    if job.content is None:
        raise ImportFileError("Le fichier n'est plus là\u00a0: déposez-le de nouveau.")
    counted, doubles = Report(), []
    table = table_of(bytes(job.content))
    table.lines = islice(table.lines, limit)
    rows = read_rows(table, job.mapping["roles"], counted)
    kept = sorted(
        folded(rows, topics_by_name(), counted, doubles).values(), key=lambda row: row.line
    )
    counted.rejected.sort(key=lambda item: item["line"])
    return kept, reports.blank(counted, sorted(doubles))


def foretell(job: SubscriberImport) -> dict[str, Any]:
    """The report that the first `FORETOLD` lines of this file would give now; nothing is written.
    Somebody waits for the answer, and a worker for the request.

    Raises:
        ImportFileError
    """
    rows, report = read(job, FORETOLD)
    for at in range(0, len(rows), CHUNK):
        chunk = rows[at : at + CHUNK]
        reports.add_all(report, chunk, judge(chunk, job.bulletin))
    return report


def _step(pk: int, rows: list[Row], target: Target, fresh: dict[str, Any]) -> bool:
    """One chunk, with what it did, in one transaction; False when there is no more to do."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return _chunk(pk, rows, target, fresh)
        except IntegrityError:
            if attempt == TRIES:
                raise
    return False


def _chunk(pk: int, rows: list[Row], target: Target, fresh: dict[str, Any]) -> bool:
    job = SubscriberImport.objects.select_for_update().defer("content").get(pk=pk)
    if job.state != State.RUNNING:
        return False
    now = timezone.now()
    report = job.report or fresh
    begin = bisect_right(rows, job.done, key=attrgetter("line"))
    chunk = rows[begin : begin + CHUNK]
    over = begin + CHUNK >= len(rows)
    reports.add_all(report, chunk, write(chunk, target))
    changed: dict[str, Any] = {"report": report, "seen_at": now}
    if chunk:
        changed["done"] = chunk[-1].line
    if over:
        # What the file was for is done: it is personal data that nobody needs any more.
        changed |= {"state": State.DONE, "finished_at": now, "content": None}
    SubscriberImport.objects.filter(pk=pk).update(**changed)
    return not over


def _fail(pk: int, words: str, *, forget: bool) -> None:
    changed: dict[str, Any] = {
        "state": State.FAILED,
        "error": words[:300],
        "finished_at": timezone.now(),
    }
    if forget:
        changed["content"] = None
    SubscriberImport.objects.filter(pk=pk, state=State.RUNNING).update(**changed)
