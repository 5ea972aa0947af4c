import time
from collections.abc import Iterator

import pytest
import redis
from pytest_django.fixtures import Settings

from newsletter.engine.claims import Row
from newsletter.engine.delivery import deliver
from newsletter.engine.rates import PREFIX, Limit, Rates, domain_limits
from newsletter.engine.shelf import Shelf
from tests.newsletter.sending import counts, mailing_to
from tests.processes import own_redis
from tests.sink import Sink, free_port

RELAY = Limit("relay:test", 20.0)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with own_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def shared(broker: str, settings: Settings) -> Iterator[redis.Redis]:
    settings.REDIS_URL = broker
    client = redis.Redis.from_url(broker)
    for key in client.scan_iter(f"{PREFIX}*"):
        client.delete(key)
    yield client
    client.close()


@pytest.fixture
def rates(settings: Settings) -> Iterator[Rates]:
    made = Rates(lambda: 2)
    yield made
    made.close()


@pytest.mark.usefixtures("shared")
def test_two_workers_share_a_bucket(settings: Settings) -> None:
    first, second = Rates(lambda: 1), Rates(lambda: 1)
    try:
        assert first.take(100, [RELAY]) == 5  # a quarter of a second of it
        assert second.take(100, [RELAY]) in (0, 1)
        time.sleep(0.2)
        assert second.take(100, [RELAY]) in (4, 5)
        assert first.take(0, [RELAY]) == 0
        assert first.take(7, []) == 7
    finally:
        first.close()
        second.close()


def test_a_message_is_paid_to_each_of_its_buckets_or_to_none(
    shared: redis.Redis, rates: Rates
) -> None:
    slow = Limit("domain:lent.fr", 1.0)
    assert rates.take(10, [slow, RELAY]) == 1
    assert rates.take(10, [slow, RELAY]) == 0
    assert rates.take(10, [RELAY]) in (4, 5)
    assert 0 < shared.ttl(f"{PREFIX}{slow.name}") <= 3


def test_a_clock_put_back_starves_nobody(shared: redis.Redis, rates: Rates) -> None:
    key = f"{PREFIX}{RELAY.name}"
    shared.hset(key, mapping={"tokens": 0, "at": time.time() + 3600})
    assert rates.take(1, [RELAY]) == 0
    time.sleep(0.15)
    assert rates.take(10, [RELAY]) in (2, 3, 4)


def test_without_redis_a_worker_keeps_to_its_share_and_says_it_once(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    alone = Rates(lambda: 2)
    assert alone.take(100, [RELAY]) == 1
    time.sleep(0.5)
    assert alone.take(100, [RELAY]) == 2  # a burst of its half of the rate
    assert caplog.text.count("mailing.rate_alone") == 1
    alone.close()


def row(pk: int, domain: str) -> Row:
    return Row(pk, f"lecteur{pk}@{domain}", "t", 0, 1)


@pytest.mark.usefixtures("shared")
def test_a_domain_that_must_wait_holds_nobody_back(rates: Rates) -> None:
    shelf = Shelf(rates, None, {"lent.fr": Limit("domain:lent.fr", 1.0)})
    shelf.put([row(1, "lent.fr"), row(2, "LENT.fr"), row(3, "exemple.fr"), row(4, "exemple.fr")])
    assert sorted(one.pk for one in shelf.ready()) == [1, 3, 4]
    assert shelf.ready() == []
    assert (len(shelf), shelf.free, shelf.crowded()) == (1, 0, [])
    shelf.put(row(pk, "lent.fr") for pk in range(10, 20))
    assert shelf.crowded() == ["lent.fr"]
    assert len(shelf.clear()) == 11
    assert len(shelf) == 0


def test_no_more_is_claimed_than_ten_seconds_of_sending(rates: Rates) -> None:
    shelf = Shelf(rates, Limit("relay:x", 2.0), {})
    assert shelf.room(500) == 20
    shelf.put(row(pk, "exemple.fr") for pk in range(15))
    assert shelf.room(500) == 5
    assert Shelf(None, None, {}).room(500) == 500


def test_domains_are_read_in_lower_case_and_zero_is_free(settings: Settings) -> None:
    settings.LETTER_DOMAIN_RATES = {"Orange.FR": 2.0, "libre.fr": 0.0}
    assert domain_limits() == {"orange.fr": Limit("domain:orange.fr", 2.0)}


@pytest.mark.django_db
@pytest.mark.usefixtures("shared")
def test_a_mailing_keeps_to_the_rate_of_its_relay(settings: Settings) -> None:
    settings.LETTER_RATE = 20.0
    mailing = mailing_to(25)
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        begun = time.monotonic()
        assert deliver(mailing.pk) is False
        assert time.monotonic() - begun >= 0.95  # 5 at once, 20 at 20 a second
        assert len(sink.taken) == 25
    assert counts(mailing) == {"sent": 25}


@pytest.mark.django_db
@pytest.mark.usefixtures("shared")
def test_a_slow_domain_is_left_for_the_next_turn(settings: Settings) -> None:
    settings.LETTER_DOMAIN_RATES = {"lent.fr": 0.5}
    settings.LETTER_TASK_SECONDS, settings.LETTER_BATCH = 0.6, 4
    mailing = mailing_to(20)
    slow = list(mailing.deliveries.order_by("pk").values_list("pk", flat=True)[:8])
    for key in slow:
        mailing.deliveries.filter(pk=key).update(email=f"lecteur{key}@lent.fr")
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        assert deliver(mailing.pk) is True
        assert sum(one.endswith("@lent.fr") for one in sink.addresses) == 1
        assert len(sink.taken) == 13
    assert counts(mailing) == {"sent": 13, "pending": 7}
