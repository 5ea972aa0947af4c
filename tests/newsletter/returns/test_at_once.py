"""Two readers of the mailbox at the same moment: one decision."""

import threading

import pytest
from django.db import connection

from newsletter.models import Bounce, ConsentEvent, Suppression
from newsletter.returns.decisions import handle
from tests.factories import site_tree
from tests.newsletter.returns.coming_back import dsn, sent
from tests.newsletter.sending import reader

pytestmark = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="one writer at a time in an SQLite memory"
)


def at_once(messages: list[bytes]) -> list[BaseException]:
    start, failed = threading.Barrier(len(messages)), []

    def act(raw: bytes) -> None:
        try:
            start.wait(timeout=10)
            handle(raw)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(raw,)) for raw in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return failed


@pytest.mark.django_db(transaction=True)
def test_the_same_return_read_by_four_counts_once():
    site_tree()
    delivery = sent()
    assert at_once([dsn(delivery)] * 4) == []
    assert Bounce.objects.count() == 1
    assert ConsentEvent.objects.count() == 1
    assert Suppression.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_forged_return_read_by_four_makes_one_row():
    site_tree()
    delivery = sent(reader("ana@exemple.fr"))
    forged = dsn(delivery, to="rebonds+1-00000000000000000000@lettre.exemple.fr")
    assert at_once([forged] * 4) == []
    assert Bounce.objects.get().decision == "none"


@pytest.mark.django_db(transaction=True)
def test_scores_of_two_returns_at_once_add_up():
    site_tree()
    delivery = sent()
    other = sent(delivery.subscription, 3)
    messages = [dsn(delivery, "5.2.2", "full"), dsn(other, "5.2.2", "full", name="deux")]
    assert at_once(messages) == []
    assert max(Bounce.objects.values_list("score", flat=True)) == pytest.approx(2.0, abs=0.01)
