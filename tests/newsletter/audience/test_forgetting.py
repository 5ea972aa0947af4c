"""What the privacy page promises to forget is forgotten, each rule for itself, and told."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from dateutil.relativedelta import relativedelta
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Site

from home import personal
from home.models import SiteSettings
from newsletter import tasks
from newsletter.models import (
    ConsentEvent,
    Delivery,
    Mailing,
    Subscriber,
    SubscriberImport,
    Subscription,
    Suppression,
)
from newsletter.models.readers import DataExport, JobRun, ReaderMail
from newsletter.models.returns import Bounce
from newsletter.models.visits import CampaignVisit
from newsletter.readers import retention_rules as rules
from newsletter.readers.importing import import_subscribers
from newsletter.readers.retention import JOB, forget, standings
from newsletter.readers.subscriptions import erase, sign_up
from resources.contacts import forget_expired
from tests.newsletter.audience.importing import dropped
from tests.newsletter.audience.people import somebody
from tests.newsletter.sending import bulletin, mailing_to, reader

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def ago(**delay: int) -> datetime:
    return NOW - relativedelta(**delay)


def centre(**values: int) -> None:
    site = Site.objects.get(is_default_site=True)
    SiteSettings.objects.update_or_create(site=site, defaults=values)


def addresses() -> set[str]:
    return set(Subscriber.objects.values_list("email", flat=True))


def test_what_nobody_confirmed_is_forgotten_after_the_delay(home: object):
    centre(unconfirmed_days=10)
    reader("vieux@exemple.fr", "pending", requested_at=ago(days=11))
    reader("jeune@exemple.fr", "pending", requested_at=ago(days=9))
    reader("lectrice@exemple.fr", requested_at=ago(days=400))
    back = reader("revenu@exemple.fr", "pending", requested_at=ago(days=11))
    left = ConsentEvent(subscription=back, kind="ended", channel="mail", at=ago(days=99))
    left.save()
    assert rules.unconfirmed(NOW, True) == 2
    assert Subscriber.objects.count() == 4
    assert rules.unconfirmed(NOW, False) == 2
    assert addresses() == {"jeune@exemple.fr", "lectrice@exemple.fr", "revenu@exemple.fr"}
    back.refresh_from_db()
    assert (back.status, back.ended_at) == ("ended", left.at)


def test_who_left_long_ago_is_erased_and_no_import_brings_them_back(home: object):
    centre(ended_months=36)
    for address, when in {"parti": 37, "recent": 35}.items():
        reader(f"{address}@exemple.fr", "ended", ended_at=ago(months=when))
    both = reader("fidele@exemple.fr", "ended", ended_at=ago(months=50)).subscriber
    other = bulletin("autre")
    reader(both.email, to=other)
    dead = {"ended_at": ago(months=40), "end_reason": "bounce"}
    reader("mort@exemple.fr", "ended", **dead)
    assert rules.ended(NOW, True) == 2
    assert rules.ended(NOW, False) == 2
    assert addresses() == {"recent@exemple.fr", "fidele@exemple.fr"}
    reasons = {
        name: Suppression.objects.get(
            address_hash=Suppression.objects.hash_of(f"{name}@exemple.fr")
        ).reason
        for name in ("parti", "mort")
    }
    assert reasons == {"parti": "unsubscribe", "mort": "bounce"}
    assert ConsentEvent.objects.filter(kind="erased", subscription=None).count() == 2
    report = import_subscribers(b"email\nparti@exemple.fr\n", bulletin(), "Vieux fichier")
    assert (report.created, report.suppressed) == (0, 1)


def test_an_old_delivery_and_an_old_return_lose_the_reader_and_keep_the_count(home: object):
    centre(retention_months=6)
    mailing = mailing_to(3)
    old, recent, waiting = mailing.deliveries.order_by("pk")
    for row, at in ((old, ago(months=7)), (recent, ago(months=5))):
        Delivery.objects.filter(pk=row.pk).update(state="sent", begun_at=at, finished_at=at)
    values = {"kind": "soft", "source": "smtp", "decision": "counted", "explanation": "x"}
    for row, at in ((old, ago(months=7)), (recent, ago(months=5))):
        Bounce.objects.create(
            subscriber=row.subscription.subscriber,
            **{"delivery": row, "at": at, "diagnostic": "plein", **values},
        )
    assert (rules.deliveries(NOW, True), rules.bounces(NOW, True)) == (1, 1)
    assert (rules.deliveries(NOW, False), rules.bounces(NOW, False)) == (1, 1)
    assert (rules.deliveries(NOW, False), rules.bounces(NOW, False)) == (0, 0)
    rows = {row.pk: row for row in mailing.deliveries.all()}
    assert (rows[old.pk].email, rows[old.pk].token, rows[old.pk].subscription) == ("", "", None)
    assert rows[recent.pk].email == recent.email
    assert rows[waiting.pk].email == waiting.email
    assert mailing.counts()["sent"] == 2
    first, second = Bounce.objects.order_by("at")
    assert (first.subscriber, first.delivery, first.diagnostic) == (None, None, "")
    assert second.subscriber is not None


def test_the_row_of_who_was_erased_while_being_written_to_is_blanked_in_the_night(home: object):
    mailing = mailing_to(2)
    one, other = mailing.deliveries.order_by("pk")
    done = {"state": "sent", "begun_at": NOW, "finished_at": NOW}
    Delivery.objects.filter(pk=one.pk).update(subscription=None, **done)
    Delivery.objects.filter(pk=other.pk).update(**done)
    assert rules.orphans(NOW, False) == 1
    assert set(mailing.deliveries.values_list("email", flat=True)) == {"", other.email}
    Mailing.objects.update(kind="test")
    Delivery.objects.update(subscription=None)
    assert rules.orphans(NOW, False) == 0


def test_small_rows_go_after_their_delay(home: object):
    subscription = reader("ana@exemple.fr")
    old, young = (
        ReaderMail.objects.create(subscription=subscription, kind="welcome") for _ in "ab"
    )
    ReaderMail.objects.filter(pk=old.pk).update(created_at=ago(days=31))
    exports = [DataExport.objects.create(what=what, count=1) for what in ("vieux", "jeune")]
    DataExport.objects.filter(pk=exports[0].pk).update(at=ago(months=61))
    for day in (ago(months=26).date(), date.today()):
        CampaignVisit.objects.create(page=bulletin(), campaign="x", day=day, count=3)
    Subscriber.objects.update(data_token="x", data_token_at=ago(days=40))
    assert rules.reader_mails(NOW, False) == 1
    assert ReaderMail.objects.get() == young
    assert rules.data_exports(NOW, False) == 1
    assert DataExport.objects.get().what == "jeune"
    assert rules.visits(NOW, False) == 1
    assert rules.data_links(NOW, False) == 1
    assert Subscriber.objects.get().data_token is None


def test_files_and_reports_of_imports_go(home: object):
    fresh, stale = dropped(b"email\n"), dropped(b"email\n")
    failed = dropped(b"email\n", state="failed", finished_at=ago(days=2))
    old = dropped(b"email\n", state="done", finished_at=ago(days=91))
    SubscriberImport.objects.filter(pk=stale.pk).update(created_at=ago(days=2))
    assert rules.import_drafts(NOW, True) == 3
    assert rules.import_drafts(NOW, False) == 3
    assert rules.imports(NOW, False) == 1
    assert set(SubscriberImport.objects.all()) == {fresh, failed}
    assert SubscriberImport.objects.get(pk=failed.pk).content is None
    assert old.pk not in SubscriberImport.objects.values_list("pk", flat=True)


def test_the_last_run_of_a_job_stays(home: object):
    for job, months in (("a", 20), ("a", 1), ("b", 20)):
        JobRun.objects.create(job=job, started_at=ago(months=months))
    assert rules.job_runs(NOW, False) == 1
    assert list(JobRun.objects.order_by("job").values_list("job", flat=True)) == ["a", "b"]


def test_one_rule_that_fails_does_not_stop_the_others(
    home: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    reader("vieux@exemple.fr", "pending", requested_at=ago(days=99))

    def broken(now: datetime, dry: bool) -> int:
        raise RuntimeError("x")

    with_one_broken: Callable = personal.rules
    kept = [personal.Rule("broken", "Cassée", lambda: "1 jour", broken), *with_one_broken()]
    monkeypatch.setattr("newsletter.readers.retention.rules", lambda: kept)
    tasks.forget()
    assert not Subscriber.objects.exists()
    run = JobRun.objects.get(job=JOB)
    assert run.counts["unconfirmed"] == 1
    assert "broken" not in run.counts
    assert run.error == "Règles en échec\u00a0: broken"
    assert run.finished_at is not None
    assert "retention.rule_failed rule=broken" in caplog.text
    states = {one.rule.key: one.failed for one in standings()}
    assert states["broken"] is True
    assert states["unconfirmed"] is False


def test_a_dry_run_counts_and_writes_nothing(home: object):
    reader("vieux@exemple.fr", "pending", requested_at=ago(days=99))
    out = StringIO()
    call_command("forget", "--dry-run", "--json", stdout=out)
    done = json.loads(out.getvalue())
    assert (done["dry_run"], done["counts"]["unconfirmed"], done["failed"]) == (True, 1, [])
    assert Subscriber.objects.count() == 1
    assert not JobRun.objects.exists()
    assert set(done["counts"]) == {rule.key for rule in personal.rules()}
    forget()
    assert not Subscriber.objects.exists()


def test_the_screen_shows_each_rule_its_delay_and_its_last_run(home: object):
    centre(retention_months=7)
    client = somebody("view_jobrun")
    assert "jamais" in client.get(reverse("newsletter_retention")).content.decode()
    forget()
    seen = client.get(reverse("newsletter_retention")).content.decode()
    for rule in personal.rules():
        assert rule.label.replace("'", "&#x27;") in seen
    assert "7\u00a0mois" in seen
    assert "jamais" not in seen


def test_nothing_is_forgotten_early_nor_twice(home: object):
    reader("a@exemple.fr")
    reader("b@exemple.fr", "pending")
    reader("c@exemple.fr", "ended")
    before = Subscription.objects.count()
    assert set(forget()["counts"].values()) == {0}
    assert Subscription.objects.count() == before
    assert forget_expired(NOW, False) == 0
    assert timedelta(days=rules.MAIL_DAYS) > timedelta(0)


def test_who_asks_again_while_the_rule_runs_is_not_erased(
    home: object, monkeypatch: pytest.MonkeyPatch
):
    """Thousands of erasures take minutes: the list was read before this reader came back."""
    centre(ended_months=1)
    old = {"ended_at": ago(months=40), "end_reason": "reader", "requested_at": ago(months=50)}
    reader("un@exemple.fr", "ended", **old)
    reader("deux@exemple.fr", "ended", **old)

    def erased(subscriber: Subscriber) -> None:
        sign_up("deux@exemple.fr", bulletin(), "/abonnement/")
        erase(subscriber)

    monkeypatch.setattr(rules, "erase", erased)
    assert rules.ended(NOW, False) == 1
    assert [one.email for one in Subscriber.objects.all()] == ["deux@exemple.fr"]
    assert Subscription.objects.get().status == "pending"
