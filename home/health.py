"""Is the site ready to serve? Three questions, each answered by the part concerned.

The search's table is asked by its name, because the ground floor imports no other app.
"""

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from redis import Redis, RedisError

BROKER_TIMEOUT_SECONDS = 1.0
SEARCH_MODEL = "search"


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except DatabaseError:
        return False


def broker_answers() -> bool:
    """Whether Redis answers a ping within a second."""
    try:
        with Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=BROKER_TIMEOUT_SECONDS,
            socket_connect_timeout=BROKER_TIMEOUT_SECONDS,
        ) as client:
            return bool(client.ping())
    except (RedisError, ValueError):
        return False


def search_answers() -> bool:
    """Whether every table of the search can be read."""
    try:
        for model in apps.get_app_config(SEARCH_MODEL).get_models():
            model._default_manager.exists()
    except DatabaseError:
        return False
    return True


def readiness() -> dict[str, bool]:
    return {
        "database": database_answers(),
        "broker": broker_answers(),
        "search": search_answers(),
    }
