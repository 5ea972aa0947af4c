"""The development settings, with what a bench or a fault may turn by environment."""

from config.settings.dev import *  # noqa: F403
from config.settings.dev import CELERY_BROKER_TRANSPORT_OPTIONS, env

SECRET_KEY = SUPPRESSION_KEY = "bench-only-key-that-protects-nothing-at-all-0123456789"  # noqa: S105
if seconds := env.int("BENCH_VISIBILITY_SECONDS", 0):
    CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_BROKER_TRANSPORT_OPTIONS | {
        "visibility_timeout": seconds
    }
