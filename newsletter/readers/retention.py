"""What is forgotten with time (RGPD art. 5.1.e): the privacy page promises it."""

from datetime import datetime

from dateutil.relativedelta import relativedelta

from home.models import SiteSettings
from newsletter.models.deliveries import Delivery

SETTLED = [
    Delivery.State.SENT,
    Delivery.State.FAILED,
    Delivery.State.UNCERTAIN,
    Delivery.State.SKIPPED,
]


def forget_old_addresses(now: datetime) -> int:
    """Blanks the address of deliveries settled longer ago than the centre keeps them; returns how
    many. Their counts stay, for the mailing's report. The longest delay of all sites rules."""
    months = max(SiteSettings.objects.values_list("retention_months", flat=True), default=13)
    limit = now - relativedelta(months=months)
    old = Delivery.objects.filter(state__in=SETTLED, finished_at__lt=limit).exclude(email="")
    return old.update(email="", error="", subscription=None)
