"""The digest's mail and its screens in a real browser: they fit, they can be read and pressed."""

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page
from wagtail.models import Site

from newsletter.models import Mailing
from newsletter.periods import coming
from tests.newsletter.digests.samples import (
    IN_WEEK,
    MONDAY,
    PARIS,
    follower,
    page,
    sent,
    themes,
)
from tests.newsletter.sending import bulletin
from tests.signed_in import administrator_at
from tests.veille.factories import agenda_entry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OURS = {"include": [[".letter-panel"]]}
RULES = {"runOnly": ["RGAAv4", "wcag2a", "wcag2aa", "wcag22aa"], "resultTypes": ["violations"]}
MAIL_RULES = {"runOnly": ["RGAAv4", "wcag2a", "wcag2aa"], "rules": {"region": {"enabled": False}}}
PICTURES = os.environ.get("DIGEST_PICTURES", "")  # a folder, to look at what is drawn
ABSTRACT = (
    "Dix ans de rénovation énergétique dans les quartiers, racontés par leurs habitants. " * 3
)


@pytest.fixture
def left(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Mailing:
    """A digest that is ready, and what the next one would be."""
    for module in ("newsletter.readers.digests.runs", "newsletter.engine.steering"):
        monkeypatch.setattr(f"{module}.ring", lambda mailing_id: True)
    begin = coming("weekly", timezone.now(), 7, PARIS).bounds(PARIS)[0]
    bulletin(tagline="La veille du centre de ressources")
    tree = themes(
        **{
            "Transition écologique": "",
            "Énergie": "Transition écologique",
            "Culture": "",
            "Participation des habitants": "",
        }
    )
    for at in (IN_WEEK, begin):
        page("Rénover sans exclure", "Énergie", at=at, abstract=ABSTRACT)
        page("Le budget participatif à l'épreuve", "Participation des habitants", at=at)
        for n in range(17):
            page(f"Une école, une cour n° {n}", "Transition écologique", at=at, abstract=ABSTRACT)
    agenda_entry(
        Site.objects.get().root_page.specific,
        title="Journée d'étude\u00a0: la chaleur en ville",
        topics=("Transition écologique",),
        published=IN_WEEK,
        starts_on=MONDAY.date() + timedelta(days=8),
    )
    names = ["Transition écologique", "Énergie", "Participation des habitants"]
    follower("a@exemple.fr", *(tree[name] for name in names))
    follower("b@exemple.fr", *(tree[name] for name in names))
    follower("c@exemple.fr", tree["Culture"])
    follower("d@exemple.fr")
    return sent()


@pytest.fixture
def window(browser: Browser, left: Mailing, live_server: object) -> Iterator[Page]:
    with administrator_at(browser, live_server, "/admin/lettre/resumes/") as opened:
        yield opened


def kept(shown: Page, name: str) -> None:
    if PICTURES:
        shown.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def broken(shown: Page) -> list[str]:
    found = Axe().run(shown, context=OURS, options=RULES).response["violations"]
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found]


def test_the_mail_fits_its_width_is_legible_and_calls_nobody(
    browser: Browser, left: Mailing
) -> None:
    html = left.contents.order_by("key").first().html
    for width in (320, 375, 600):
        for scheme in ("light", "dark"):
            shown = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            asked: list[str] = []
            shown.route("**/*", lambda route, asked=asked: (asked.append(route), route.abort()))
            shown.set_content(html)
            assert shown.evaluate("document.documentElement.scrollWidth") == width
            assert asked == []
            assert Axe().run(shown, options=MAIL_RULES).response["violations"] == []
            kept(shown, f"mail-{width}-{scheme}")
            shown.close()


def test_the_screens_follow_the_rules_and_fit_a_narrow_window(window: Page, left: Mailing) -> None:
    wrong = [f"index: {rule}" for rule in broken(window)]
    kept(window, "index-1280")
    start = window.url
    for width in (1280, 320):
        window.set_viewport_size({"width": width, "height": 900})
        window.goto(start)
        kept(window, f"index-{width}")
        assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")
        window.get_by_role("link", name="Aperçu du courriel").first.click()
        window.wait_for_load_state()
        wrong += [f"preview: {rule}" for rule in broken(window)]
        kept(window, f"preview-{width}")
        window.goto(f"{start}envois/{left.pk}/")
        for fold in window.locator("details:visible summary").all():
            fold.click()
        wrong += [f"sending: {rule}" for rule in broken(window)]
        kept(window, f"sending-{width}")
        assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wrong == []


def test_the_preview_shows_the_mail_in_its_sandbox(window: Page) -> None:
    window.get_by_role("link", name="Aperçu du courriel").first.click()
    framed = window.frame_locator("iframe.letter-frame")
    framed.get_by_role("heading", name="Transition écologique").wait_for(timeout=5000)
    assert window.locator("iframe.letter-frame").get_attribute("sandbox") == ""
    assert framed.get_by_role("link", name="et 2 autres sur le thème").is_visible()


def test_a_digest_is_paused_and_cancelled_by_keyboard(window: Page, left: Mailing) -> None:
    window.get_by_role("link", name=left.label.replace("\u00a0", " ")).first.press("Enter")
    window.get_by_role("button", name="Mettre en pause").press("Enter")
    window.get_by_text("L'envoi est en pause").wait_for(timeout=5000)
    window.locator("summary", has_text="Annuler l'envoi").press("Enter")
    assert window.get_by_text("Une annulation ne se défait pas").is_visible()
    window.get_by_role("button", name="Annuler l'envoi").press("Enter")
    window.get_by_text("L'envoi est annulé").wait_for(timeout=5000)
    left.refresh_from_db()
    assert left.state == "cancelled"


def test_the_progress_moves_without_a_reload(window: Page, left: Mailing) -> None:
    window.goto(f"{window.url}envois/{left.pk}/")
    window.get_by_text("0 sur 3").wait_for(timeout=5000)
    now = timezone.now()
    left.deliveries.update(state="sent", begun_at=now, finished_at=now)
    Mailing.objects.update(state="sent", started_at=now, finished_at=now)
    window.get_by_text("3 sur 3").wait_for(timeout=8000)
    # A poll may fall between the two writes: the next one tells.
    window.locator("[data-state]", has_text="Terminé").wait_for(timeout=8000)
