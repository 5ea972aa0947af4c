"""« Retours » in a real browser: our part of the screens follows the rules and fits a narrow
window, and the button works without a script."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from home.models import User
from newsletter.models import Bounce
from newsletter.returns.decisions import handle
from tests.factories import site_tree
from tests.newsletter.returns.coming_back import dsn, sent

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"runOnly": ["RGAAv4", "wcag2a", "wcag2aa", "wcag22aa", "best-practice"]}


def opened(browser: Browser, live_server: object, width: int, *, script: bool = True) -> Page:
    """A page of somebody who may do all."""
    client = Client()
    client.force_login(User.objects.create_superuser("chef", "chef@exemple.fr", "x"))
    context = browser.new_context(
        viewport={"width": width, "height": 900}, bypass_csp=script, java_script_enabled=script
    )
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    return context.new_page()


@pytest.fixture
def bounce(transactional_db: None) -> Bounce:
    site_tree()
    return handle(dsn(sent(), said="550 5.1.1 " + "x" * 250)).bounce


@pytest.mark.parametrize("width", [1280, 320])
def test_a_return_follows_the_rules_and_fits(
    browser: Browser, bounce: Bounce, live_server: object, width: int
) -> None:
    page = opened(browser, live_server, width)
    page.goto(f"{live_server.url}/admin/retours/inspect/{bounce.pk}/")
    found = Axe().run(page, ".letter-panel", options=RULES).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
    assert page.evaluate("document.querySelector('.letter-panel').scrollWidth <= innerWidth")
    page.goto(f"{live_server.url}/admin/retours/")
    assert page.locator(".letter-returns").inner_text().startswith("Ces 30 derniers jours")
    found = Axe().run(page, ".letter-returns", options=RULES).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []


def test_a_mistake_is_put_right_without_a_script(
    browser: Browser, bounce: Bounce, live_server: object
) -> None:
    page = opened(browser, live_server, 1280, script=False)
    page.goto(f"{live_server.url}/admin/retours/inspect/{bounce.pk}/")
    page.get_by_role("button", name="Rétablir l'abonnement").click()
    assert page.get_by_text("L'abonnement est rétabli.").count() == 1
    bounce.refresh_from_db()
    assert bounce.decision == "none"
