from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import PageLogEntry

from newsletter.documents import PREFERENCES_MARK, UNSUBSCRIBE_MARK
from newsletter.engine.watch import hold_late
from newsletter.models import JobRun, Mailing, Suppression
from newsletter.readers.combinations import key_of
from newsletter.readers.digests import runs
from newsletter.readers.subscriptions import end
from tests.newsletter.digests.samples import (
    MONDAY,
    WEEK,
    follower,
    page,
    sent,
    themes,
    who_gets,
)
from tests.newsletter.sending import bulletin, reader

pytestmark = pytest.mark.django_db


def outcomes(frequency: str) -> list[str]:
    return [
        run.counts["outcome"] for run in JobRun.objects.all() if frequency in run.counts.values()
    ]


def test_each_combination_gets_its_own_pages_and_who_has_none_gets_nothing():
    tree = themes(Climat="", Energie="Climat", Sport="", Culture="")
    page("Chaleur en ville", "Climat")
    page("Le solaire", "Energie")
    page("Le stade", "Sport")
    follower("climat@exemple.fr", tree["Climat"])
    follower("tout@exemple.fr")
    follower("culture@exemple.fr", tree["Culture"])
    reader("numero@exemple.fr")
    mailing = sent()
    climate = key_of([tree["Climat"].pk])
    assert who_gets(mailing) == {"climat@exemple.fr": climate, "tout@exemple.fr": "all"}
    assert (mailing.kind, mailing.state, mailing.issue) == ("digest", "ready", None)
    assert (mailing.frequency, mailing.window) == ("weekly", WEEK)
    found = {content.key: content for content in mailing.contents.all()}
    assert set(found) == {climate, "all"}
    content = found[climate]
    assert content.subject == f"En quelques clics – {WEEK.label}"
    assert "Chaleur en ville" in content.html
    assert "Le solaire" in content.html
    assert "Le stade" not in content.html + content.text
    assert "Le stade" in found["all"].text
    for part in (content.html, content.text):
        assert UNSUBSCRIBE_MARK in part
        assert PREFERENCES_MARK in part
    assert content.envelope["feedback"] == "resume-weekly-20261109"


def test_two_beats_make_one_digest():
    page("Une page")
    follower("a@exemple.fr")
    assert sent()
    assert sent() is None
    assert sent(MONDAY + timedelta(hours=1)) is None
    assert Mailing.objects.count() == 1


def test_a_cancelled_digest_is_not_made_again():
    page("Une page")
    follower("a@exemple.fr")
    mailing = sent()
    Mailing.objects.filter(pk=mailing.pk).update(state="cancelled", finished_at=MONDAY)
    assert sent(MONDAY + timedelta(hours=1)) is None


def test_nothing_leaves_before_the_hour_and_the_next_week_speaks_of_its_own_days():
    page("Avant", at=MONDAY - timedelta(days=9))
    page("Dedans")
    page("Ce matin", at=MONDAY - timedelta(hours=1))
    follower("a@exemple.fr")
    before = sent(MONDAY - timedelta(days=7))
    assert before.window == WEEK.previous
    assert "► Avant" in before.contents.get().text
    assert sent(MONDAY - timedelta(minutes=1)) is None
    text = sent().contents.get().text
    assert "► Dedans" in text
    assert "► Avant" not in text
    assert "► Ce matin" not in text
    assert "► Ce matin" in sent(MONDAY + timedelta(days=7)).contents.get().text


def test_a_machine_that_was_off_on_monday_still_sends_on_wednesday():
    page("Une page")
    follower("a@exemple.fr")
    assert sent(MONDAY + timedelta(hours=71)).period_from == WEEK.start


def test_too_late_is_said_once_and_nothing_leaves(caplog):
    page("Une page")
    follower("a@exemple.fr")
    assert sent(MONDAY + timedelta(hours=73)) is None
    assert sent(MONDAY + timedelta(hours=74)) is None
    assert [r.msg.split()[0] for r in caplog.records] == ["digest.too_late"]
    assert outcomes("weekly") == ["late"]
    assert not Mailing.objects.exists()


def test_a_week_without_anything_new_writes_to_nobody():
    page("Vieille", at=MONDAY - timedelta(days=30))
    page("Brouillon", live=False)
    follower("a@exemple.fr")
    assert sent() is None
    assert not Mailing.objects.exists()
    assert outcomes("weekly") == ["nothing"]
    page("Trop tard pour en être")
    assert sent(MONDAY + timedelta(hours=1)) is None


def test_without_a_reader_nothing_is_drawn_nor_written(monkeypatch):
    page("Une page")
    reader("numero@exemple.fr")
    monkeypatch.setattr(runs, "harvest_of", None)
    assert sent() is None
    assert not Mailing.objects.exists()
    follower("une-heure-apres@exemple.fr")
    assert sent(MONDAY + timedelta(hours=1)) is None
    assert {run.counts["outcome"] for run in JobRun.objects.all()} == {"nobody"}


def test_who_left_or_must_not_be_written_to_gets_nothing():
    page("Une page")
    gone = follower("parti@exemple.fr")
    follower("exclu@exemple.fr")
    follower("oui@exemple.fr")
    end(gone, "form")
    Suppression.objects.hold("exclu@exemple.fr", Suppression.Reason.COMPLAINT)
    assert who_gets(sent()) == {"oui@exemple.fr": "all"}


def test_a_bulletin_that_offers_none_makes_none_nor_does_a_draft():
    page("Une page")
    follower("a@exemple.fr")
    type(bulletin()).objects.update(offers_digests=False)
    assert sent() is None
    type(bulletin()).objects.update(offers_digests=True, live=False)
    assert sent() is None


def test_a_run_that_was_cut_short_is_taken_up_where_it_stopped(monkeypatch):
    tree = themes(Climat="", Sport="")
    page("Une", "Climat")
    page("Deux", "Sport")
    follower("a@exemple.fr", tree["Climat"])
    follower("b@exemple.fr", tree["Sport"])
    drawn, real = [], runs.Press.rendered

    def counted(press, chosen):
        drawn.append(chosen)
        if len(drawn) == 2:
            raise SystemExit
        return real(press, chosen)

    monkeypatch.setattr(runs.Press, "rendered", counted)
    with pytest.raises(SystemExit):
        sent()
    mailing = Mailing.objects.get()
    assert (mailing.state, mailing.contents.count(), mailing.deliveries.count()) == (
        "preparing",
        1,
        0,
    )
    again = sent(MONDAY + timedelta(minutes=15))
    assert (again.pk, again.state, len(drawn)) == (mailing.pk, "ready", 3)
    assert set(who_gets(again)) == {"a@exemple.fr", "b@exemple.fr"}


def test_one_that_can_not_be_prepared_in_time_is_given_up(caplog):
    page("Une page")
    follower("a@exemple.fr")
    mailing = sent()
    old = MONDAY - timedelta(hours=80)
    Mailing.objects.filter(pk=mailing.pk).update(state="preparing", created_at=old)
    assert sent() is None
    mailing.refresh_from_db()
    assert mailing.state == "cancelled"
    assert "pas pu être préparé" in mailing.note
    assert "digest.too_late" in caplog.text


def test_a_bulletin_without_a_sender_is_said_and_holds_up_no_other(caplog):
    other = bulletin("autre", title="Autre", sender_email="")
    page("Une page")
    follower("a@exemple.fr", to=other)
    follower("b@exemple.fr")
    assert who_gets(sent()) == {"b@exemple.fr": "all"}
    assert f"digest.not_made bulletin={other.pk} frequency=weekly from=2026-11-09" in caplog.text


def test_a_reader_who_changes_themes_while_it_is_drawn_gets_one_digest(monkeypatch):
    tree = themes(Climat="", Sport="")
    page("Une", "Climat")
    page("Deux", "Sport")
    follower("a@exemple.fr", tree["Climat"])
    mover = follower("b@exemple.fr", tree["Sport"])
    follower("c@exemple.fr", tree["Sport"])
    real, calls = runs.address, []

    def moving(mailing, content, chosen, team):
        count = real(mailing, content, chosen, team)
        calls.append(content.key)
        if len(calls) == 1:  # its own combination was served, or is still to be
            runs.Subscription.objects.filter(pk=mover.pk).update(
                topics_key=key_of([tree["Climat"].pk])
            )
            mover.topics.set([tree["Climat"]])
        return count

    monkeypatch.setattr(runs, "address", moving)
    assert set(who_gets(sent())) == {"a@exemple.fr", "b@exemple.fr", "c@exemple.fr"}


def test_the_history_of_the_bulletin_tells_of_the_digest():
    page("Une page")
    follower("a@exemple.fr")
    sent()
    entry = PageLogEntry.objects.get(action="newsletter.send")
    assert entry.page_id == bulletin().pk
    assert entry.message == f"{WEEK.label}\u00a0: Envoi lancé vers 1 abonné"


def test_one_cut_short_whose_readers_all_left_is_forgotten():
    page("Une page")
    only = follower("a@exemple.fr")
    mailing = sent()
    mailing.deliveries.all().delete()
    Mailing.objects.update(state="preparing")
    end(only, "form")
    assert sent(MONDAY + timedelta(minutes=15)) is None
    assert not Mailing.objects.exists()
    assert outcomes("weekly") == ["nothing"]


def test_a_digest_that_is_ready_is_not_forgotten_when_its_pages_go():
    one = page("Une page")
    follower("a@exemple.fr")
    mailing = sent()
    one.unpublish()
    assert runs.make(bulletin(), WEEK) is None
    mailing.refresh_from_db()
    assert mailing.state == "ready"
    assert who_gets(mailing) == {"a@exemple.fr": "all"}


def test_one_taken_up_the_day_after_is_not_held_as_late():
    page("Une page")
    follower("a@exemple.fr")
    mailing = sent()
    mailing.deliveries.all().delete()
    begun = timezone.now() - timedelta(hours=30)
    Mailing.objects.update(state="preparing", created_at=begun, scheduled_at=None)
    assert sent(MONDAY + timedelta(hours=30)).pk == mailing.pk
    assert hold_late(timezone.now()) == 0
    mailing.refresh_from_db()
    assert mailing.state == "ready"
