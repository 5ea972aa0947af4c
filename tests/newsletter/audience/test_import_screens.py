"""Dropping a file in the admin: shown, checked, confirmed, followed, reported."""

import html
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from newsletter.models import Subscriber, SubscriberImport, Suppression
from newsletter.readers.imports import running
from tests.newsletter.audience.importing import dropped
from tests.newsletter.audience.people import refused, somebody
from tests.newsletter.sending import bulletin, reader

pytestmark = pytest.mark.django_db
FILE = b"EMAIL;NOM;BLACKLISTED\nana@exemple.fr;Ana;No\nbob@exemple.fr;=Bob;Yes\nfaux;;\n"
CHOICES = {"role_0": "email", "role_1": "name", "role_2": "stopped"}
SAID = {"source": "Ancienne lettre", "collected_on": "2024-03-12"}


@pytest.fixture
def importer(home: object) -> Client:
    return somebody("add_subscriber")


def drop(client: Client, content: bytes = FILE, name: str = "liste.csv") -> object:
    file = SimpleUploadedFile(name, content)
    url = reverse("newsletter_imports")
    return client.post(url, {"bulletin": bulletin().pk, "file": file})


def page(name: str, job: SubscriberImport) -> str:
    return reverse(name, args=[job.pk])


def test_from_the_file_to_the_report(importer: Client):
    reader("ici@exemple.fr")
    answer = drop(importer)
    job = SubscriberImport.objects.get()
    assert answer.url == page("newsletter_import", job)
    assert (job.state, job.shape) == ("draft", "brevo")
    seen = importer.get(answer.url).content.decode()
    assert "Brevo" in seen
    assert "ana@exemple.fr" in seen

    checked = importer.post(answer.url, CHOICES | SAID)
    assert checked.status_code == 302
    assert Subscriber.objects.count() == 1  # the one who was here: nothing is written yet
    assert not Suppression.objects.exists()
    seen = importer.get(answer.url).content.decode()
    assert "Importer 1 nouvel abonné" in seen
    assert "Désabonné selon le fichier." in seen
    assert "Ligne 4" in seen

    importer.post(page("newsletter_import_confirm", job))
    importer.post(page("newsletter_import_confirm", job))
    job.refresh_from_db()
    assert job.state == "queued"
    assert job.provenance == "Ancienne lettre (recueillies jusqu'au 12/03/2024)"
    assert "lines" not in job.mapping
    assert "Actualiser" in importer.get(answer.url).content.decode()
    assert importer.get(page("newsletter_import_progress", job)).json() == {
        **{"state": "queued", "state_label": "En attente", "done": 0, "total": 0, "over": False}
    }

    running.run(job.pk)
    assert set(Subscriber.objects.values_list("email", flat=True)) == {
        "ici@exemple.fr",
        "ana@exemple.fr",
    }
    assert importer.get(page("newsletter_import_progress", job)).json()["over"] is True
    assert "Compte rendu" in importer.get(answer.url).content.decode()
    report = b"".join(importer.get(page("newsletter_import_report", job)).streaming_content)
    assert report.decode("utf-8-sig").splitlines() == [
        "ligne;résultat;raison",
        "2;Abonné;",
        "3;Tenu à l'écart;Désabonné selon le fichier.",
        "4;Refusé;Cette adresse n'est pas valide.",
    ]


@pytest.mark.parametrize(
    ("posted", "why"),
    [
        ({"role_0": "email", "role_1": "", "role_2": ""}, "Champ requis"),
        (SAID | {"role_0": "", "role_1": "name", "role_2": ""}, "Dites quelle colonne"),
        (SAID | {"role_0": "email", "role_1": "email", "role_2": ""}, "Deux colonnes"),
        (SAID | CHOICES | {"source": "  "}, "Champ requis"),
        (SAID | CHOICES | {"collected_on": "2999-01-01"}, "pas encore venue"),
        (SAID | CHOICES | {"collected_on": "hier"}, "Saisissez une date valide"),
        (SAID | CHOICES | {"role_1": "pirate"}, "pirate"),
    ],
)
def test_a_mapping_that_does_not_hold_is_refused_in_words(importer: Client, posted: dict, why: str):
    job = dropped(FILE, provenance="")
    answer = importer.post(page("newsletter_import", job), posted)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    importer.post(page("newsletter_import_confirm", job))
    job.refresh_from_db()
    assert (job.state, job.provenance) == ("draft", "")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"email\n\0", "octets nuls"),
        (b"PK\x03\x04xx", "illisible"),
        (b"", "vide"),
        (b"x" * (20 * 1024 * 1024 + 1), "20\u00a0Mo"),
    ],
)
def test_a_file_that_is_no_list_is_refused_under_its_field(
    importer: Client, content: bytes, why: str
):
    answer = drop(importer, content)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not SubscriberImport.objects.exists()


def test_a_fault_further_in_the_file_is_told_at_the_check(importer: Client):
    lines = "".join(f"l{n}@exemple.fr\n" for n in range(20))
    drop(importer, f'email\n{lines}"jamais ferm'.encode())
    job = SubscriberImport.objects.get()
    answer = importer.post(page("newsletter_import", job), SAID | {"role_0": "email"})
    assert answer.status_code == 422
    assert "Ligne 22" in answer.content.decode()


def test_what_a_file_holds_is_escaped(importer: Client):
    drop(importer, b"email;<script>x</script>\na@b.fr;<img src=x onerror=y>\n", "<b>.csv")
    seen = importer.get(page("newsletter_import", SubscriberImport.objects.get())).content.decode()
    assert "<script>x" not in seen
    assert "<img src=x" not in seen
    assert "&lt;img src=x onerror=y&gt;" in seen


def test_a_draft_can_be_given_up_and_a_run_can_not(importer: Client):
    draft, done = dropped(FILE), dropped(FILE, state="done")
    for job in (draft, done):
        importer.post(page("newsletter_import_drop", job))
    assert list(SubscriberImport.objects.all()) == [done]


def test_a_get_changes_nothing(importer: Client):
    job = dropped(FILE)
    for name in ("confirm", "resume", "drop"):
        assert importer.get(page(f"newsletter_import_{name}", job)).status_code == 405
    assert SubscriberImport.objects.get().state == "draft"


@pytest.mark.parametrize("rights", [(), ("view_subscriber", "change_subscriber")])
def test_importing_needs_its_own_right(home: object, rights: tuple[str, ...]):
    job, other = dropped(FILE), somebody(*rights)
    for name in ("", "_progress", "_report"):
        assert refused(other.get(page(f"newsletter_import{name}", job)))
    for name in ("", "_confirm", "_resume", "_drop"):
        assert refused(other.post(page(f"newsletter_import{name}", job), CHOICES | SAID))
    assert refused(drop(other))
    job.refresh_from_db()
    assert (SubscriberImport.objects.count(), job.state) == (1, "draft")
    assert "Importer des abonnés" not in other.get("/admin/").content.decode()


def test_a_file_that_brings_nobody_says_so_and_why(importer: Client):
    reader("ici@exemple.fr")
    job = dropped(b"email,name\nici@exemple.fr,Ana\n,Eve\n")
    link = page("newsletter_import", job)
    checked = importer.post(link, {"role_0": "email", "role_1": "name"} | SAID)
    assert checked.status_code == 302
    seen = html.unescape(importer.get(link).content.decode())
    assert "Terminer sans nouvel abonné" in seen
    assert "Ligne 3\u00a0: Cette ligne n'a pas d'adresse." in seen
    assert "Voyez ci-dessous, ligne par ligne." in seen


@pytest.mark.parametrize("key", ["9" * 30, "0", "12345"])
def test_an_import_that_is_not_there(importer: Client, key: str):
    for end in ("", "progression/", "compte-rendu.csv"):
        answer = importer.get(f"/admin/lettre/imports/{key}/{end}", follow=True)
        assert answer.status_code == 404


def test_the_list_does_not_read_the_files(importer: Client, django_assert_max_num_queries):
    for _ in range(5):
        dropped(FILE)
    with django_assert_max_num_queries(30) as asked:
        importer.get(reverse("newsletter_imports"))
    read = [q["sql"] for q in asked.captured_queries if "subscriberimport" in q["sql"]]
    assert [sql for sql in read if '"content"' in sql] == []
    assert io.BytesIO(bytes(SubscriberImport.objects.first().content)).read() == FILE


def test_a_long_file_is_foretold_by_its_first_lines_and_imported_whole(
    importer: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(running, "FORETOLD", 5)
    drop(importer, ("email\n" + "".join(f"l{n}@exemple.fr\n" for n in range(12))).encode())
    job = SubscriberImport.objects.get()
    importer.post(page("newsletter_import", job), SAID | {"role_0": "email"})
    seen = importer.get(page("newsletter_import", job)).content.decode()
    assert "ses 5 premières lignes" in seen
    assert "Importer tout le fichier" in seen
    importer.post(page("newsletter_import_confirm", job))
    running.run(job.pk)
    assert Subscriber.objects.count() == 12
