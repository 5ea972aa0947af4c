"""Two turns of the beat at the same instant, on a database that lets two writers in."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from newsletter.models import Delivery, Mailing
from newsletter.readers.digests import runs
from tests.newsletter.digests.samples import MONDAY, follower, page, themes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time")
def test_two_beats_at_once_make_one_digest_and_write_to_each_reader_once(monkeypatch):
    rung = []
    monkeypatch.setattr(runs, "ring", rung.append)
    tree = themes(**{f"T{n}": "" for n in range(6)})
    for name in tree:
        page(f"Page {name}", name)
    for n, topic in enumerate(tree.values()):
        follower(f"a{n}@exemple.fr", topic)
        follower(f"b{n}@exemple.fr", topic)
    ready = Barrier(3)

    def beat() -> list[int]:
        try:
            ready.wait(timeout=10)
            return runs.send_due(MONDAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        made = [pk for found in [pool.submit(beat) for _ in range(3)] for pk in found.result()]
    mailing = Mailing.objects.get()
    assert made == rung == [mailing.pk]
    assert mailing.state == "ready"
    assert mailing.contents.count() == 6
    assert set(Counter(Delivery.objects.values_list("email", flat=True)).values()) == {1}
    assert Delivery.objects.count() == 12
