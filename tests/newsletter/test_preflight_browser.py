"""The page « Vérification » in a real browser: its part of the admin follows the rules, fits a
narrow window, and its links lead to an element that exists."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page
from wagtail.models import Site

from home.models import HomePage, User
from newsletter.models import Issue
from tests.factories import site_tree
from tests.newsletter.factories import bulletin, issue
from tests.veille.factories import notice
from veille.models import NoticeLink

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
RULES = {"runOnly": ["RGAAv4", "wcag2a", "wcag2aa", "wcag22aa", "best-practice"]}
WINDOWS = [(1280, "light"), (1280, "dark"), (320, "light")]


@pytest.fixture
def home(transactional_db: None) -> HomePage:
    return site_tree()


@pytest.fixture
def made(home: HomePage) -> Issue:
    """An issue with something of each kind to say, and hostile or very long titles."""
    links = [NoticeLink(url=f"https://ailleurs.example/{'x' * 300}", health="dead")]
    loud = notice(home, title="<IMG SRC=X ONERROR=ALERT(1)> TOUT EN CAPITALES", links=links)
    gone = notice(home, title="y" * 200)
    found = issue(bulletin(home, reply_to=""), loud.pk, gone.pk)
    gone.unpublish()
    return found


def opened(browser: Browser, live_server: object, width: int, scheme: str) -> Page:
    """A page of somebody who may do all."""
    Site.objects.update(hostname="localhost", port=live_server.thread.port)
    user = User.objects.filter(username="chef").first()
    client = Client()
    client.force_login(user or User.objects.create_superuser("chef", "chef@exemple.fr", "x"))
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    return context.new_page()


@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
def test_the_findings_follow_the_rules_and_fit(
    browser: Browser, made: Issue, live_server: object, width: int, scheme: str
) -> None:
    page = opened(browser, live_server, width, scheme)
    page.goto(live_server.url + reverse("newsletter_preflight", args=[made.pk]))
    codes = page.locator(".letter-findings li").evaluate_all("all => all.map(x => x.dataset.code)")
    assert codes == ["no-reply-to", "withdrawn", "no-reader", "capitals", "dead-link"]
    found = Axe().run(page, ".letter-panel", options=RULES).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
    assert page.evaluate("document.querySelector('.letter-panel').scrollWidth <= innerWidth")
    assert page.locator(".letter-panel img").count() == 0
    page.context.close()


def test_each_link_leads_to_an_element_that_exists(
    browser: Browser, made: Issue, live_server: object
) -> None:
    page = opened(browser, live_server, 1280, "light")
    page.goto(live_server.url + reverse("newsletter_preflight", args=[made.pk]))
    links = page.locator(".letter-findings a")
    places = links.evaluate_all("all => all.map(a => a.href)")
    assert len(places) == 5
    for place in places:
        answer = page.goto(place)
        assert answer is None or answer.status == 200, place
        if anchor := place.partition("#")[2]:
            assert page.locator(f"[id='{anchor}']").count() == 1, place
    page.context.close()
