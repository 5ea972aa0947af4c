"""Live progress: what is counted, said, and how few readings it takes."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from newsletter.figures.progress import Domain, as_json, progress_of
from newsletter.models import Claim, Mailing
from tests.newsletter.sending import mailing_to

REPLY = "550 5.1.1 <lecteur1@exemple.fr>: unknown user"


def settle(mailing: Mailing, count: int, state: str, **fields: Any) -> None:
    """`count` waiting rows are settled now."""
    now = timezone.now()
    rows = mailing.deliveries.filter(state="pending").order_by("pk")[:count]
    values = {"state": state, "begun_at": now, "finished_at": now} | fields
    mailing.deliveries.filter(pk__in=list(rows.values_list("pk", flat=True))).update(**values)


@pytest.fixture
def mailing(db: None) -> Mailing:
    made = mailing_to(10, started_at=timezone.now())
    settle(made, 4, "sent")
    settle(made, 1, "sent", finished_at=timezone.now() - timedelta(minutes=5))
    settle(made, 2, "failed", smtp_code=550, status_code="5.1.1", error=REPLY)
    settle(made, 1, "uncertain", error="Connexion perdue (body)\u00a0: reset")
    return made


def hold(mailing: Mailing, seconds_ago: float) -> Claim:
    now = timezone.now()
    seen = now - timedelta(seconds=seconds_ago)
    return Claim.objects.create(
        id=uuid4(), mailing=mailing, host="a", pid=1, connections=4, started_at=now, seen_at=seen
    )


def test_it_counts_the_last_minute_and_tells_what_is_left(mailing: Mailing) -> None:
    now = progress_of(mailing)
    assert now.counts["total"] == 10
    assert now.done == 8
    assert now.per_minute == 7  # the one of five minutes ago is not of this minute
    assert now.eta_seconds == round(2 * 60 / 7)
    assert now.eta == "encore moins d'une minute"
    assert (now.wave_label, now.wave_left, now.wave_total) == ("", 2, 10)  # a single wave
    first = mailing.deliveries.filter(state="sent").first()
    mailing.deliveries.filter(pk=first.pk).update(wave=1)
    now = progress_of(mailing)
    assert (now.wave_label, now.wave_left, now.wave_total) == ("tous les autres", 2, 9)


def test_a_mailing_that_does_not_run_has_neither_pace_nor_end(mailing: Mailing) -> None:
    mailing.state = "paused"
    now = progress_of(mailing)
    assert (now.per_minute, now.eta_seconds, now.pace, now.eta) == (0, None, "", "")


def test_refusals_are_told_by_reason_and_domain_without_an_address(mailing: Mailing) -> None:
    now = progress_of(mailing)
    first, second = now.reasons
    assert (first.words, first.count, first.state) == ("L'adresse n'existe pas.", 2, "failed")
    assert first.said == "550 5.1.1 (adresse): unknown user"
    assert second.words == (
        "La connexion s'est coupée\u00a0: personne ne sait si le message est arrivé."
    )
    assert now.domains == (Domain("exemple.fr", 2),)
    assert "@" not in json.dumps(as_json(mailing, now))


def test_the_ten_domains_that_refuse_most_are_named(mailing: Mailing) -> None:
    for n, row in enumerate(mailing.deliveries.all()):
        row.email, row.state, row.finished_at = f"x@d{n:02}.fr", "failed", timezone.now()
        row.save()
    names = [one.name for one in progress_of(mailing).domains]
    assert names == [f"d{n:02}.fr" for n in range(10)]


def test_only_workers_that_give_a_sign_of_life_are_counted(mailing: Mailing) -> None:
    hold(mailing, 5)
    hold(mailing, 3600)
    hold(mailing, -7200)  # the clock was put back since
    now = progress_of(mailing)
    assert (now.workers, now.connections) == (1, 4)


def test_it_takes_four_readings(
    mailing: Mailing, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):
        progress_of(mailing)


def test_what_took_long_to_count_serves_everybody_for_a_while(
    mailing: Mailing,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("newsletter.figures.progress.SLOW_SECONDS", -1)
    progress_of(mailing)
    with django_assert_num_queries(3):
        assert progress_of(mailing).counts["total"] == 10


def test_a_mailing_being_prepared_has_nothing_yet(db: None) -> None:
    made = mailing_to(0, state="preparing")
    now = progress_of(made)
    assert (now.counts["total"], now.done, now.eta_seconds, now.wave) == (0, 0, None, None)


def test_the_endpoint_says_it_and_draws_the_failures(
    mailing: Mailing, admin_client: Client
) -> None:
    url = reverse("newsletter_progress", args=[mailing.issue_id])
    seen = admin_client.get(f"{url}?envoi={mailing.pk}").json()
    assert (seen["state"], seen["sent"], seen["pending"], seen["rate"]) == ("sending", 5, 2, 7)
    assert "<strong>encore moins d&#x27;une minute</strong>" in seen["pace"]
    assert "L&#x27;adresse n&#x27;existe pas." in seen["detail"]
    assert "lecteur1" not in json.dumps(seen)
    assert seen["poll_ms"] == 1000


@pytest.mark.parametrize("named", ["9" * 30, "x", "", "-1"])
def test_a_name_that_is_no_mailing_s_gives_the_present_one(
    mailing: Mailing, admin_client: Client, named: str
) -> None:
    url = reverse("newsletter_progress", args=[mailing.issue_id])
    assert admin_client.get(url, {"envoi": named}).json()["total"] == 10
    assert admin_client.get(url, {"envoi": mailing.pk + 1}).status_code == 404


def test_a_mailing_of_another_issue_is_not_shown(mailing: Mailing, admin_client: Client) -> None:
    url = reverse("newsletter_progress", args=[mailing.issue_id + 1])
    assert admin_client.get(f"{url}?envoi={mailing.pk}").status_code == 404


def call(*args: str) -> str:
    out = StringIO()
    call_command("mailing", *args, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_command_says_the_same_in_json_and_in_words(mailing: Mailing) -> None:
    hold(mailing, 1)
    facts = json.loads(call(str(mailing.pk), "status", "--json"))
    assert facts["state"] == "sending"
    assert (facts["total"], facts["sent"], facts["rate"], facts["workers"]) == (10, 5, 7, 1)
    assert facts["wave"] == 2
    assert facts["domains"] == [{"domain": "exemple.fr", "failed": 2}]
    assert facts["last_errors"][0]["words"] == "L'adresse n'existe pas."
    text = call(str(mailing.pk), "status")
    assert text.startswith("En cours\u00a0: 10 en tout, 2 en attente, 0 en cours, 5 envoyés, 2 en")
    assert "7 messages par minute, encore moins d'une minute." in text
    assert "1 programme d'envoi, 4 connexions." in text
    assert "2 × L'adresse n'existe pas. 550 5.1.1 (adresse): unknown user" in text


def test_watching_ends_with_the_mailing(mailing: Mailing, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        settle(mailing, 2, "sent")
        Mailing.objects.update(state="sent", finished_at=timezone.now())

    monkeypatch.setattr("newsletter.management.commands.mailing.time.sleep", sleep)
    facts = json.loads(call(str(mailing.pk), "status", "--json", "--watch"))
    assert slept == [1.0]
    assert (facts["state"], facts["sent"]) == ("sent", 7)
