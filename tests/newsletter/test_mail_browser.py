"""The mail in a real browser: it fits, it can be read, it asks nothing of anybody."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from newsletter.previews import in_dark
from newsletter.rendering import render
from tests.newsletter.samples import (
    SITE,
    edition_document,
    every_state_document,
    large_document,
)

pytestmark = pytest.mark.browser
# The mail is one article in a webmail's page, which brings its own landmarks.
RULES = {"runOnly": ["RGAAv4", "wcag2a", "wcag2aa"], "rules": {"region": {"enabled": False}}}


@pytest.mark.parametrize("width", [320, 375, 600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_mail_fits_its_width_is_legible_and_calls_only_its_own_site(browser, width, scheme):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    page.route("**/*", lambda route: (asked.append(route.request.url), route.abort()))
    page.set_content(render(every_state_document()).html)
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


def test_the_previews_dark_mail_has_the_pixels_of_a_reader_in_dark_mode(browser):
    def drawn(html: str, scheme: str) -> bytes:
        page = browser.new_page(viewport={"width": 600, "height": 900}, color_scheme=scheme)
        page.route("**/*", lambda route: route.abort())
        page.set_content(html)
        png = page.screenshot(full_page=True)
        page.close()
        return png

    html = render(every_state_document()).html
    dark = drawn(html, "dark")
    assert drawn(in_dark(html), "light") == drawn(in_dark(html), "dark") == dark
    assert drawn(html, "light") != dark


def test_on_paper_no_plate_wastes_ink_and_no_button_is_printed(browser):
    page = browser.new_page(viewport={"width": 794, "height": 1100})
    page.route("**/*", lambda route: route.abort())
    page.set_content(render(edition_document()).html)
    grounds = """() => [...new Set([...document.querySelectorAll("body, body *")]
        .filter(e => e.offsetParent && !e.closest(".r1"))
        .map(e => getComputedStyle(e).backgroundColor))]"""
    assert len(page.evaluate(grounds)) > 5
    page.emulate_media(media="print")
    assert page.evaluate(grounds) == ["rgba(0, 0, 0, 0)"]
    button, at_the_foot = page.locator("a", has_text="Lire en ligne").all()
    assert not button.is_visible()
    assert at_the_foot.is_visible()
    colour = "() => getComputedStyle(document.querySelector('h1')).color"
    assert page.evaluate(colour) == "rgb(0, 0, 0)"
    page.close()


def test_the_mail_can_be_read_without_its_styles_and_without_images(browser):
    page = browser.new_page(viewport={"width": 375, "height": 900})
    page.route("**/*", lambda route: route.abort())
    html = re.sub(r"<style.*?</style>", "", render(edition_document()).html, flags=re.DOTALL)
    page.set_content(html)
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    for words in ("En quelques clics, avec l’Agence d’urbanisme", "La salle de lecture, vide"):
        assert page.get_by_text(words).or_(page.get_by_alt_text(words)).first.is_visible()
    results = Axe().run(page, options={"runOnly": {"type": "rule", "values": ["color-contrast"]}})
    assert results.response["violations"] == []
    page.close()
