"""What the privacy page promises to forget is forgotten; every rule is in `audience/`."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Site

from home.models import SiteSettings
from newsletter.models.readers import JobRun
from newsletter.readers.retention import forget
from tests.newsletter.sending import mailing_to

pytestmark = pytest.mark.django_db


def test_an_old_delivery_loses_its_address_and_keeps_its_count(home: object) -> None:
    SiteSettings.objects.update_or_create(
        site=Site.objects.get(is_default_site=True), defaults={"retention_months": 6}
    )
    mailing, now = mailing_to(3), timezone.now()
    old, recent, waiting = mailing.deliveries.order_by("pk")
    long_ago = now - timedelta(days=200)
    mailing.deliveries.filter(pk=old.pk).update(
        state="sent", begun_at=long_ago, finished_at=long_ago
    )
    mailing.deliveries.filter(pk=recent.pk).update(state="sent", begun_at=now, finished_at=now)
    assert forget(now)["counts"]["deliveries"] == 1
    emails = dict(mailing.deliveries.values_list("pk", "email"))
    assert emails == {old.pk: "", recent.pk: recent.email, waiting.pk: waiting.email}
    assert mailing.counts()["sent"] == 2
    assert JobRun.objects.get().counts["deliveries"] == 1
