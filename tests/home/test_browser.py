"""Every public page in a real browser: RGAA rules, both themes, 320 px, nobody else called."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from wagtail.models import Locale, Page, Site

from home.models import HomePage
from tests.factories import site_tree
from tests.home.every_page import PATHS, every_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
RULES = {
    "runOnly": ["RGAAv4", "wcag2a", "wcag2aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
WINDOWS = [(1280, "light"), (1280, "dark"), (320, "light")]


@pytest.fixture
def site(transactional_db: None) -> HomePage:
    """A test that really commits leaves empty tables behind: a root is planted again."""
    Locale.objects.get_or_create(language_code="fr")
    if not Page.objects.exists():
        Page.add_root(title="Root", slug="root")
    return every_page(site_tree())


def test_every_page_follows_the_rules_fits_and_calls_nobody(
    browser: Browser, site: HomePage, live_server: object
) -> None:
    Site.objects.update(hostname="localhost", port=live_server.thread.port)
    broken: list[str] = []
    for width, scheme in WINDOWS:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
        )
        page = context.new_page()
        called: set[str] = set()
        page.on("request", lambda request, called=called: called.add(request.url))
        for path in PATHS:
            page.goto(live_server.url + path)
            where = f"{path} {width} {scheme}"
            found = Axe().run(page, options=RULES).response["violations"]
            broken += [f"{where}: {rule['id']} {rule['nodes'][0]['html']}" for rule in found]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                broken.append(f"{where}: wider than the window")
        broken += [f"called {url}" for url in called if not url.startswith(live_server.url)]
        context.close()
    assert broken == []


def test_a_page_reads_without_script_or_style_refused_by_the_policy(
    browser: Browser, site: HomePage, live_server: object
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    for path in PATHS:
        page.goto(live_server.url + path)
        assert page.locator("h1").count() == 1
    context.close()
    assert refused == []


def test_the_skip_link_shows_itself_and_moves_the_focus(
    browser: Browser, site: HomePage, live_server: object
) -> None:
    page = browser.new_page()
    page.goto(f"{live_server.url}/contact/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    page.close()
