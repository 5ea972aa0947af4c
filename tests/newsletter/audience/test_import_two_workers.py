"""Two workers at one import, on PostgreSQL: they take turns, nothing is written twice."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from newsletter.models import ConsentEvent, SubscriberImport, Subscription
from newsletter.readers.imports import reports, running
from newsletter.readers.imports.writing import Target, topics_by_name
from tests.newsletter.audience.importing import dropped

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_workers_share_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer and no row locks")
    monkeypatch.setattr(running, "CHUNK", 20)
    content = "email\n" + "".join(f"l{n}@exemple.fr\n" for n in range(300))
    job = dropped(content.encode(), state="running")
    rows, fresh = running.read(job)
    target = Target(job.bulletin, job.provenance, topics_by_name())
    ready, turns, faults = Barrier(2), [0, 0], []

    def work(rank: int) -> None:
        try:
            ready.wait()
            while running._step(job.pk, rows, target, fresh):
                turns[rank] += 1
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [Thread(target=work, args=(rank,)) for rank in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert all(turns), turns
    done = SubscriberImport.objects.get()
    assert (done.state, done.done) == ("done", 301)
    assert reports.counts(done.report) == {"created": 300}
    assert Subscription.objects.count() == ConsentEvent.objects.count() == 300
