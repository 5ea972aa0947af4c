"""A documentalist's day, in a real browser and by keyboard alone: an issue is assembled, composed,
previewed, tried, approved by somebody else, sent, read in the archive; and the next one begins.

Every step is checked by axe, and no step of the composition reloads its page.
"""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from celery.canvas import Signature
from django.core.management import call_command
from playwright.sync_api import Browser, expect
from wagtail.models import Page as WagtailPage
from wagtail.models import Site

from newsletter import tasks
from newsletter.composer.composition import AGENDA
from newsletter.composer.proposing import composition_of, proposals_for
from newsletter.engine import bells
from newsletter.models import Delivery, Issue, LedgerEntry, Mailing
from tests.factories import replant
from tests.keyboard import Keyboard
from tests.sink import Sink

pytestmark = [
    pytest.mark.browser,
    pytest.mark.flow,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def demo(
    transactional_db: None, live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sink]:
    """The demo's site at the live server's address, and a relay that takes everything."""
    replant()
    call_command("load_demo", stdout=StringIO(), stderr=StringIO())
    Site.objects.update(hostname="localhost", port=live_server.thread.port)
    settings.SITE_URL = live_server.url
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
    # The suite's tasks run where they are rung, which a signature by name would not.
    monkeypatch.setattr(bells, "signature", signature_of)
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        yield sink


def signature_of(name: str, args: tuple[int, ...]) -> Signature:
    found = next(task for task in vars(tasks).values() if getattr(task, "name", "") == name)
    return found.s(*args)


def first_ids(issue: Issue) -> list[str]:
    return [item.id for part in composition_of(issue).rubrics for item in part.items]


def title_of(issue: Issue, item_id: str) -> str:
    found = next(item for item in composition_of(issue).items if item.id == item_id)
    return WagtailPage.objects.get(pk=found.page_id).title


def latest() -> Issue:
    return Issue.objects.latest("pk").get_latest_revision_as_object()


def test_from_the_assembly_to_the_archive_by_keyboard_alone(
    browser: Browser, demo: Sink, live_server: Any
) -> None:
    writer = Keyboard(browser, live_server.url)
    writer.enter("documentaliste")
    start(writer)
    postponed, pinned, rewritten = compose(writer)
    preview(writer)
    try_out(writer, demo)
    submit(writer)
    editor = Keyboard(browser, live_server.url)
    editor.enter("redaction-en-chef")
    approve(editor)
    send(editor, demo)
    read(editor, rewritten)
    begin_again(writer, postponed, pinned)


def start(writer: Keyboard) -> None:
    writer.open("/admin/lettre/nouveau/")
    writer.check("nouveau numéro")
    writer.type("[name=title]", "Veille de décembre")
    writer.type("[name=dated]", "2026-12")
    writer.press("form .button[type=submit]")
    writer.page.wait_for_url("**/composer/")
    issue = latest()
    assert (issue.kind, issue.number, issue.live) == ("regular", 1, False)
    assert len(first_ids(issue)) > 8


def compose(writer: Keyboard) -> tuple[int, int, str]:
    """Moves three lines, postpones one, pins one, rewrites one; nothing reloads."""
    page = writer.page
    writer.check("composeur")
    ids = first_ids(latest())
    loads = len(writer.loads)

    # What is being typed in one line must survive all that is done to the others.
    writer.press(f"#plus-{ids[0]} > summary")
    expect(page.locator(f"#titre-{ids[0]}")).to_be_visible()
    writer.check("ligne ouverte")
    writer.type(f"#titre-{ids[0]}", "Un titre pour ce numéro")

    writer.press(f"#descendre-{ids[1]}")
    writer.done("descendue")
    assert page.evaluate("document.activeElement.id") == f"descendre-{ids[1]}"
    writer.press(f"#monter-{ids[3]}")
    writer.done("montée")
    other = composition_of(latest()).rubrics[1]
    writer.press(f"#plus-{ids[4]} > summary")
    expect(page.locator(f"#vers-{ids[4]}")).to_be_visible()
    writer.choose(f"#vers-{ids[4]}", other.title)
    writer.press(f"#deplacer-{ids[4]}")
    writer.done("déplacée vers")
    moved = composition_of(latest())
    assert moved.rubrics[1].items[-1].id == ids[4]
    assert [item.id for item in moved.rubrics[0].items][:4] == [ids[0], ids[2], ids[3], ids[1]]

    leaving = next(item for item in moved.items if item.id == ids[2])
    writer.press(f"#plus-{ids[2]} > summary")
    writer.press(f"#reporter-{ids[2]}")
    writer.done("reportée au prochain numéro")
    pin = next(item for item in moved.items if item.id == ids[3])
    writer.press(f"#plus-{ids[3]} > summary")
    writer.press(f"#une-{ids[3]}")
    writer.done("mise à la une")
    expect(page.locator(f"#titre-{ids[0]}")).to_have_value("Un titre pour ce numéro")
    writer.press(f"#reecrire-{ids[0]}")
    writer.done("réécrite")

    writer.press("#annuler")
    writer.done("Annulé")
    assert next(i for i in latest_items() if i.id == ids[0]).title == ""
    writer.press("#retablir")
    writer.done("Rétabli")
    assert next(i for i in latest_items() if i.id == ids[0]).title == "Un titre pour ce numéro"
    assert [item.id for item in composition_of(latest()).featured] == [ids[3]]
    assert len(writer.loads) == loads
    writer.check("composé")
    return leaving.page_id, pin.page_id, "Un titre pour ce numéro"


def latest_items() -> list[Any]:
    return list(composition_of(latest()).items)


def preview(writer: Keyboard) -> None:
    page, pk = writer.page, latest().pk
    frame = page.frame_locator("iframe.letter-frame")
    for form in ("courriel-375", "sombre-600", "texte", "web"):
        writer.open(f"/admin/lettre/numeros/{pk}/apercus/?forme={form}")
        expect(frame.locator("body")).to_contain_text("Un titre pour ce numéro")
    writer.check("aperçus")
    answer = page.request.get(f"{writer.root}/admin/lettre/numeros/{pk}/apercus/pdf/")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")


def try_out(writer: Keyboard, sink: Sink) -> None:
    writer.open(f"/admin/lettre/numeros/{latest().pk}/envoi/")
    writer.check("essai")
    writer.type("[name=addresses]", "relecture@example.org")
    writer.press("form[action$='/essai/'] button")
    expect(writer.page.locator("body")).to_contain_text("parti")
    assert [to for to, _ in sink.taken] == ["relecture@example.org"]
    assert sink.message("relecture@example.org")["Subject"].startswith("[TEST] ")
    assert Mailing.objects.filter(kind="issue").count() == 0


def submit(writer: Keyboard) -> None:
    """To whoever may publish: a documentalist of the demo may not."""
    writer.open(f"/admin/pages/{latest().pk}/edit/")
    writer.press("footer [data-w-dropdown-target=toggle]")
    writer.press("[name=action-submit]")
    expect(writer.page.locator(".messages")).to_be_visible()
    assert latest().current_workflow_state is not None


def approve(editor: Keyboard) -> None:
    editor.open(f"/admin/pages/{latest().pk}/edit/")
    editor.press("footer [data-w-dropdown-target=toggle]")
    editor.press("[data-workflow-action-name=approve]")
    expect(editor.page.locator(".messages")).to_be_visible()
    assert Issue.objects.latest("pk").live


def send(editor: Keyboard, sink: Sink) -> None:
    editor.open(f"/admin/lettre/numeros/{latest().pk}/envoi/")
    editor.check("envoi")
    editor.press("form[action$='/lancer/'] button")
    expect(editor.page.locator("[data-state]")).to_contain_text("Terminé", timeout=60_000)
    editor.check("envoyé")
    mailing = Mailing.objects.get(kind="issue")
    counts = mailing.counts()
    assert counts["sent"] == counts["total"] > 0
    reached = [to for to, _ in sink.taken if to != "relecture@example.org"]
    assert len(reached) == len(set(reached)) == counts["total"]
    assert Delivery.objects.filter(mailing=mailing, state="sent").count() == counts["total"]


def read(editor: Keyboard, rewritten: str) -> None:
    issue = Issue.objects.latest("pk")
    editor.open(issue.url)
    expect(editor.page.locator("main")).to_contain_text(rewritten)
    editor.check("archive")
    answer = editor.page.request.get(f"{editor.root}{issue.url.rstrip('/')}.pdf")
    assert answer.status == 200
    assert answer.body().startswith(b"%PDF-")


def begin_again(writer: Keyboard, postponed: int, pinned: int) -> None:
    sent = Issue.objects.latest("pk")
    writer.open("/admin/lettre/nouveau/")
    writer.type("[name=title]", "Veille de janvier")
    writer.type("[name=dated]", "2027-01")
    writer.press("form .button[type=submit]")
    writer.page.wait_for_url("**/composer/")
    following = latest()
    assert (following.pk, following.number) != (sent.pk, sent.number)
    # A date may be announced again by the agenda: the ledger is for the rest.
    made = composition_of(following)
    held = made.page_ids - {item.page_id for item in made.agenda}
    found = proposals_for(following).proposed
    proposed = {one.card.page_id for one in found if one.rubric != AGENDA}
    carried = set(LedgerEntry.objects.filter(issue=sent).values_list("page_id", flat=True))
    assert pinned in carried
    assert postponed in held | proposed
    assert not carried & (held | proposed)
