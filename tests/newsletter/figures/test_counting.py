"""Figures of a mailing and of a bulletin: what counts, what is kept, and for whom."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from newsletter.figures import counting
from newsletter.models import (
    Bounce,
    Bulletin,
    CampaignVisit,
    ConsentEvent,
    Delivery,
    Mailing,
    Subscription,
)
from newsletter.tasks import report_mailings
from tests.newsletter.sending import bulletin, issue, mailing_to, reader
from tests.newsletter.test_release import client_of, person

NOW = timezone.now()


@pytest.fixture
def sent(db: None) -> Mailing:
    """Five readers, three days ago: three accepted, one refused, one uncertain."""
    begun = timezone.now() - timedelta(days=3)
    made = mailing_to(5, state="sent", started_at=begun, finished_at=begun)
    states = ["sent", "sent", "sent", "failed", "uncertain"]
    for row, state in zip(made.deliveries.order_by("pk"), states, strict=True):
        values = {"state": state, "begun_at": begun, "finished_at": begun}
        made.deliveries.filter(pk=row.pk).update(**values)
    return made


def leave(row: Delivery, *, days: float, channel: str = "mail") -> None:
    """The reader of this row leaves so many days after the mailing."""
    at = row.mailing.started_at + timedelta(days=days)
    Subscription.objects.filter(pk=row.subscription_id).update(
        status="ended", ended_at=at, end_reason="reader"
    )
    ConsentEvent.objects.create(
        subscription_id=row.subscription_id, kind="ended", at=at, channel=channel
    )


def bounce(mailing: Mailing, kind: str) -> None:
    Bounce.objects.create(
        mailing=mailing, kind=kind, source="mailbox", decision="none", explanation="x", at=NOW
    )


def test_a_mailing_s_figures(sent: Mailing) -> None:
    for kind in ("hard", "soft", "soft", "complaint", "auto-reply"):
        bounce(sent, kind)
    figures = counting.figures_of(sent)
    assert (figures.recipients, figures.accepted, figures.failed, figures.uncertain) == (5, 3, 1, 1)
    assert (figures.bounced, figures.complaints, figures.new) == (3, 1, None)
    assert figures.accepted_share == "60\u00a0%"
    assert list(counting.bounce_words(figures.bounces)) == [
        ("Adresse qui n'existe pas", 1),
        ("Refus passager", 2),
        ("Signalé comme indésirable", 1),
        ("Réponse automatique", 1),
    ]


@pytest.mark.parametrize(
    ("rank", "days", "channel", "counts"),
    [
        (0, 2, "mail", 1),
        (0, 2, "one-click", 1),
        (0, 2, "mailbox", 1),
        (0, 29.9, "mail", 1),
        (0, 30.1, "mail", 0),
        (0, -1, "mail", 0),
        (0, 2, "admin", 0),
        (0, 2, "return", 0),
        (3, 2, "mail", 0),  # never received it
    ],
)
def test_who_left_by_a_link_of_what_they_received(
    sent: Mailing, rank: int, days: float, channel: str, counts: int
) -> None:
    leave(sent.deliveries.order_by("pk")[rank], days=days, channel=channel)
    assert counting.figures_of(sent).left == counts


def test_a_departure_counts_once_for_the_latest_letter(sent: Mailing) -> None:
    later = Mailing.objects.create(
        bulletin=sent.bulletin,
        issue=issue(3, live=False),
        state="sent",
        started_at=sent.started_at + timedelta(days=1),
        finished_at=NOW,
    )
    row = sent.deliveries.order_by("pk").first()
    Delivery.objects.create(
        mailing=later,
        content=sent.contents.get(),
        subscription=row.subscription,
        email=row.email,
        token="x",
        state="sent",
        begun_at=NOW,
        finished_at=NOW,
    )
    leave(row, days=2)
    fresh = reader("nouveau@exemple.fr")
    at = sent.started_at + timedelta(hours=5)
    for kind in ("requested", "confirmed"):
        ConsentEvent.objects.create(subscription=fresh, kind=kind, at=at, channel="mail")
    found = [(counting.figures_of(one).left, counting.figures_of(one).new) for one in (sent, later)]
    assert found == [(0, None), (1, 1)]


def test_figures_that_stopped_moving_outlive_what_they_count(sent: Mailing) -> None:
    old = timezone.now() - timedelta(days=31)
    Mailing.objects.update(started_at=old, finished_at=old)
    sent.refresh_from_db()
    leave(sent.deliveries.order_by("pk").first(), days=2)
    bounce(sent, "hard")
    before = counting.figures_of(sent)
    report_mailings()
    sent.refresh_from_db()
    assert sent.figures["left"] == 1
    assert counting.stopped_moving(sent, NOW)
    ConsentEvent.objects.all().delete()
    Bounce.objects.all().delete()
    sent.deliveries.update(email="", error="", subscription=None)
    assert counting.figures_of(sent) == before
    assert counting.keep(timezone.now()) == 0


def test_figures_that_still_move_are_not_kept(sent: Mailing) -> None:
    assert counting.keep(timezone.now()) == 0
    assert not counting.stopped_moving(sent, NOW)


def test_what_has_left_is_listed_and_nothing_else(sent: Mailing) -> None:
    common: dict[str, Any] = {"bulletin": sent.bulletin, "issue": issue(4, live=False)}
    Mailing.objects.create(kind="test", state="sent", started_at=NOW, finished_at=NOW, **common)
    Mailing.objects.create(state="cancelled", started_at=NOW, **common)
    Mailing.objects.create(state="scheduled", scheduled_at=NOW, **common)
    assert list(counting.mailings_of(sent.bulletin)) == [sent]
    Mailing.objects.filter(pk=sent.pk).update(state="cancelled")
    assert list(counting.mailings_of(sent.bulletin)) == [sent]  # three had received it


def test_readers_month_by_month(db: None) -> None:
    def on(month: int, day: int = 3) -> datetime:
        return datetime(2026, month, day, 12, tzinfo=UTC)

    reader("a@exemple.fr", confirmed_at=on(7))
    reader("b@exemple.fr", confirmed_at=on(7))
    reader("c@exemple.fr", confirmed_at=on(9, 30))
    reader("d@exemple.fr", "ended", confirmed_at=on(7), ended_at=on(9))
    reader("e@exemple.fr", "ended", ended_at=on(9))  # never a reader
    reader("f@exemple.fr", "pending")
    months = counting.readers_by_month(bulletin(), date(2026, 10, 15))
    assert [(f"{m['month']:%m}", m["new"], m["left"], m["readers"]) for m in months] == [
        ("07", 3, 0, 3),
        ("08", 0, 0, 3),
        ("09", 1, 1, 3),
        ("10", 0, 0, 3),
    ]
    assert len(counting.readers_by_month(bulletin(), date(2029, 10, 15))) == 24


def get(client: Client, name: str, *args: Any, **query: Any) -> str:
    answer = client.get(reverse(f"newsletter_{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_screens_show_counts_and_no_address(sent: Mailing, admin_client: Client) -> None:
    CampaignVisit.objects.create(
        page=sent.issue, campaign="en-quelques-clics-hs2", day=NOW.date(), count=12
    )
    text = get(admin_client, "figures")
    assert "Abonnés\u00a0: 5" in text.replace("&nbsp;", "\u00a0")
    assert text.count('role="img"') == 1  # one month is no line
    assert "3 sur 5" in text
    assert "Le dernier envoi" in text
    assert "exemple.fr" not in text
    text = get(admin_client, "figures_mailing", sent.pk)
    assert "Pages les plus ouvertes (12 visites en tout)" in text
    assert "ordre de grandeur" in text
    assert "lettre=en-quelques-clics-hs2" in text
    assert "Ces chiffres bougent encore" in text
    assert "lecteur1" not in text


def test_a_bulletin_that_has_sent_nothing_says_so(db: None, admin_client: Client) -> None:
    bulletin()
    text = get(admin_client, "figures")
    assert "Rien n'a encore été envoyé." in text
    assert "Personne n'a encore confirmé d'abonnement." in text


def test_the_files_are_semicolons_without_a_formula(sent: Mailing, admin_client: Client) -> None:
    type(sent.issue).objects.update(title="=HYPERLINK(1)")
    lines = get(admin_client, "figures_csv").removeprefix("\ufeff").splitlines()
    assert lines[0].startswith("Envoi;Nature;Parti le;Destinataires;Acceptés;")
    assert lines[1].startswith("'=HYPERLINK(1);Numéro;")
    assert lines[1].endswith(";5;3;1;1;0;0;0;0;")
    lines = get(admin_client, "readers_csv").removeprefix("\ufeff").splitlines()
    assert lines[0] == "Mois;Nouveaux;Départs;Abonnés à la fin du mois"
    assert lines[-1].endswith(";5")


NAMES = ["figures", "figures_csv", "readers_csv"]


def test_who_may_neither_edit_nor_send_sees_no_figure(sent: Mailing) -> None:
    client = client_of(person("passant"))
    for name in NAMES:
        assert client.get(reverse(f"newsletter_{name}")).status_code == 302
    assert client.get(reverse("newsletter_figures_mailing", args=[sent.pk])).status_code == 302
    assert "Chiffres" not in client.get("/admin/").content.decode()


def test_an_editor_sees_their_own_bulletin_only(sent: Mailing) -> None:
    other = bulletin("autre", title="Autre lettre")
    client = client_of(person("plume", on=Bulletin.objects.get(pk=other.pk)))
    text = get(client, "figures")
    assert "Chiffres de «\u00a0Autre lettre\u00a0»" in text
    for name in NAMES:
        address = reverse(f"newsletter_{name}")
        assert client.get(address, {"bulletin": sent.bulletin_id}).status_code == 404
        assert client.get(address, {"bulletin": "x"}).status_code == 404
    assert client.get(reverse("newsletter_figures_mailing", args=[sent.pk])).status_code == 302
    assert get(client_of(person("facteur", sends=True)), "figures_mailing", sent.pk)


def test_a_test_has_no_figures(sent: Mailing, admin_client: Client) -> None:
    Mailing.objects.update(kind="test")
    address = reverse("newsletter_figures_mailing", args=[sent.pk])
    assert admin_client.get(address).status_code == 404
