"""The metrics page: closed by default, to who has the token only, and about nobody."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from newsletter.models import Bounce, Claim, JobRun, ReaderMail
from tests.newsletter.sending import bulletin, mailing_to, reader

TOKEN = {"Authorization": "Bearer un-jeton-é"}


@pytest.fixture
def opened(db: None, settings: Settings) -> None:
    settings.METRICS_TOKEN = "un-jeton-é"


def read() -> dict[str, float]:
    answer = Client().get("/metrics/", headers={"Authorization": "Bearer un-jeton-é"})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return {
        "".join([s.name, *(f"|{v}" for v in s.labels.values())]): s.value
        for family in text_string_to_metric_families(answer.content.decode())
        for s in family.samples
    }


def test_without_a_token_in_the_settings_there_is_no_page(db: None, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    for headers in ({}, {"Authorization": "Bearer "}):
        assert Client().get("/metrics/", headers=headers).status_code == 404


@pytest.mark.parametrize("given", [None, "", "Bearer", "Bearer x", "Basic un-jeton-é", "é"])
def test_without_the_right_token_nothing_is_read(
    opened: None, given: str | None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer = Client().get("/metrics/", headers={"Authorization": given} if given else {})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.content == b"401\n"


def test_a_post_is_refused(opened: None) -> None:
    assert Client().post("/metrics/", headers=TOKEN).status_code == 405


def test_an_empty_site_has_its_zeros(opened: None) -> None:
    seen = read()
    assert seen["letter_mailings|sending"] == 0
    assert seen["letter_subscriptions|confirmed"] == 0
    assert seen["letter_oldest_due_seconds"] == 0
    assert not any(name.startswith("letter_deliveries") for name in seen)


def test_it_tells_of_mailings_readers_returns_and_jobs(opened: None) -> None:
    now = timezone.now()
    mailing = mailing_to(5, started_at=now - timedelta(minutes=10))
    row = mailing.deliveries.first()
    mailing.deliveries.filter(pk=row.pk).update(state="sent", begun_at=now, finished_at=now)
    mailing.deliveries.exclude(pk=row.pk).update(next_try_at=now - timedelta(seconds=90))
    Claim.objects.create(
        id=uuid4(), mailing=mailing, host="h", pid=1, connections=4, started_at=now, seen_at=now
    )
    waiting = reader("secret@exemple.fr", "pending")
    ReaderMail.objects.create(kind="confirm", subscription=waiting)
    for days in (0, 3):
        Bounce.objects.create(
            kind="hard",
            source="smtp",
            decision="ended",
            explanation="x",
            at=now - timedelta(days=days),
        )
    for minutes, error in ((60, ""), (5, "raté")):
        at = now - timedelta(minutes=minutes)
        JobRun.objects.create(job="forget", started_at=at, finished_at=at, error=error)
    seen = read()
    assert seen["letter_mailings|sending"] == 1
    assert seen[f"letter_deliveries|{mailing.pk}|pending"] == 4
    assert seen[f"letter_deliveries|{mailing.pk}|sent"] == 1
    assert 90 <= seen["letter_oldest_due_seconds"] < 100
    assert (seen["letter_claims_alive"], seen["letter_connections"]) == (1, 4)
    assert (seen["letter_subscriptions|confirmed"], seen["letter_subscriptions|pending"]) == (5, 1)
    assert seen["letter_reader_mails_pending"] == 1
    assert seen["letter_returns_last_day|hard"] == 1
    assert 3600 <= seen["letter_job_age_seconds|forget"] < 3700


def test_rows_never_tried_are_due_since_the_mailing_began(opened: None) -> None:
    mailing_to(2, started_at=timezone.now() - timedelta(seconds=600))
    assert 600 <= read()["letter_oldest_due_seconds"] < 620


def test_no_address_nor_title_stands_in_it_and_it_is_cheap(
    opened: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    mailing_to(3)
    title = bulletin().title
    with django_assert_max_num_queries(11):
        text = Client().get("/metrics/", headers=TOKEN).content.decode()
    assert "@" not in text
    assert title not in text
    assert "exemple" not in text
