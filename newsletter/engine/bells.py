"""Ringing the workers. A bell nobody hears loses nothing: the rows wait, `wake` rings again."""

import logging

from celery import signature
from django.conf import settings
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def ring(mailing_id: int) -> bool:
    """Asks a worker for one batch of this mailing; False when the broker did not take it.

    A bell that has waited longer than the next wake is dropped, so that bells never pile up.
    """
    bell = signature("newsletter.deliver", args=(mailing_id,))
    try:
        # Nobody reads the result, and a result backend that is down raises a RuntimeError.
        bell.apply_async(expires=max(settings.BEAT_SECONDS, 1), retry=False, ignore_result=True)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("mailing.not_rung mailing=%s reason=%s", mailing_id, error)
        return False
    return True
