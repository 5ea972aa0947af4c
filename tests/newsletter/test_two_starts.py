"""Two at once, on a database where two can really be at once."""

import threading
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from wagtail.models import Locale, Page

from newsletter.engine import claims
from newsletter.engine.delivery import deliver
from newsletter.engine.dispatch import start
from newsletter.engine.refusals import MailingExistsError
from newsletter.models import Issue, Mailing
from tests.newsletter.sending import issue, mailing_to, readers
from tests.sink import Sink

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor != 'postgresql'", reason="one writer at a time in an SQLite memory"
    ),
]


@pytest.fixture(autouse=True)
def _root(transactional_db: None) -> None:
    """A test that really commits leaves empty tables behind: the next finds a root again."""
    Locale.objects.get_or_create(language_code="fr")
    if not Page.objects.exists():
        Page.add_root(title="Root", slug="root")


def together(act: Callable[[], object], times: int = 2) -> list[object]:
    """What each of `times` simultaneous calls returned or raised."""
    gate, results = threading.Barrier(times), []

    def run() -> None:
        gate.wait(10)
        try:
            results.append(act())
        except MailingExistsError as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == times
    return results


def test_two_editors_who_press_send_together_make_one_mailing():
    page = issue()
    readers(5)
    Issue.objects.get().rendered()
    results = together(lambda: start(page), 3)
    assert sum(isinstance(result, Mailing) for result in results) == 1
    assert sum(isinstance(result, MailingExistsError) for result in results) == 2
    mailing = Mailing.objects.get()
    assert mailing.counts()["total"] == 5


def test_workers_that_claim_together_share_the_rows():
    mailing = mailing_to(60)
    batches = together(lambda: claims.take(mailing, uuid4(), 20), 3)
    claimed = [row.pk for taken in batches for row in taken.rows]
    assert len(claimed) == len(set(claimed))
    assert mailing.counts()["submitting"] == len(claimed)


def test_workers_that_deliver_together_write_to_nobody_twice(settings):
    mailing = mailing_to(40)
    settings.LETTER_BATCH = 7

    def work() -> None:
        while deliver(mailing.pk):
            pass

    with Sink() as sink:
        settings.SMTP_URL = sink.url
        together(work, 3)
        while deliver(mailing.pk):
            pass
        assert sorted(sink.addresses) == sorted(f"lecteur{n}@exemple.fr" for n in range(1, 41))
    mailing.refresh_from_db()
    assert mailing.counts()["sent"] == 40
