"""What the editors are told when a mailing ends or is stopped: once, and never at its expense."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django.fixtures import Settings
from wagtail.models import PageLogEntry

from newsletter.figures import reports
from newsletter.models import ConsentEvent, Mailing
from newsletter.tasks import report_mailings, tell_pause
from tests.newsletter.sending import bulletin, mailing_to, reader

REPLY = "550 5.1.1 <lecteur3@exemple.fr> unknown"


@pytest.fixture
def ended(db: None, settings: Settings) -> Mailing:
    settings.SITE_URL = "https://lettre.exemple.fr"
    now = timezone.now()
    made = mailing_to(6, state="sent", started_at=now - timedelta(minutes=12), finished_at=now)
    bulletin().editors_addresses = "a@exemple.org\nb@exemple.org"
    made.bulletin.editors_addresses = "a@exemple.org\nb@exemple.org"
    made.bulletin.save()
    rows = list(made.deliveries.order_by("pk"))
    for row, (state, fields) in zip(
        rows,
        [("sent", {})] * 3
        + [("failed", {"smtp_code": 550, "status_code": "5.1.1", "error": REPLY})]
        + [("uncertain", {}), ("skipped", {})],
        strict=True,
    ):
        values = {"state": state, "begun_at": now, "finished_at": now} | fields
        made.deliveries.filter(pk=row.pk).update(**values)
    return made


def history() -> list[str]:
    entries = PageLogEntry.objects.filter(action__startswith="newsletter.").order_by("pk")
    return [entry.message for entry in entries]


def test_the_editors_are_told_once_what_became_of_it(ended: Mailing) -> None:
    report_mailings()
    report_mailings()
    (message,) = mail.outbox
    assert message.to == ["a@exemple.org", "b@exemple.org"]
    assert message.subject == "En quelques clics\u00a0: le Hors-Série #2 est parti vers 3 abonnés"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    body = message.body
    assert body.startswith(
        "Bonjour,\n\nL'envoi de «\u00a0L'été des tiers-lieux\u00a0» est terminé."
    )
    assert "Il a duré 12 minutes." in body
    assert "- Acceptés par les serveurs\u00a0: 3 (60\u00a0%)\n- En échec\u00a0: 1\n" in body
    assert "- Incertains\u00a0: 1\n- Écartés, désabonnés avant leur tour\u00a0: 1\n" in body
    assert "- L'adresse n'existe pas. (1)" in body
    assert "«\u00a0Libérer les incertains\u00a0»" in body
    assert f"https://lettre.exemple.fr/admin/lettre/numeros/{ended.issue_id}/envoi/" in body
    assert "lecteur" not in body.replace("lecteur a pris", "")
    assert history() == [
        "Envoi terminé\u00a0: 3 abonnés servis",
        "Compte rendu écrit à 2 adresses",
    ]
    assert Mailing.objects.get().reported_at is not None


def test_it_says_who_came_and_left_since_the_one_before(ended: Mailing) -> None:
    now = timezone.now()
    Mailing.objects.create(
        bulletin=ended.bulletin,
        issue=ended.issue,
        kind="issue",
        state="cancelled",
        started_at=now - timedelta(days=30),
    )
    came = reader("nouveau@exemple.fr")
    ConsentEvent.objects.create(subscription=came, kind="confirmed", at=now, channel="mail")
    reader("parti@exemple.fr", "ended", confirmed_at=now - timedelta(days=90))
    reader("jamais@exemple.fr", "ended")
    report_mailings()
    body = mail.outbox[0].body
    assert (
        "Depuis l'envoi précédent\u00a0:\n- Nouveaux abonnés\u00a0: 1\n- Départs\u00a0: 1\n" in body
    )


def test_the_first_mailing_has_nothing_before_it(ended: Mailing) -> None:
    report_mailings()
    assert "Depuis l'envoi précédent" not in mail.outbox[0].body


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "test"},
        {"state": "sending", "finished_at": None},
        {"state": "cancelled"},
        {"finished_at": timezone.now() - timedelta(days=3)},
        {"reported_at": timezone.now() + timedelta(hours=1)},
    ],
)
def test_other_mailings_are_not_reported(ended: Mailing, changes: dict[str, Any]) -> None:
    Mailing.objects.filter(pk=ended.pk).update(**changes)
    report_mailings()
    assert mail.outbox == []


def test_a_mailing_in_which_a_row_waits_again_is_not_over(ended: Mailing) -> None:
    row = ended.deliveries.filter(state="failed")
    row.update(state="pending", begun_at=None, finished_at=None)
    report_mailings()
    assert mail.outbox == []


def test_a_mailing_that_ends_again_is_told_again(ended: Mailing) -> None:
    report_mailings()
    now = timezone.now()
    ended.deliveries.filter(state="failed").update(state="sent")
    Mailing.objects.update(finished_at=now)
    report_mailings()
    report_mailings()
    assert [message.subject.rpartition("vers ")[2] for message in mail.outbox] == [
        "3 abonnés",
        "4 abonnés",
    ]


def test_a_clock_that_was_put_back_does_not_repeat_a_report(ended: Mailing) -> None:
    Mailing.objects.update(finished_at=timezone.now() + timedelta(hours=1))
    report_mailings()
    report_mailings()
    assert len(mail.outbox) == 1


def test_a_report_that_the_relay_refuses_is_tried_again(
    ended: Mailing, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "newsletter.engine.smtp.UrlEmailBackend"  # to a closed port
    report_mailings()
    assert "report.not_sent mailing=" in caplog.text
    assert "@" not in caplog.text.partition("report.not_sent")[2]
    assert Mailing.objects.get().reported_at is None
    assert history() == []
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    report_mailings()
    assert len(mail.outbox) == 1


def test_two_turns_at_once_write_one_report(
    ended: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other turn claims it between this one's reading and its claim."""
    seen = reports._report

    def other_first(mailing: Mailing, now: Any) -> bool:
        monkeypatch.setattr(reports, "_report", seen)
        reports.report_ended(timezone.now())
        return seen(mailing, now)

    monkeypatch.setattr(reports, "_report", other_first)
    assert reports.report_ended(timezone.now()) == 1
    assert len(mail.outbox) == 1


def test_nobody_to_tell_is_said_in_the_log_and_not_tried_for_ever(
    ended: Mailing, caplog: pytest.LogCaptureFixture
) -> None:
    ended.bulletin.editors_addresses = ""
    ended.bulletin.save()
    report_mailings()
    assert "editors.nobody" in caplog.text
    assert (mail.outbox, history()) == ([], ["Envoi terminé\u00a0: 3 abonnés servis"])
    assert Mailing.objects.get().reported_at is not None


@pytest.fixture
def paused(ended: Mailing) -> Mailing:
    note = "Le serveur refuse (a@b.fr)\u00a0: 25 refus d'affilée."
    Mailing.objects.filter(pk=ended.pk).update(state="paused", finished_at=None, note=note)
    return Mailing.objects.get()


def test_a_machine_s_pause_is_told_with_its_reason(
    paused: Mailing, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        reports.tell_pause(paused)
        assert mail.outbox == []  # what the engine writes is not committed yet
    (message,) = mail.outbox
    assert message.subject == "En quelques clics\u00a0: l'envoi du Hors-Série #2 est en pause"
    assert (
        "Pourquoi\u00a0: Le serveur refuse ((adresse))\u00a0: 25 refus d'affilée." in message.body
    )
    assert "- Déjà acceptés par les serveurs\u00a0: 3\n" in message.body


def test_a_pause_that_is_over_or_a_test_s_is_not_told(paused: Mailing) -> None:
    Mailing.objects.update(state="sending")
    tell_pause(paused.pk)
    Mailing.objects.update(state="paused", kind="test")
    tell_pause(paused.pk)
    tell_pause(999_999)
    assert mail.outbox == []


def test_telling_of_a_pause_never_raises(
    paused: Mailing,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def no_broker(*args: object, **kwargs: object) -> None:
        raise OperationalError("closed")

    monkeypatch.setattr("celery.canvas.Signature.apply_async", no_broker)
    with django_capture_on_commit_callbacks(execute=True):
        reports.tell_pause(paused)
    assert "report.not_rung mailing=" in caplog.text


def test_a_relay_that_is_away_is_asked_four_times_more(
    paused: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int] = []

    def later(countdown: int) -> Exception:
        waits.append(countdown)
        return RuntimeError("later")

    monkeypatch.setattr(reports, "write_pause", lambda pk: False)
    monkeypatch.setattr(tell_pause, "retry", later)
    for tries in range(5):
        tell_pause.push_request(retries=tries)
        with suppress(RuntimeError):
            tell_pause.run(paused.pk)
        tell_pause.pop_request()
    assert waits == [60, 300, 1500, 7500]
