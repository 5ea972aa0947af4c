"""The mail in a real browser: it fits, it can be read, it asks nothing of anybody."""

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from newsletter.documents import IssueDocument
from newsletter.rendering import render
from tests.newsletter.samples import SITE, large_document, line, small_document, when

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="aucun Chromium installé"),
]
# The mail is one article in a webmail's page, which brings its own landmarks.
RULES = {"runOnly": ["RGAAv4", "wcag2a", "wcag2aa"], "rules": {"region": {"enabled": False}}}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def every_state() -> IssueDocument:
    """The small issue with all tints, statuses and a very long word."""
    tints = ("notice", "case", "agenda", "report")
    small = small_document()
    rubric = replace(
        small.rubrics[0],
        lines=tuple(line(n, tint=tint) for n, tint in enumerate(tints)),
        discover=(line(9, title="x" * 1000, summary="y" * 1000),),
    )
    moment = when(
        "7", "déc.", "7 déc. 2018", status="postponed", status_label="Reporté", is_deadline=True
    )
    return replace(small, rubrics=(rubric,), agenda=(*small.agenda, line(7, when=moment)))


@pytest.mark.parametrize("width", [320, 375, 600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_mail_fits_its_width_is_legible_and_calls_only_its_own_site(browser, width, scheme):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    page.route("**/*", lambda route: (asked.append(route.request.url), route.abort()))
    page.set_content(render(every_state()).html)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert asked
    assert all(address.startswith(f"{SITE}/media/") for address in asked)
    results = Axe().run(page, options=RULES)
    assert results.response["violations"] == []
    page.close()


def test_columns_stand_side_by_side_on_wide_screens_and_stack_on_narrow_ones(browser):
    page = browser.new_page(viewport={"width": 600, "height": 900})
    page.route("**/*", lambda route: route.abort())
    page.set_content(render(large_document()).html)
    cover, title = page.locator("img").last, page.locator("h3").first
    assert title.bounding_box()["x"] > cover.bounding_box()["x"] + 150
    page.set_viewport_size({"width": 375, "height": 900})
    assert title.bounding_box()["x"] == cover.bounding_box()["x"] == 18
    page.close()
