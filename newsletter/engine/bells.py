"""Ringing the workers. A bell nobody hears loses nothing: the rows wait, `wake` rings again."""

import logging

from celery import signature
from django.conf import settings
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def ring(mailing_id: int, bells: int | None = None) -> bool:
    """Asks workers to send of this mailing; False when the broker did not take it.

    Args:
        bells: how many; None: `LETTER_WORKERS`, of whom those that are too many do nothing.
    """
    count = settings.LETTER_WORKERS if bells is None else bells
    return all(ring_task("newsletter.deliver", mailing_id) for _ in range(count))


def ring_to_prepare(mailing_id: int) -> bool:
    """Asks a worker to draw and freeze a mailing that was asked for."""
    return ring_task("newsletter.prepare", mailing_id)


def ring_task(name: str, *args: int) -> bool:
    """Asks for a task whose work stands in the database; False when the broker did not take it.

    A bell that has waited longer than the next wake is dropped, so that bells never pile up.
    """
    bell = signature(name, args=args)
    try:
        # Nobody reads the result, and a result backend that is down raises a RuntimeError.
        bell.apply_async(expires=max(settings.BEAT_SECONDS, 1), retry=False, ignore_result=True)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("task.not_rung task=%s args=%s reason=%s", name, args, error)
        return False
    return True
