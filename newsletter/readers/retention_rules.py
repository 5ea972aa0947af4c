"""The letter's rules of retention (RGPD art. 5.1.e): each forgets one kind of row after its delay.

Each takes the present moment and `dry`, and returns how many rows; with `dry`, nothing is written.
A centre's delays stand in its settings; with several sites the longest rules.
"""

from datetime import datetime, timedelta
from functools import partial

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Max, Q, QuerySet

from home.models import SiteSettings
from newsletter.models.audience import ConsentEvent, Subscriber, Subscription
from newsletter.models.deliveries import Delivery, Mailing
from newsletter.models.readers import DataExport, JobRun, ReaderMail, SubscriberImport
from newsletter.models.returns import Bounce
from newsletter.models.suppressions import Suppression
from newsletter.models.visits import CampaignVisit
from newsletter.readers.subscriptions import erase

SETTLED = [
    Delivery.State.SENT,
    Delivery.State.FAILED,
    Delivery.State.UNCERTAIN,
    Delivery.State.SKIPPED,
]
Status, EndReason = Subscription.Status, Subscription.EndReason
ImportState = SubscriberImport.State
REASON_OF = {
    EndReason.BOUNCE: Suppression.Reason.BOUNCE,
    EndReason.COMPLAINT: Suppression.Reason.COMPLAINT,
}
MAIL_DAYS, DRAFT_DAYS, IMPORT_DAYS = 30, 1, 90
RUN_MONTHS, VISIT_MONTHS, EXPORT_MONTHS = 13, 25, 60
BATCH = 1000


def delay_of(name: str) -> int:
    """A delay of the centre's settings, by its field."""
    field = SiteSettings._meta.get_field(name)
    return max(SiteSettings.objects.values_list(name, flat=True), default=field.default)


def _delete(rows: QuerySet, dry: bool) -> int:
    """How many rows of this very model; what goes with them is not counted."""
    if dry:
        return rows.count()
    _, counted = rows.delete()
    return counted.get(rows.model._meta.label, 0)


def unconfirmed(now: datetime, dry: bool) -> int:
    """Requests that nobody confirmed, and addresses that then hold nothing: nobody agreed to have
    these kept. One that was confirmed, left, asked again and did not confirm goes back to ended:
    its first consent stays proved, and an import still finds that they left."""
    limit = now - timedelta(days=delay_of("unconfirmed_days"))
    stale = Subscription.objects.pending().filter(requested_at__lt=limit)
    if dry:
        return stale.count()
    with transaction.atomic():
        stale = stale.select_for_update(of=("self",))
        returned = stale.filter(
            pk__in=ConsentEvent.objects.filter(kind="ended").values("subscription")
        )
        back = 0
        for subscription in returned:
            left = subscription.events.filter(kind=ConsentEvent.Kind.ENDED).first()
            back += Subscription.objects.filter(pk=subscription.pk).update(
                status=Status.ENDED, ended_at=left.at, end_reason=EndReason.READER
            )
        pks = list(stale.values_list("pk", flat=True))
        owners = list(Subscription.objects.filter(pk__in=pks).values_list("subscriber", flat=True))
        gone = _delete(Subscription.objects.filter(pk__in=pks), dry)
        Subscriber.objects.filter(pk__in=owners, subscriptions__isnull=True).delete()
    return back + gone


def deliveries(now: datetime, dry: bool) -> int:
    """Settled deliveries lose the address, the token and the link to the reader; their counts stay,
    for the mailing's report."""
    limit = now - relativedelta(months=delay_of("retention_months"))
    old = Delivery.objects.filter(state__in=SETTLED, finished_at__lt=limit).exclude(email="")
    if dry:
        return old.count()
    return old.update(email="", error="", token="", subscription=None)


def orphans(now: datetime, dry: bool) -> int:
    """Who was erased while a worker was writing to them: that row still had their address."""
    left = Delivery.objects.filter(state__in=SETTLED, subscription__isnull=True).exclude(email="")
    left = left.exclude(mailing__kind=Mailing.Kind.TEST)
    return left.count() if dry else left.update(email="", error="", token="")


def bounces(now: datetime, dry: bool) -> int:
    """Returns lose the reader and what the server said; their kind and their decision stay."""
    limit = now - relativedelta(months=delay_of("retention_months"))
    old = Bounce.objects.filter(at__lt=limit).filter(
        Q(subscriber__isnull=False) | Q(delivery__isnull=False) | ~Q(diagnostic="")
    )
    if dry:
        return old.count()
    return old.update(subscriber=None, delivery=None, diagnostic="", source_key=None)


def ended(now: datetime, dry: bool) -> int:
    """Who has no subscription open since the delay is erased; the keyed hash of their address
    stays, so that an import does not bring them back."""
    limit = now - relativedelta(months=delay_of("ended_months"))
    gone = (
        Subscriber.objects.exclude(
            pk__in=Subscription.objects.exclude(status=Status.ENDED).values("subscriber")
        )
        .annotate(last=Max("subscriptions__ended_at"))
        .filter(last__lt=limit)
    )
    if dry:
        return gone.count()
    done = 0
    for pk in gone.order_by("pk").values_list("pk", flat=True).iterator(BATCH):
        with transaction.atomic():
            # Read again under the lock that a sign-up takes: who has asked meanwhile is not erased.
            held = list(Subscriber.objects.select_for_update().filter(pk=pk))
            if not held or not gone.filter(pk=pk).exists():
                continue
            subscriber = held[0]
            reasons = subscriber.subscriptions.values_list("end_reason", flat=True)
            gravest = next((r for r in REASON_OF if r in set(reasons)), None)
            # A first reason stays: this one is not an erasure that the reader asked for.
            reason = REASON_OF[gravest] if gravest else Suppression.Reason.UNSUBSCRIBE
            Suppression.objects.hold(subscriber.email, reason)
            erase(subscriber)
        done += 1
    return done


def reader_mails(now: datetime, dry: bool) -> int:
    limit = now - timedelta(days=MAIL_DAYS)
    return _delete(ReaderMail.objects.filter(created_at__lt=limit), dry)


def data_links(now: datetime, dry: bool) -> int:
    """Private links that have run out."""
    limit = now - timedelta(days=MAIL_DAYS)
    old = Subscriber.objects.filter(data_token__isnull=False, data_token_at__lt=limit)
    return old.count() if dry else old.update(data_token=None, data_token_at=None)


def import_drafts(now: datetime, dry: bool) -> int:
    """Files dropped and never started, and those of imports that failed."""
    limit = now - timedelta(days=DRAFT_DAYS)
    drafts = SubscriberImport.objects.filter(state=ImportState.DRAFT, created_at__lt=limit)
    failed = SubscriberImport.objects.filter(
        state__in=[ImportState.FAILED, ImportState.DONE],
        finished_at__lt=limit,
        content__isnull=False,
    )
    count = _delete(drafts, dry)
    return count + (failed.count() if dry else failed.update(content=None))


def imports(now: datetime, dry: bool) -> int:
    limit = now - timedelta(days=IMPORT_DAYS)
    return _delete(SubscriberImport.objects.filter(finished_at__lt=limit), dry)


def job_runs(now: datetime, dry: bool) -> int:
    """All but the last run of each job."""
    limit = now - relativedelta(months=RUN_MONTHS)
    last = JobRun.objects.order_by().values("job").annotate(pk=Max("pk")).values("pk")
    old = JobRun.objects.filter(started_at__lt=limit).exclude(
        pk__in=list(last.values_list("pk", flat=True))
    )
    return _delete(old, dry)


def data_exports(now: datetime, dry: bool) -> int:
    limit = now - relativedelta(months=EXPORT_MONTHS)
    return _delete(DataExport.objects.filter(at__lt=limit), dry)


def visits(now: datetime, dry: bool) -> int:
    limit = (now - relativedelta(months=VISIT_MONTHS)).date()
    return _delete(CampaignVisit.objects.filter(day__lt=limit), dry)


def in_words(name: str, unit: str) -> str:
    """The delay of a setting: « 13 mois »."""
    count = delay_of(name)
    return f"{count}\u00a0{unit}{'s' if count > 1 and not unit.endswith('s') else ''}"


unconfirmed_delay = partial(in_words, "unconfirmed_days", "jour")
deliveries_delay = partial(in_words, "retention_months", "mois")
ended_delay = partial(in_words, "ended_months", "mois")
