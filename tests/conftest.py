import os
import shutil
import time
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser, sync_playwright

from home.models import HomePage
from tests.factories import site_tree

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET_SECONDS = 0.5


class Traffic:
    """Requests under way in this process, and when one last began or ended."""

    under_way = 0
    last = 0.0


def begun(**kwargs: object) -> None:
    Traffic.under_way += 1
    Traffic.last = time.monotonic()


def ended(**kwargs: object) -> None:
    Traffic.under_way -= 1
    Traffic.last = time.monotonic()


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
    """A page that was just closed may still be served, and says farewell a little later (the
    admin's editing sessions): until then its tables can not be emptied."""
    if "live_server" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    Traffic.under_way = 0
    yield
    begin = time.monotonic()
    Traffic.last = max(Traffic.last, begin)
    while time.monotonic() < begin + 10:
        if Traffic.under_way <= 0 and time.monotonic() > Traffic.last + QUIET_SECONDS:
            break
        time.sleep(0.05)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    if CHROMIUM is None:
        pytest.skip("aucun Chromium installé")
    with sync_playwright() as playwright:
        # Playwright's loop makes Django refuse the ORM in this thread, wrongly.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield opened
        opened.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
