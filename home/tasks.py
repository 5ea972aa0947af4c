"""Doorbells of the ground floor."""

from celery import shared_task

from home.publishing import publish_due_revisions


@shared_task(name="home.publish_scheduled")
def publish_scheduled() -> int:
    return publish_due_revisions()
