"""The relay's own refusals, as the worker hands them over after settling."""

import pytest

from newsletter.engine.outcomes import Step, from_reply, from_silence
from newsletter.models import Bounce, ConsentEvent, Delivery, Subscription, Suppression
from newsletter.returns.decisions import from_smtp
from tests.newsletter.returns.coming_back import long_before
from tests.newsletter.sending import LONG_AGO, mailing_to

pytestmark = pytest.mark.django_db


def refused(count: int) -> list[Delivery]:
    mailing = mailing_to(count)
    Subscription.objects.update(confirmed_at=long_before())
    mailing.deliveries.update(state="failed", finished_at=LONG_AGO.replace(year=2030))
    return list(mailing.deliveries.all())


def said(text: str, tries: int = 5) -> object:
    return from_reply(Step.RECIPIENT, int(text[:3]), text[4:], tries=tries, max_tries=5)


def test_a_batch_is_judged_by_its_words(home):
    rows = refused(4)
    texts = ["550 5.1.1 no such user", "452 4.2.2 full", "550 5.7.1 spam", "550 what"]
    from_smtp([(row.pk, said(text)) for row, text in zip(rows, texts, strict=True)])
    kinds = dict(Bounce.objects.values_list("delivery", "kind"))
    assert [kinds[row.pk] for row in rows] == ["hard", "soft", "policy", "soft"]
    states = [Subscription.objects.get(pk=row.subscription_id).status for row in rows]
    assert states == ["ended", "confirmed", "confirmed", "confirmed"]
    assert Suppression.objects.count() == ConsentEvent.objects.count() == 1
    assert set(Bounce.objects.values_list("source", flat=True)) == {"smtp"}


def test_what_is_not_an_answer_about_a_reader_is_nothing(home):
    row = refused(1)[0]
    lost = from_silence(Step.RECIPIENT, "reset", tries=5, max_tries=5)
    again = said("451 4.3.0 later", tries=1)
    paused = said("550 5.7.1 policy", tries=1)
    taken = from_reply(Step.BODY, 250, "ok", tries=1, max_tries=5)
    assert from_smtp([(row.pk, one) for one in (taken, paused, again, lost)]) == []
    assert from_smtp([]) == []
    assert from_smtp([(row.pk + 999, said("550 5.1.1 x"))]) == []
    assert not Bounce.objects.exists()


def test_a_test_message_blames_nobody(home):
    row = refused(1)[0]
    Delivery.objects.update(subscription=None)
    assert from_smtp([(row.pk, said("550 5.1.1 x"))]) == []


def test_a_delivery_that_is_refused_again_the_same_way_counts_once(home):
    row = refused(1)[0]
    from_smtp([(row.pk, said("452 4.2.2 full"))])
    assert from_smtp([(row.pk, said("452 4.2.2 full"))]) == []
    from_smtp([(row.pk, said("550 5.1.1 gone"))])
    assert sorted(Bounce.objects.values_list("kind", flat=True)) == ["hard", "soft"]


def test_many_refusals_cost_no_more_statements_than_few(home, django_assert_max_num_queries):
    rows = refused(60)
    told = [(row.pk, said("550 5.1.1 no such user")) for row in rows]
    with django_assert_max_num_queries(16):
        assert len(from_smtp(told)) == 60
    assert Suppression.objects.count() == ConsentEvent.objects.count() == 60
