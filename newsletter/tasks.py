"""Doorbells of the letter. The rows of the database are the queue's truth."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from newsletter import assembling, scheduling
from newsletter.engine import dispatch, watch
from newsletter.engine.bells import ring
from newsletter.engine.delivery import deliver_batch
from newsletter.readers import retention, subscriptions


@shared_task(name="newsletter.deliver", ignore_result=True)
def deliver(mailing_id: int) -> None:
    """One batch; again at once while there is more."""
    if deliver_batch(mailing_id):
        ring(mailing_id)


@shared_task(name="newsletter.prepare", ignore_result=True)
def prepare(mailing_id: int) -> None:
    """Draws and freezes what somebody asked to send."""
    dispatch.prepare(mailing_id)


@shared_task(name="newsletter.wake", ignore_result=True)
def wake() -> None:
    """The beat's turn: rescue, set off, ring."""
    for mailing_id in watch.wake():
        ring(mailing_id)


@shared_task(name="newsletter.forget_unconfirmed", ignore_result=True)
def forget_unconfirmed() -> int:
    return subscriptions.forget_unconfirmed(timezone.now())


@shared_task(name="newsletter.forget_old_addresses", ignore_result=True)
def forget_old_addresses() -> int:
    return retention.forget_old_addresses(timezone.now())


@shared_task(name="newsletter.assemble_due", ignore_result=True)
def assemble_due() -> None:
    """The drafts of the day. Never a sending."""
    scheduling.assemble_due(timezone.localdate())


@shared_task(name="newsletter.assemble")
def assemble(spec: Any) -> dict[str, Any]:
    """The draft issue that a spec describes; see `assembling.outcome` for the result."""
    return assembling.outcome(spec)
