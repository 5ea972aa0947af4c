"""Several at once, on a database where several can really be at once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

import newsletter.tasks  # noqa: F401 — rung by name
from newsletter.models import ConsentEvent, ReaderMail, Subscriber, Subscription
from newsletter.readers import mails
from newsletter.readers.subscriptions import confirm, sign_up
from tests.factories import replant
from tests.newsletter.sending import bulletin, reader
from tests.sink import Sink

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor != 'postgresql'", reason="one writer at a time in an SQLite memory"
    ),
]
TO = "jeanne@exemple.fr"


@pytest.fixture(autouse=True)
def _root(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    replant()
    monkeypatch.setattr(mails, "ring_task", lambda name: True)


def together(act: Callable[[], object], times: int) -> list[object]:
    gate, results = threading.Barrier(times), []

    def run() -> None:
        gate.wait(10)
        try:
            results.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_a_burst_of_requests_for_a_new_address_makes_one_row_and_one_mail():
    letter = bulletin()
    assert len(together(lambda: sign_up(TO, letter, "/"), 8)) == 8
    assert Subscriber.objects.filter(email=TO).count() == 1
    assert Subscription.objects.count() == 1
    assert ReaderMail.objects.count() == 1


def test_a_burst_on_two_bulletins_does_not_pass_the_share_of_the_address():
    letters = [bulletin(f"b{n}", title=f"B{n}") for n in range(6)]
    left = list(letters)
    together(lambda: sign_up(TO, left.pop(), "/"), 6)
    assert ReaderMail.objects.count() == mails.PER_HOUR


def test_two_presses_confirm_once_and_welcome_once():
    token = sign_up(TO, bulletin(), "/").confirmation_token
    together(lambda: confirm(token), 4)
    assert ConsentEvent.objects.filter(kind="confirmed").count() == 1
    assert ReaderMail.objects.filter(kind="welcome").count() == 1


def test_several_workers_send_each_mail_once(settings):
    for number in range(12):
        subscription = reader(f"lecteur{number}@exemple.fr", "pending")
        ReaderMail.objects.create(kind="confirm", subscription=subscription)
    with Sink(delay=0.02) as sink:
        settings.EMAIL_BACKEND = "newsletter.engine.smtp.UrlEmailBackend"
        settings.SMTP_URL = f"smtp://127.0.0.1:{sink.port}"
        assert sum(together(mails.post_due, 3)) == 12
    addresses = [address for address, _ in sink.taken]
    assert len(addresses) == len(set(addresses)) == 12
    assert set(ReaderMail.objects.values_list("state", "tries")) == {("sent", 1)}
