"""The composer in a real browser: by mouse, by two people at once, on a phone, in the dark."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from wagtail.models import Page as WagtailPage

from home.models import User
from newsletter.composer.proposing import composition_of
from newsletter.models import Issue
from tests.factories import site_tree
from tests.keyboard import CHROME, RULES
from tests.newsletter.factories import bulletin, issue, rubric
from tests.veille.factories import notice

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def made(transactional_db: None) -> Issue:
    home = site_tree()
    pages = [notice(home, title=f"Notice {n}", slug=f"n{n}") for n in range(4)]
    rubrics = [rubric("Une", *(page.pk for page in pages[:3])), rubric("Deux", pages[3].pk)]
    for name in ("Isabelle", "Michel"):
        User.objects.create_superuser(name.lower(), password="x", first_name=name)
    return issue(bulletin(home), live=False, rubrics=rubrics)


def opened(browser: Browser, live_server: Any, made: Issue, name: str, **options: Any) -> Page:
    values = {"viewport": {"width": 1280, "height": 900}, "locale": "fr-FR", "bypass_csp": True}
    page = browser.new_context(**values | options).new_page()
    page.goto(f"{live_server.url}/admin/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", "x")
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{live_server.url}/admin/")
    page.goto(f"{live_server.url}/admin/lettre/numeros/{made.pk}/composer/")
    return page


def said(page: Page, words: str) -> None:
    expect(page.locator("[data-status]")).to_contain_text(words, timeout=20_000)


def titles(made: Issue) -> list[list[str]]:
    now = composition_of(Issue.objects.get(pk=made.pk).get_latest_revision_as_object())
    names = dict(WagtailPage.objects.values_list("pk", "title"))
    return [[names[item.page_id] for item in part.items] for part in now.rubrics]


def test_a_line_is_dragged_to_its_place(browser: Browser, live_server: Any, made: Issue) -> None:
    # Tall enough that nothing scrolls under the hand.
    window = {"width": 1280, "height": 1600}
    page = opened(browser, live_server, made, "isabelle", viewport=window)
    rows = page.locator("[data-list] .row")
    grip, target = rows.nth(0).locator(".row__grip"), rows.nth(3)
    grip.drag_to(target, target_position={"x": 40, "y": 4})
    said(page, "«\u00a0Notice 0\u00a0» déplacée vers «\u00a0Deux\u00a0»")
    assert titles(made) == [["Notice 1", "Notice 2"], ["Notice 0", "Notice 3"]]
    page.context.close()


def test_of_two_people_the_second_is_told_and_nothing_is_overwritten(
    browser: Browser, live_server: Any, made: Issue
) -> None:
    first = opened(browser, live_server, made, "isabelle")
    second = opened(browser, live_server, made, "michel")
    expect(second.locator("[data-others]")).to_contain_text("Isabelle")
    second.locator(".row summary").nth(3).click()
    second.locator(".row .more__body input[name=titre]").fill("Des mots en cours")
    first.locator("[id^=descendre-]").nth(1).click()
    said(first, "descendue")
    before = titles(made)
    second.locator("ol [id^=descendre-]").nth(1).click()
    said(second, "Isabelle a enregistré une autre version")
    assert titles(made) == before
    # What was being typed is still there, and the board is the up-to-date one.
    expect(second.locator(".row .more__body input[name=titre]")).to_have_value("Des mots en cours")
    shown = second.locator("[data-list] .row__title").all_inner_texts()
    assert shown == [title for part in before for title in part]
    second.locator("ol [id^=descendre-]:not([disabled])").first.click()
    said(second, "descendue")
    for page in (first, second):
        page.context.close()


@pytest.mark.parametrize(
    "window",
    [
        {"viewport": {"width": 320, "height": 800}},
        {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    ],
)
def test_it_follows_the_rules_and_fits(
    browser: Browser, live_server: Any, made: Issue, window: dict[str, Any]
) -> None:
    page = opened(browser, live_server, made, "isabelle", **window)
    page.locator(".row summary").first.click()
    expect(page.locator(".more__body fieldset").first).to_be_visible()
    found = Axe().run(page, context={"exclude": CHROME}, options=RULES)
    assert [f"{v['id']} {v['nodes'][0]['html']}" for v in found.response["violations"]] == []
    wide = page.evaluate("document.querySelector('.composer').scrollWidth > innerWidth")
    assert wide is False
    page.context.close()
