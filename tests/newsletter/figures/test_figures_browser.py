"""The figures and the live panel in a real browser: accessible, narrow, alive."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page

from newsletter.models import Mailing
from tests.factories import site_tree
from tests.newsletter.figures.scenes import past
from tests.signed_in import administrator_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OURS = {"include": [[".letter-panel"]]}
RULES = {"runOnly": ["RGAAv4", "wcag2a", "wcag2aa", "wcag22aa"], "resultTypes": ["violations"]}


@pytest.fixture
def mailing(transactional_db: None) -> Mailing:
    site_tree()
    return past()


@pytest.fixture
def page(browser: Browser, mailing: Mailing, live_server: object) -> Iterator[Page]:
    """A window of a signed-in administrator, on the panel of the mailing under way."""
    with administrator_at(
        browser, live_server, f"/admin/lettre/numeros/{mailing.issue_id}/envoi/"
    ) as opened:
        yield opened


def at(page: Page, path: str) -> None:
    page.goto(page.url.partition("/admin/")[0] + path)


def wrong(page: Page) -> list[str]:
    """What breaks a rule, folds open, at 1280 and at 320 pixels."""
    found = []
    page.eval_on_selector_all(".letter-panel details", "all => all.forEach(d => d.open = true)")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        broken = Axe().run(page, context=OURS, options=RULES).response["violations"]
        found += [f"{width} {rule['id']}: {rule['nodes'][0]['html']}" for rule in broken]
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            found.append(f"{width}: wider than the window")
    return found


def paths(mailing: Mailing) -> list[str]:
    before = Mailing.objects.filter(state="sent").order_by("-started_at").first()
    return ["/admin/lettre/chiffres/", f"/admin/lettre/chiffres/{before.pk}/"]


def test_the_screens_follow_the_rules_and_fit_a_narrow_window(page: Page, mailing: Mailing) -> None:
    found = wrong(page)
    for path in paths(mailing):
        at(page, path)
        found += wrong(page)
    assert found == []


def test_a_chart_is_read_at_every_width_without_colour(page: Page, mailing: Mailing) -> None:
    at(page, paths(mailing)[0])
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        sizes = page.eval_on_selector_all(
            ".chart text", "found => found.map(t => t.getBoundingClientRect().height)"
        )
        assert min(sizes) >= 12
        label, value = page.locator(".chart-label"), page.locator(".chart .chart-value")
        first, last = (
            label.first.bounding_box(),
            page.locator("#chiffres-envois ~ figure .chart-value").first.bounding_box(),
        )
        assert first["x"] + first["width"] <= last["x"]
        assert value.count() > label.count() / 2
    assert page.locator(".chart-refused[fill^='url']").count() > 0


def test_the_pace_and_the_failures_move_and_an_open_fold_stays_open(
    page: Page, mailing: Mailing
) -> None:
    page.get_by_text("messages par minute").wait_for(timeout=5000)
    assert page.get_by_text("1 programme d'envoi au travail, 4 connexions").is_visible()
    reason = page.locator("li", has_text="L'adresse n'existe pas.")
    reason.locator("summary").press("Enter")
    said = reason.locator("code")
    assert said.is_visible()
    row = mailing.deliveries.filter(state="pending").first()
    reply = {"smtp_code": 452, "error": "452 later"}
    now = timezone.now()
    mailing.deliveries.filter(pk=row.pk).update(state="failed", finished_at=now, **reply)
    page.get_by_text("Le serveur manque de place").wait_for(timeout=5000)
    assert said.is_visible()
    assert page.evaluate("document.activeElement.textContent") == "Le détail technique"


def test_a_refused_preparation_says_why_and_offers_another(page: Page, mailing: Mailing) -> None:
    Mailing.objects.filter(pk=mailing.pk).update(state="preparing")
    page.get_by_text("Préparation de l'envoi…").wait_for(timeout=5000)
    mailing.deliveries.all().delete()
    Mailing.objects.filter(pk=mailing.pk).update(
        state="cancelled", note="Ce numéro vient d'être republié.", finished_at=timezone.now()
    )
    page.get_by_text("Ce numéro vient d'être republié.").wait_for(timeout=5000)
    page.get_by_role("link", name="Préparer un nouvel envoi").click()
    page.get_by_text("L'envoi demandé n'est pas parti").wait_for(timeout=5000)


def test_without_javascript_the_panel_says_the_same(
    browser: Browser, page: Page, mailing: Mailing
) -> None:
    cookies = page.context.cookies()
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies)
    bare = context.new_page()
    bare.goto(page.url)
    assert bare.get_by_text("messages par minute").is_visible()
    assert bare.get_by_role("link", name="Actualiser").is_visible()
    at(bare, paths(mailing)[0])
    assert bare.locator("svg.chart[role=img]").count() == 2
    context.close()
