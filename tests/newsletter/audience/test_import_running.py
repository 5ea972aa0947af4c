"""The task of an import: chunks, a crash in the middle, two workers, its report."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError
from django.utils import timezone

from newsletter import tasks
from newsletter.models import ConsentEvent, Subscriber, SubscriberImport, Subscription
from newsletter.readers.imports import reports, running
from tests.newsletter.audience.importing import PROVENANCE, dropped, ran
from tests.newsletter.sending import reader

pytestmark = pytest.mark.django_db


def file_of(count: int) -> bytes:
    return ("email\n" + "".join(f"l{n}@exemple.fr\n" for n in range(count))).encode()


def test_an_import_counts_each_line_once_and_forgets_the_file():
    reader("la@exemple.fr")
    reader("parti@exemple.fr", "ended")
    job = ran(
        b"email;statut\nneuf@exemple.fr;\nla@exemple.fr;\nparti@exemple.fr;\n"
        b"NEUF@exemple.fr;\nrien;\nloin@exemple.fr;npai\n"
    )
    assert (job.state, job.total, job.done) == ("done", 7, 7)
    assert job.content is None
    assert job.finished_at is not None
    assert reports.counts(job.report) == {
        **{"created": 1, "already": 1, "double": 1, "ended": 1, "bounced": 1, "rejected": 1}
    }
    assert list(reports.each_line(job.report)) == [
        (2, "Abonné", ""),
        (3, "Déjà abonné", ""),
        (4, "Tenu à l'écart", "A quitté ce bulletin."),
        (5, "Doublon", "Une autre ligne du fichier a la même adresse."),
        (6, "Refusé", "Cette adresse n'est pas valide."),
        (7, "Tenu à l'écart", "Adresse rejetée selon le fichier."),
    ]
    event = ConsentEvent.objects.get(subscription__subscriber__email="neuf@exemple.fr")
    assert event.provenance == PROVENANCE


def test_no_address_stays_in_the_row_once_it_is_done():
    job = ran(b"email,name\nsecret@exemple.fr,Ana Secret\nfaux,Eve Secret\n")
    kept = str(SubscriberImport.objects.filter(pk=job.pk).values().get())
    assert "secret@" not in kept
    assert "Secret" not in kept


def test_a_crash_between_two_chunks_loses_and_doubles_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(running, "CHUNK", 10)
    job = dropped(file_of(35), state="queued")
    real, turns = running._chunk, []

    def dies_at_the_third(*args: object) -> bool:
        turns.append(1)
        if len(turns) == 3:
            raise OperationalError("the database went away")
        return real(*args)

    monkeypatch.setattr(running, "_chunk", dies_at_the_third)
    with pytest.raises(OperationalError):
        running.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, Subscription.objects.count()) == ("running", 21, 20)
    # The row is fresh: somebody may still be at it.
    running.run(job.pk)
    assert Subscription.objects.count() == 20
    SubscriberImport.objects.update(seen_at=timezone.now() - timedelta(minutes=4))
    assert running.waiting(timezone.now()) == [job.pk]
    running.run(job.pk)
    job.refresh_from_db()
    assert (job.state, Subscription.objects.count()) == ("done", 35)
    assert reports.counts(job.report) == {"created": 35}
    assert ConsentEvent.objects.count() == 35


def test_a_chunk_that_dies_half_way_is_undone_whole(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(running, "CHUNK", 10)
    job = dropped(file_of(15), state="queued")
    real = running.write

    def dies_after_writing(rows: list, target: object) -> dict:
        outcomes = real(rows, target)
        if rows[0].line > 2:
            raise OperationalError("gone")
        return outcomes

    monkeypatch.setattr(running, "write", dies_after_writing)
    with pytest.raises(OperationalError):
        running.run(job.pk)
    assert Subscriber.objects.count() == 10


def test_a_reader_who_signs_up_at_the_same_moment_is_met_again(monkeypatch: pytest.MonkeyPatch):
    job = dropped(file_of(3), state="queued")
    real, failures = running.write, [IntegrityError("somebody was faster")]

    def once_too_late(rows: list, target: object) -> dict:
        if failures:
            reader("l1@exemple.fr", "pending")
            raise failures.pop()
        return real(rows, target)

    monkeypatch.setattr(running, "write", once_too_late)
    running.run(job.pk)
    job.refresh_from_db()
    assert job.state == "done"
    assert Subscription.objects.confirmed().count() == 3


def test_an_unforeseen_fault_stops_in_words_and_can_be_taken_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    job = dropped(file_of(3), state="queued")
    with monkeypatch.context() as broken:
        broken.setattr(running, "write", lambda *_: 1 / 0)
        running.run(job.pk)
    job.refresh_from_db()
    assert (job.state, Subscriber.objects.count()) == ("failed", 0)
    assert "imprévue" in job.error
    assert "import.failed" in caplog.text
    assert "exemple.fr" not in caplog.text
    assert running.resume(job)
    running.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, Subscriber.objects.count()) == ("done", "", 3)


def test_a_file_that_can_not_be_read_any_more_fails_in_words():
    job = dropped(file_of(3), state="queued")
    SubscriberImport.objects.update(content=b'email\n"jamais ferm')
    running.run(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "mal formé" in job.error
    assert job.content is None
    assert not running.resume(job)


def test_the_beat_rings_for_what_nobody_does_and_the_task_does_it(monkeypatch: pytest.MonkeyPatch):
    job, rung = dropped(file_of(3), state="queued"), []
    monkeypatch.setattr(running, "ring", rung.append)
    tasks.resume_imports()
    assert rung == [job.pk]
    tasks.import_subscribers(job.pk)
    assert Subscriber.objects.count() == 3
    tasks.resume_imports()
    tasks.import_subscribers(job.pk)
    tasks.import_subscribers(999_999)
    assert rung == [job.pk]
    assert ConsentEvent.objects.count() == 3


def test_a_draft_is_never_run():
    job = dropped(file_of(3))
    running.run(job.pk)
    assert not Subscriber.objects.exists()


def test_ranges_hold_a_long_report_in_little_room():
    report = reports.blank(running.Report(), [])
    for line in range(2, 100_002):
        reports.add(report, "created", line)
    reports.add(report, "created", 200_000)
    assert report["lines"] == {"created": [[2, 100_001], [200_000, 200_000]]}
    assert reports.counts(report) == {"created": 100_001}
