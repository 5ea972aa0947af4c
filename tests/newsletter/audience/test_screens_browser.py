"""The readers' screens of the admin in a real browser: they follow the rules and fit a narrow
window; an import goes from the file to its report, with and without JavaScript."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, expect
from wagtail.models import Site

from home.models import HomePage, User
from newsletter.models import ConsentEvent, Subscriber, SubscriberImport
from newsletter.readers.exports import log_export
from newsletter.readers.imports import running
from newsletter.readers.retention import forget
from tests.factories import site_tree
from tests.newsletter.audience.importing import dropped, ran
from tests.newsletter.sending import bulletin, reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
RULES = {"runOnly": ["RGAAv4", "wcag2a", "wcag2aa", "wcag22aa", "best-practice"]}
WINDOWS = [(1280, "light"), (1280, "dark"), (320, "light")]
FILE = (
    "Email;Prénom;Nom;Statut;Désabonné;Une colonne au nom interminable qui ne finit pas\n"
    "ana@exemple.fr;Ana;Martin;Actif;;x\nbob@exemple.fr;Bob;Petit;Désabonné;;y\nfaux;;;;;\n"
).encode()


@pytest.fixture
def home(transactional_db: None) -> HomePage:
    return site_tree()


@pytest.fixture(autouse=True)
def nobody_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's turn is the test's."""
    monkeypatch.setattr(running, "ring", lambda import_id: True)


def signed_in(browser: Browser, live_server: object, **options: object) -> BrowserContext:
    """A window of somebody who may do all."""
    Site.objects.update(hostname="localhost", port=live_server.thread.port)
    user = User.objects.filter(username="dpo").first()
    client = Client()
    client.force_login(user or User.objects.create_superuser("dpo", "dpo@exemple.fr", "x"))
    context = browser.new_context(locale="fr-FR", bypass_csp=True, **options)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    return context


def furnished() -> dict[str, str]:
    """Something on each screen; its addresses."""
    one = reader("une-adresse-vraiment-tres-longue-pour-un-ecran-etroit@exemple.fr")
    ConsentEvent.objects.create(
        **{"subscription": one, "kind": "requested", "channel": "form", "at": timezone.now()},
        wording="J'accepte de recevoir ce bulletin à cette adresse.",
        wording_version="2026-11",
        page="/abonnement/",
    )
    reader("attend@exemple.fr", "pending")
    log_export(None, "Liste des abonnés", 1234, "commande, tout")
    forget()
    draft, over = dropped(FILE, provenance=""), ran(FILE)
    draft.report = running.foretell(draft)
    draft.save()
    names = ("imports", "register", "exports", "retention", "processing")
    found = {name: reverse(f"newsletter_{name}") for name in names}
    found["draft"] = reverse("newsletter_import", args=[draft.pk])
    found["report"] = reverse("newsletter_import", args=[over.pk])
    found["subscriber"] = f"/admin/abonnes/inspect/{one.subscriber_id}/"
    return found


@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
def test_every_screen_follows_the_rules_and_fits(
    browser: Browser, home: HomePage, live_server: object, width: int, scheme: str
) -> None:
    size = {"width": width, "height": 900}
    context = signed_in(browser, live_server, viewport=size, color_scheme=scheme)
    page, wrong = context.new_page(), []
    for name, address in furnished().items():
        page.goto(live_server.url + address)
        found = Axe().run(page, ".letter-panel", options=RULES).response["violations"]
        wrong += [f"{name}: {rule['id']} {rule['nodes'][0]['html'][:120]}" for rule in found]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{name}: wider than the window")
    assert wrong == []
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_goes_from_the_disk_to_its_report(
    browser: Browser, home: HomePage, live_server: object, tmp_path: Path, scripts: bool
) -> None:
    bulletin()
    file = tmp_path / "liste.csv"
    file.write_bytes(FILE)
    context = signed_in(browser, live_server, java_script_enabled=scripts)
    page = context.new_page()
    page.goto(live_server.url + reverse("newsletter_imports"))
    page.set_input_files("[name=file]", str(file))
    page.get_by_role("button", name="Voir ce qu'il contient").click()
    expect(page.get_by_label("Colonne « Statut »")).to_have_value("status")
    page.get_by_label("D'où viennent ces adresses").fill("Salon 2024")
    page.get_by_label("Recueillies jusqu'au").fill("2024-03-12")
    page.get_by_role("button", name="Vérifier, sans rien importer").click()
    expect(page.locator("#import-previsions")).to_be_visible()
    assert not Subscriber.objects.exists()
    page.get_by_role("button", name="Importer 1 nouvel abonné").click()
    expect(page.locator("progress")).to_be_visible()
    running.run(SubscriberImport.objects.get().pk)
    if not scripts:
        page.get_by_role("link", name="Actualiser").click()
    expect(page.get_by_role("heading", name="Compte rendu")).to_be_visible(timeout=10_000)
    assert Subscriber.objects.get().name == "Ana Martin"
    context.close()
