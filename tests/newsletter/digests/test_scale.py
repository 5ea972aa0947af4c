"""A digest is drawn once a combination, whatever the number of its readers."""

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from newsletter.models import Delivery, Subscription
from newsletter.readers.digests import composing, runs
from tests.newsletter.digests.crowd import choose, crowd, press
from tests.newsletter.digests.samples import WEEK, sent
from tests.newsletter.sending import bulletin

pytestmark = pytest.mark.django_db


def test_two_thousand_readers_over_two_hundred_combinations_render_two_hundred_times(monkeypatch):
    tree = press()
    crowd(2000)
    choose(bulletin(), tree, 200)
    drawn, real = [], composing.render
    monkeypatch.setattr(composing, "render", lambda document: drawn.append(1) or real(document))
    mailing = sent()
    assert len(drawn) == mailing.contents.count() == 200
    assert mailing.counts()["total"] == Subscription.objects.count() == 2000
    wrong = Delivery.objects.exclude(subscription__topics_key=F("content__key"))
    assert not wrong.exists()


def test_ten_times_the_readers_cost_the_same_statements():
    tree = press(1)

    def cost(name: str, count: int) -> int:
        letter = bulletin(name, title=name)
        crowd(count, letter)
        choose(letter, tree, 5)
        with CaptureQueriesContext(connection) as captured:
            mailing = runs.make(letter, WEEK)
        assert mailing.counts()["total"] == count
        return len(captured)

    cost("chauffe", 5)
    assert cost("petit", 100) == cost("grand", 1000)
