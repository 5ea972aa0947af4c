"""A reader's whole life in a real browser and a real mailbox: by keyboard, on a telephone and on a
desk, with scripts and without, every page under the rules of accessibility."""

import json
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from wagtail.models import Site

import newsletter.tasks
from home.models import Topic
from newsletter.engine.dispatch import start
from newsletter.errors import LetterError
from newsletter.models import ConsentEvent, Subscriber, Subscription, Suppression
from newsletter.readers.importing import import_subscribers
from tests.keyboard import Keyboard
from tests.newsletter.sending import bulletin, issue, states
from tests.sink import Sink

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TO = "jeanne.martin@exemple.fr"
HASTE = 2200  # milliseconds: longer than a program takes


class ReaderAtWindow(Keyboard):
    """Somebody with a keyboard, at a window of some width, with or without scripts."""

    def __init__(self, browser: Browser, root: str, width: int, script: bool) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale="fr-FR",
            bypass_csp=True,
            java_script_enabled=script,
            accept_downloads=True,
        )
        self.page: Page = self.context.new_page()
        self.root, self.script, self.broken = root, script, []
        self.strangers: list[str] = []
        self.page.on("request", self._asked)

    def _asked(self, request: object) -> None:
        if not request.url.startswith(self.root):
            self.strangers.append(request.url)

    def sees(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words)
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), words
        assert self.page.locator("h1").count() == 1
        if self.script:
            self.check(words)


@pytest.fixture(params=[(375, True), (1280, False), (320, True)], ids=["phone", "no-js", "320"])
def at_window(
    request: pytest.FixtureRequest, browser: Browser, transactional_db: None, live_server, settings
) -> Iterator[ReaderAtWindow]:
    settings.SITE_URL = live_server.url
    letter = bulletin(tagline="La veille du centre", welcome_text="Bienvenue à vous.")
    issue(title="Innovation publique et territoires")
    moving = Topic.objects.create(name="Mobilités")
    Topic.objects.create(name="Vélo", parent=moving)
    Topic.objects.create(name="Santé")
    Site.objects.update(hostname="localhost", port=live_server.thread.port)
    assert letter.offers_digests
    person = ReaderAtWindow(browser, live_server.url, *request.param)
    yield person
    person.context.close()
    assert person.strangers == []


def read(sink: Sink, rank: int) -> EmailMessage:
    address, raw = sink.taken[rank]
    assert address == TO
    return message_from_bytes(raw, policy=policy.default)


def link(message: EmailMessage, shape: str) -> str:
    """The one address of that shape in a mail: the same in both parts."""
    found = {
        kind: set(re.findall(rf"https?://[^\s\"<>]*{shape}", part.get_content()))
        for kind in ("plain", "html")
        if (part := message.get_body((kind,)))
    }
    assert found["plain"] == found["html"]
    (address,) = found["plain"]
    return address


def test_a_whole_life(at_window: ReaderAtWindow, settings, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "newsletter.engine.smtp.UrlEmailBackend"
    with Sink() as sink:
        settings.SMTP_URL = f"smtp://127.0.0.1:{sink.port}"
        _signs_up(at_window, sink)
        _confirms(at_window, sink)
        _receives(at_window, sink)
        _chooses(at_window, sink)
        _sees_and_corrects(at_window, sink, tmp_path)
        _leaves(at_window)
        _is_forgotten(at_window, sink)
    kinds = list(ConsentEvent.objects.values_list("kind", "channel"))
    assert kinds == [("erased", "private")]


def _signs_up(person: ReaderAtWindow, sink: Sink) -> None:
    person.open("/abonnement/")
    person.sees("S'abonner à «\u00a0En quelques clics\u00a0»")
    person.type("#id_email", "jeanne.martin")
    person.press("main form button[type=submit]")
    person.sees("Cette adresse n'est pas valide.")
    person.page.wait_for_timeout(HASTE)
    person.type("#id_email", TO)
    person.press("main summary")
    person.sees("Thèmes de votre résumé")
    person.press("main form button[type=submit]")
    person.sees("Vérifiez votre messagerie")
    assert Subscription.objects.get().status == "pending"
    assert len(sink.taken) == 1


def _confirms(person: ReaderAtWindow, sink: Sink) -> None:
    person.page.goto(link(read(sink, 0), r"/abonnement/confirmer/[\w-]+/"))
    person.sees("j•••@exemple.fr")
    assert Subscription.objects.get().status == "pending"
    person.press("main form button")
    person.sees("Abonnement confirmé")
    assert Subscription.objects.get().status == "confirmed"
    assert len(sink.taken) == 2


def _receives(person: ReaderAtWindow, sink: Sink) -> None:
    """A real issue, through the engine: frozen, claimed, sent, settled."""
    mailing = start(issue(3, title="Le vélo en ville"))
    newsletter.tasks.deliver(mailing.pk)
    assert states(mailing) == {TO: "sent"}
    assert len(sink.taken) == 3
    mail, token = read(sink, 2), Subscription.objects.get().token
    assert "Le vélo en ville" in mail["Subject"]
    assert f"{person.root}/d/{token}>" in mail["List-Unsubscribe"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link(mail, r"/d/[\w-]+") == f"{person.root}/d/{token}"
    newsletter.tasks.deliver(mailing.pk)
    assert len(sink.taken) == 3
    person.page.goto(link(mail, r"/abonnement/preferences/[\w-]+/"))
    person.sees("Votre abonnement")


def _chooses(person: ReaderAtWindow, sink: Sink) -> None:
    welcome = read(sink, 1)
    assert "Innovation publique et territoires" in welcome.get_body(("plain",)).get_content()
    person.page.goto(link(welcome, r"/abonnement/preferences/[\w-]+/"))
    person.sees("Votre abonnement")
    person.to("#frequency_issue")
    person.page.keyboard.press("ArrowDown")
    bike = Topic.objects.get(name="Vélo")
    person.press(f"#topic_{bike.pk}", "Space")
    person.press("button[value=choisir]")
    person.sees("Vos choix sont enregistrés")
    subscription = Subscription.objects.get()
    assert (subscription.frequency, list(subscription.topics.all())) == ("weekly", [bike])
    person.press("button[value=donnees]")
    person.sees("avec un lien privé vers vos données")


def _sees_and_corrects(person: ReaderAtWindow, sink: Sink, folder: Path) -> None:
    person.page.goto(link(read(sink, 3), r"/abonnement/mes-donnees/[\w-]+/"))
    person.sees(TO)
    for words in ("Le vélo en ville", "Bienvenue", "Demande de confirmation"):
        person.sees(words)
    with person.page.expect_download() as download:
        person.press("button[value=exporter]")
    download.value.save_as(folder / "donnees.json")
    held = json.loads((folder / "donnees.json").read_text("utf-8"))
    assert held["abonnements"][0]["themes"] == ["Vélo"]
    assert [one["etat"] for one in held["envois"]] == ["Envoyé"]
    person.type("#id_name", "Jeanne Martin")
    person.press("button[value=corriger]")
    person.sees("Vos corrections sont enregistrées")
    assert Subscriber.objects.get().name == "Jeanne Martin"


def _leaves(person: ReaderAtWindow) -> None:
    private = person.page.url
    person.page.goto(f"{person.root}/d/{Subscription.objects.get().token}")
    person.sees("Ce n'est pas votre adresse")
    assert Subscription.objects.get().status == "confirmed"
    person.press("main form button")
    person.sees("Désabonnement enregistré")
    person.press("#raison_too-many", "Space")
    person.press("button[value=raison]")
    person.sees("Merci de votre réponse")
    subscription = Subscription.objects.get()
    assert (subscription.status, subscription.leave_reason) == ("ended", "too-many")
    person.page.goto(private)


def _is_forgotten(person: ReaderAtWindow, sink: Sink) -> None:
    private = person.page.url
    person.press("button[value=effacer]")
    person.sees("Un effacement ne se défait pas")
    person.press("button[value=effacer-vraiment]")
    person.sees("Données effacées")
    assert not Subscriber.objects.exists()
    person.page.goto(private)
    person.sees("Lien inutilisable")
    report = import_subscribers(f"email\n{TO}\n".encode(), bulletin(), "Fichier de 2024")
    assert (report.created, report.suppressed) == (0, 1)
    assert not Subscriber.objects.exists()
    assert Suppression.objects.get().reason == "erasure"
    with pytest.raises(LetterError, match="personne à qui écrire"):
        start(issue(4, title="Après elle"))
    assert len(sink.taken) == 4


def test_a_link_of_nobody_and_one_of_a_test_follow_the_rules(at_window: ReaderAtWindow) -> None:
    for path, words in (
        ("/d/inconnu", "Lien inutilisable"),
        ("/d/essai", "message d'essai"),
        ("/abonnement/preferences/essai/", "message d'essai"),
        ("/donnees-personnelles/", "Régler mon abonnement"),
    ):
        at_window.open(path)
        at_window.sees(words)
