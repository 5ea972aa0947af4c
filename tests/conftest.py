import time
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.core.signals import request_finished, request_started

from home.models import HomePage
from tests.factories import site_tree

UNDER_WAY: list[object] = []


def begun(**kwargs: object) -> None:
    UNDER_WAY.append(1)


def ended(**kwargs: object) -> None:
    if UNDER_WAY:
        UNDER_WAY.pop()


request_started.connect(begun)
request_finished.connect(ended)


@pytest.fixture
def home(db: None) -> HomePage:
    """The site's root, for tests that publish something under it."""
    return site_tree()


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """What a test that was rolled back has cached (a rendition's address) is of no use."""
    cache.clear()


@pytest.fixture(autouse=True)
def quiet_server(request: pytest.FixtureRequest) -> Iterator[None]:
    """A page that was just closed may still be served: its tables can not be emptied yet."""
    if "live_server" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    UNDER_WAY.clear()
    yield
    end = time.monotonic() + 10
    time.sleep(0.2)
    while UNDER_WAY and time.monotonic() < end:
        time.sleep(0.05)
