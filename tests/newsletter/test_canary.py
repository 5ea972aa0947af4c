"""The team, then a few readers, then the others."""

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter.engine import steering
from newsletter.engine.delivery import deliver
from newsletter.models import Mailing
from tests.newsletter.sending import counts, mailing_to, states
from tests.sink import Sink

pytestmark = pytest.mark.django_db
UNKNOWN, LATER = "550 5.1.1 Unknown", "451 4.7.1 Later"


def in_waves(team: int, canary: int, rest: int) -> Mailing:
    mailing = mailing_to(team + canary + rest, state="ready", wave=0 if team else 1)
    keys = list(mailing.deliveries.order_by("pk").values_list("pk", flat=True))
    mailing.deliveries.filter(pk__in=keys[:team]).update(wave=0)
    mailing.deliveries.filter(pk__in=keys[team : team + canary]).update(wave=1)
    return mailing


def addresses(*numbers: int) -> list[str]:
    return [f"lecteur{n}@exemple.fr" for n in numbers]


def test_each_wave_waits_for_the_one_before(settings: Settings) -> None:
    settings.LETTER_CONNECTIONS = 1
    mailing = in_waves(2, 3, 20)
    # The last in the order of keys goes first all the same.
    mailing.deliveries.filter(email=addresses(25)[0]).update(wave=0)
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        assert deliver(mailing.pk) is False
        assert sink.addresses == addresses(1, 2, 25, 3, 4, 5, *range(6, 25))
    mailing.refresh_from_db()
    assert (mailing.state, mailing.wave) == ("sent", 2)


def test_too_many_refusals_among_the_first_keep_the_letter_from_the_others(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steering, "ring", lambda mailing_id: True)
    mailing = in_waves(0, 10, 15)
    with Sink(at_recipient=dict.fromkeys(addresses(1, 2), UNKNOWN)) as sink:
        settings.SMTP_URL = sink.url
        assert deliver(mailing.pk) is False
        assert sorted(sink.addresses) == sorted(addresses(*range(3, 11)))
        mailing.refresh_from_db()
        assert (mailing.state, mailing.wave) == ("paused", 1)
        assert mailing.note == (
            "2 refus parmi les 10 premiers envois\u00a0: au-delà de 10\u00a0%, "
            "les autres attendent."
        )
        steering.resume(mailing)
        deliver(mailing.pk)
        assert len(sink.taken) == 23
    assert counts(mailing) == {"sent": 23, "failed": 2}


def test_one_dead_address_among_the_first_stops_nobody(settings: Settings) -> None:
    mailing = in_waves(1, 0, 4)
    with Sink(at_recipient=dict.fromkeys(addresses(1), UNKNOWN)) as sink:
        settings.SMTP_URL = sink.url
        deliver(mailing.pk)
        assert sorted(sink.addresses) == addresses(2, 3, 4, 5)


def test_who_is_tried_later_holds_the_others_back_only_in_number(settings: Settings) -> None:
    mailing = in_waves(0, 10, 3)
    with Sink(at_recipient=dict.fromkeys(addresses(1, 2), LATER)) as sink:
        settings.SMTP_URL = sink.url
        assert deliver(mailing.pk) is False
        assert len(sink.taken) == 8
        mailing.refresh_from_db()
        assert (mailing.state, mailing.wave) == ("sending", 1)
        del sink.at_recipient[addresses(1)[0]]
        mailing.deliveries.filter(state="pending").update(next_try_at=timezone.now())
        assert deliver(mailing.pk) is False
        assert len(sink.taken) == 12
    found = states(mailing)
    assert [found[one] for one in addresses(1, 2, 13)] == ["sent", "pending", "sent"]
