"""Doorbells of the letter. The rows of the database are the queue's truth."""

from typing import Any

from celery import Task, shared_task
from django.utils import timezone

from newsletter import assembling, scheduling
from newsletter.engine import delivery, dispatch, watch
from newsletter.engine.bells import ring, ring_to_prepare
from newsletter.figures import counting, reports, visits
from newsletter.readers import mails, retention
from newsletter.readers.digests import runs as digest_runs
from newsletter.readers.imports import running
from newsletter.returns import mailbox


@shared_task(name="newsletter.deliver", ignore_result=True)
def deliver(mailing_id: int) -> None:
    """One worker's turn; another at once while there is more."""
    if delivery.deliver(mailing_id):
        ring(mailing_id, 1)


@shared_task(name="newsletter.prepare", ignore_result=True)
def prepare(mailing_id: int) -> None:
    """Draws and freezes what somebody asked to send."""
    dispatch.prepare(mailing_id)


@shared_task(name="newsletter.wake", ignore_result=True)
def wake() -> None:
    """The beat's turn: rescue, set off, ring."""
    for mailing_id in watch.wake():
        ring(mailing_id)
    for mailing_id in watch.late_preparations(timezone.now()):
        ring_to_prepare(mailing_id)


@shared_task(name="newsletter.read_mailbox", ignore_result=True)
def read_mailbox() -> None:
    """The mailbox of returns, when one is set."""
    mailbox.read_mailbox()


@shared_task(name="newsletter.forget", ignore_result=True)
def forget() -> None:
    """What every app promises to forget with time; its report is a `JobRun`."""
    retention.forget()


@shared_task(name="newsletter.import_subscribers", ignore_result=True)
def import_subscribers(import_id: int) -> None:
    """A file that somebody dropped, from where it stands."""
    running.run(import_id)


@shared_task(name="newsletter.resume_imports", ignore_result=True)
def resume_imports() -> None:
    """Imports that nobody is at work on."""
    for import_id in running.waiting(timezone.now()):
        running.ring(import_id)


@shared_task(name="newsletter.post_mail", ignore_result=True)
def post_mail() -> None:
    """What is owed to single readers; again at once while a whole batch was due."""
    if mails.post_due() == mails.BATCH:
        mails.ring()


@shared_task(name="newsletter.assemble_due", ignore_result=True)
def assemble_due() -> None:
    """The drafts of the day. Never a sending."""
    scheduling.assemble_due(timezone.localdate())


@shared_task(name="newsletter.send_digests", ignore_result=True)
def send_digests() -> None:
    """The digests that are due and were not made."""
    digest_runs.send_due()


@shared_task(name="newsletter.assemble")
def assemble(spec: Any) -> dict[str, Any]:
    """The draft issue that a spec describes; see `assembling.outcome` for the result."""
    return assembling.outcome(spec)


@shared_task(name="newsletter.report_mailings", ignore_result=True)
def report_mailings() -> None:
    """Tells the editors what has ended, and keeps the figures that stopped moving."""
    now = timezone.now()
    reports.report_ended(now)
    counting.keep(now)


@shared_task(name="newsletter.tell_pause", ignore_result=True, bind=True, max_retries=4)
def tell_pause(self: Task, mailing_id: int) -> None:
    """The relay that made the machine pause may well refuse this mail too: later, then."""
    if not reports.write_pause(mailing_id) and self.request.retries < self.max_retries:
        raise self.retry(countdown=60 * 5**self.request.retries)


@shared_task(name="newsletter.flush_visits", ignore_result=True)
def flush_visits() -> None:
    visits.flush()
