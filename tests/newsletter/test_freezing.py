"""What has left does not change, whatever changes around it."""

import json
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from home.cards import Picture
from home.models import HomePage, Topic
from newsletter import freezing
from newsletter.documents import with_pictures
from newsletter.engine import dispatch, refusals, trials
from newsletter.engine.steering import cancel
from newsletter.models import FrozenEdition, Issue, Mailing
from newsletter.models.deliveries import Delivery
from newsletter.models.frozen import AlreadyFrozenError
from newsletter.pdf import PdfError
from tests.newsletter.factories import bulletin, issue, line, rubric
from tests.newsletter.keeping import FORMS, URL, edition, free, hors_serie, partner, picture, sent
from tests.newsletter.samples import small_document
from tests.newsletter.sending import reader
from tests.veille.factories import notice
from veille.models import Notice


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def archive(client: Client) -> dict[str, bytes]:
    """What the archive answers: the issue's own part of its page, and each file."""
    page = client.get(URL).content
    files = {form: client.get(f"{URL.rstrip('/')}.{form}").content for form in FORMS}
    return files | {"page": page[page.index(b"<h1") : page.index(b"numero_abonnement")]}


def test_what_left_survives_every_later_edit(home: HomePage, client: Client) -> None:
    made = hors_serie(home)
    mailing = sent(made)
    content, before = mailing.contents.get(), archive(client)
    assert b"Le design est-il soluble ?" in before["page"]
    for page in Notice.objects.all():
        page.title, page.abstract, page.slug = "Titre changé", "Autre résumé.", f"autre-{page.pk}"
        page.save_revision().publish()
    Topic.objects.filter(name="Design").update(name="Thème changé")
    made.refresh_from_db()
    made.rubrics = []
    made.introduction = "<p>Une introduction d'après.</p>"
    made.save_revision().publish()
    assert archive(client) == before
    again = mailing.contents.get()
    assert (again.html, again.text, again.subject) == (content.html, content.text, content.subject)
    assert Mailing.objects.count() == 1


def test_what_left_survives_a_changed_template(
    home: HomePage, client: Client, settings: Settings, tmp_path: Path
) -> None:
    made = hors_serie(home)
    sent(made)
    before = archive(client)
    changed = tmp_path / "newsletter" / "issue_body.html"
    changed.parent.mkdir()
    changed.write_text("Un autre gabarit")
    settings.TEMPLATES = [
        {**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}
    ]
    assert engines["django"].get_template("newsletter/issue_body.html").render() == (
        "Un autre gabarit"
    )
    assert archive(client) == before


def test_the_pages_of_an_issue_may_be_withdrawn_once_it_has_left(
    home: HomePage, client: Client
) -> None:
    sent(hors_serie(home))
    before = archive(client)
    Notice.objects.get(slug="soluble").delete()
    Notice.objects.get(slug="tiers-lieux").unpublish()
    assert archive(client) == before


def test_every_edition_is_frozen_with_its_own_words(home: HomePage, client: Client) -> None:
    made = hors_serie(
        home,
        introduction="<p>Le mot du bulletin.</p>",
        editions=[edition("fnau", "FNAU", text="<p>Le mot de la FNAU.</p>"), edition("cget", "X")],
    )
    mailing = sent(made)
    rows = {row.key: row for row in mailing.editions.all()}
    assert set(rows) == {"", "fnau", "cget"}
    assert "Le mot du bulletin." in rows[""].web_html
    assert "Le mot de la FNAU." in rows["fnau"].web_html
    assert "Le mot du bulletin." not in rows["fnau"].web_html
    assert "Le mot du bulletin." in rows["cget"].web_html
    pdfs = {key: bytes(row.pdf) for key, row in rows.items()}
    assert all(pdf.startswith(b"%PDF-") for pdf in pdfs.values())
    assert len(set(pdfs.values())) == 3
    assert client.get(f"{URL}edition/fnau.pdf").content == pdfs["fnau"]
    assert client.get(f"{URL.rstrip('/')}.pdf").content == pdfs[""]


def test_the_bibliography_holds_each_document_once_in_reading_order(home: HomePage) -> None:
    made = hors_serie(home)
    kept = sent(made).editions.get().bibliography
    items = json.loads(kept["csl.json"])
    assert [item["title"] for item in items] == ["Le design est-il soluble ?", "Les tiers-lieux"]
    assert kept["ris"].count("\nTI  - ") == kept["ris"].count("ER  - ") == 2
    assert kept["ris"].index("soluble") < kept["ris"].index("tiers-lieux")
    keys = [row.split("{")[1].strip(",\r") for row in kept["bib"].split("\n") if row[:1] == "@"]
    assert len(keys) == len(set(keys)) == 2


def test_an_issue_without_a_document_has_no_bibliography(home: HomePage) -> None:
    made = hors_serie(home, rubrics=[free("Un mot")])
    assert sent(made).editions.get().bibliography == {}


def test_pictures_stay_readable_when_an_editor_deletes_the_images(
    home: HomePage, client: Client, settings: Settings
) -> None:
    logo, shown, cover = picture("logo"), picture("image", "#b3341a"), picture("couv", "#2f6b3c")
    une = notice(home, title="À lire d'abord", cover=cover)
    made = hors_serie(
        home,
        featured=[line(une.pk)],
        partners=[{"type": "partner", "value": partner("fnau", "FNAU", logo)}],
        editions=[edition("cget", "CGET", logo)],
        rubrics=[
            rubric("Design", notice(home).pk),
            free("Un mot", {"image": shown.pk, "alt_text": "Une image", "decorative": False}),
        ],
    )
    mailing = sent(made)
    for image in (logo, shown, cover):
        image.get_rendition("max-60x40").delete()
        image.renditions.all().delete()
        image.delete()
    sources = set()
    for html in (mailing.contents.get().html, *(row.web_html for row in mailing.editions.all())):
        sources |= {part.split('"')[0] for part in html.split(' src="')[1:]}
    kept = {source.removeprefix(settings.SITE_URL) for source in sources}
    assert len(kept) == 3
    for source in kept:
        assert source.startswith(f"/media/lettres/{made.pk}/")
        with default_storage.open(source.removeprefix("/media/")) as file:
            assert file.read(4) == b"\x89PNG"


def test_a_picture_that_can_not_be_read_keeps_its_address_and_is_logged(
    home: HomePage, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    logo = picture("logo")
    made = hors_serie(home, partners=[{"type": "partner", "value": partner("f", "FNAU", logo)}])
    rendition = made.document().partners[0].logo.url
    default_storage.delete(logo.renditions.get().file.name)
    mailing = sent(made)
    assert f'src="{rendition}"' in mailing.contents.get().html
    assert f"issue.picture_not_kept issue={made.pk} reason=FileNotFoundError" in caplog.text


@pytest.mark.parametrize(
    "url", ["https://ailleurs.example.org/media/a.png", "http://127.0.0.1:8000/media/../secret.png"]
)
def test_only_files_of_our_media_are_copied(
    url: str, home: HomePage, media: Path, settings: Settings
) -> None:
    settings.SITE_URL = "http://127.0.0.1:8000"
    media.mkdir(parents=True)
    (media.parent / "secret.png").write_bytes(b"secret")
    assert freezing._kept(url, 1) == url
    assert list(media.rglob("*")) == []


def test_a_pdf_that_fails_does_not_stop_the_sending_and_is_named_nowhere(
    home: HomePage,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(document: object) -> bytes:
        raise PdfError("plus de papier")

    made = hors_serie(home)
    monkeypatch.setattr(freezing, "render_pdf", broken)
    mailing = sent(made)
    assert bytes(mailing.editions.get().pdf) == b""
    assert "hors-serie-2.pdf" not in mailing.contents.get().html
    assert f"issue.pdf_not_made issue={made.pk} edition=- reason=plus de papier" in caplog.text
    assert client.get(f"{URL.rstrip('/')}.pdf").status_code == 404
    assert b"hors-serie-2.pdf" not in client.get(URL).content


def test_what_is_frozen_can_not_be_saved_or_updated(home: HomePage) -> None:
    row = sent(hors_serie(home)).editions.get()
    row.web_html = "<p>Réécrit</p>"
    with pytest.raises(AlreadyFrozenError, match="erratum"):
        row.save()
    with pytest.raises(AlreadyFrozenError):
        FrozenEdition.objects.update(web_html="")
    assert "Réécrit" not in FrozenEdition.objects.get().web_html


def test_nothing_of_a_mailing_cancelled_before_its_first_message_is_shown(
    home: HomePage, client: Client
) -> None:
    made = hors_serie(home)
    cancel(sent(made))
    assert not FrozenEdition.objects.of_issue(made.pk).exists()
    page = Notice.objects.get(slug="soluble")
    page.title = "Titre corrigé à temps"
    page.save_revision().publish()
    assert "Titre corrigé à temps" in client.get(URL).content.decode()


def test_a_mailing_cancelled_after_its_first_message_is_what_was_read(
    home: HomePage, client: Client
) -> None:
    made = hors_serie(home)
    mailing = sent(made)
    moment = mailing.created_at
    mailing.deliveries.update(state=Delivery.State.SENT, begun_at=moment, finished_at=moment)
    cancel(mailing)
    Notice.objects.filter(slug="soluble").update(title="Titre changé")
    assert "Le design est-il soluble ?" in client.get(URL).content.decode()
    reader("retardataire@exemple.fr", to=made.bulletin)
    second = dispatch.start(Issue.objects.get(pk=made.pk))
    assert FrozenEdition.objects.of_issue(made.pk).first().mailing == second
    assert "Titre changé" in client.get(URL).content.decode()


def test_a_refused_sending_freezes_nothing(home: HomePage) -> None:
    with pytest.raises(dispatch.NoReaderError):
        dispatch.start(hors_serie(home))
    assert not FrozenEdition.objects.exists()


def test_an_issue_published_again_while_it_is_drawn_is_not_sent(
    home: HomePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = hors_serie(home)
    reader("lectrice@exemple.fr", to=made.bulletin)
    draw = freezing.draw

    def slow(issue: Issue) -> freezing.Drawing:
        drawing = draw(issue)
        made.save_revision().publish()
        return drawing

    monkeypatch.setattr(dispatch, "draw", slow)
    with pytest.raises(dispatch.StillChangingError, match="republié"):
        dispatch.start(made)
    assert not Mailing.objects.exists()


def test_a_test_sending_freezes_nothing_and_copies_nothing(
    home: HomePage, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "draw", None)
    made = hors_serie(home)
    with pytest.raises(refusals.TestNotSentError):
        trials.send_test(made, ["essai@exemple.fr"])
    assert not FrozenEdition.objects.exists()
    assert not (media / "lettres").exists()


def test_the_cost_of_a_drawing_does_not_grow_with_the_lines(home: HomePage) -> None:
    letter, costs = bulletin(home), []
    for number, count in ((1, 2), (2, 9)):
        pages = [notice(home, topics=("Design",)).pk for _ in range(count)]
        made = issue(letter, *pages, number=number, slug=f"n-{number}")
        freezing.draw(Issue.objects.get(pk=made.pk))
        with CaptureQueriesContext(connection) as captured:
            freezing.draw(Issue.objects.get(pk=made.pk))
        costs.append(len(captured))
    assert costs[0] == costs[1]


def test_pictures_are_moved_wherever_they_stand_and_nothing_else_is() -> None:
    document = small_document()
    urls = {p.url: p.url.replace("/images/", "/lettres/") for p in document.pictures}
    moved = with_pictures(document, urls)
    assert [p.url for p in moved.pictures] == list(urls.values())
    assert with_pictures(moved, {new: old for old, new in urls.items()}) == document
    assert with_pictures(document, {"https://autre.example/a.png": "x"}) == document
    assert all(isinstance(p, Picture) for p in moved.pictures)
