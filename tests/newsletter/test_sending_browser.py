"""The sending panel in a real browser: accessible in its states, alive without a reload."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page

from newsletter.engine.dispatch import start
from newsletter.models import Issue, Mailing
from tests.factories import site_tree
from tests.newsletter.factories import bulletin, issue
from tests.newsletter.sending import reader
from tests.signed_in import administrator_at
from tests.veille.factories import notice

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
# What is ours: Wagtail's own frame has its own audit.
OURS = {"include": [[".letter-panel"]]}
RULES = {"runOnly": ["RGAAv4", "wcag2a", "wcag2aa", "wcag22aa"], "resultTypes": ["violations"]}
ACTIONS = "[data-states]:not([hidden]) > form button, [data-states]:not([hidden]) summary"


@pytest.fixture
def ready(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Issue:
    for module in ("dispatch", "steering"):
        monkeypatch.setattr(f"newsletter.engine.{module}.ring", lambda mailing_id: True)
    home = site_tree()
    letter = bulletin(home)
    for number in range(3):
        reader(f"lecteur{number}@example.org", to=letter)
    return issue(letter, notice(home).pk)


@pytest.fixture
def page(browser: Browser, ready: Issue, live_server: object) -> Iterator[Page]:
    """A window of a signed-in administrator, on the panel's address."""
    with administrator_at(
        browser, live_server, f"/admin/lettre/numeros/{ready.pk}/envoi/"
    ) as opened:
        yield opened


def broken(page: Page) -> list[str]:
    found = Axe().run(page, context=OURS, options=RULES).response["violations"]
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found]


def test_the_panel_follows_the_rules_in_every_state(page: Page, ready: Issue) -> None:
    wrong = [f"before: {rule}" for rule in broken(page)]
    page.get_by_label("Jour").fill("2020-01-01")
    page.get_by_label("Heure (de Paris)").fill("09:00")
    page.get_by_role("button", name="Programmer").click()
    page.get_by_text("Ce moment est passé.").wait_for(timeout=5000)
    wrong += [f"refused: {rule}" for rule in broken(page)]
    Issue.objects.filter(pk=ready.pk).update(live=False)
    page.goto(page.url.replace("programmer/", ""))
    assert page.get_by_text("Publiez d'abord le numéro").is_visible()
    wrong += [f"blocked: {rule}" for rule in broken(page)]
    Issue.objects.filter(pk=ready.pk).update(live=True)
    mailing = start(ready, at=timezone.now() + timedelta(days=2))
    for state in ("scheduled", "sending", "paused", "sent"):
        Mailing.objects.update(state=state, finished_at=timezone.now())
        page.reload()
        for fold in page.locator("details:visible summary").all():
            fold.click()
        wrong += [f"{state}: {rule}" for rule in broken(page)]
    assert mailing.counts()["total"] == 3
    assert wrong == []


def test_the_panel_fits_a_narrow_window(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_state_counts_and_buttons_move_without_a_reload(page: Page, ready: Issue) -> None:
    mailing = start(ready)
    page.reload()
    assert page.locator(ACTIONS).all_inner_texts() == ["Mettre en pause", "Annuler l'envoi…"]
    page.evaluate("window.same = true")
    now = timezone.now()
    row = mailing.deliveries.first()
    mailing.deliveries.filter(pk=row.pk).update(state="sent", begun_at=now, finished_at=now)
    Mailing.objects.update(state="sending", started_at=now)
    page.get_by_text("1 sur 3").wait_for(timeout=5000)
    assert page.locator("[data-state]").inner_text() == "En cours"
    mailing.deliveries.exclude(pk=row.pk).update(state="failed", finished_at=now)
    Mailing.objects.update(state="sent", finished_at=now, note="")
    page.get_by_text("3 sur 3").wait_for(timeout=5000)
    assert page.locator(ACTIONS).all_inner_texts() == ["Renvoyer aux échecs"]
    assert page.evaluate("window.same")


def test_cancelling_asks_first_and_works_by_keyboard(page: Page, ready: Issue) -> None:
    start(ready)
    page.reload()
    assert not page.get_by_role("button", name="Annuler l'envoi").is_visible()
    page.locator("summary", has_text="Annuler l'envoi").press("Enter")
    assert page.get_by_text("Une annulation ne se défait pas").is_visible()
    page.get_by_role("button", name="Annuler l'envoi").press("Enter")
    page.get_by_text("L'envoi est annulé avant le premier abonné.").wait_for(timeout=5000)
    assert Mailing.objects.get().state == "cancelled"
