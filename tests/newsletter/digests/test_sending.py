"""A digest leaves as an issue does: by the same worker, to a real SMTP sink."""

import json
from email import message_from_bytes, policy
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from newsletter import tasks
from newsletter.engine.recipients import audience
from newsletter.models import Bulletin, Mailing
from newsletter.readers.combinations import key_of, set_choices
from newsletter.readers.digests import runs
from newsletter.readers.subscriptions import end, erase
from tests.newsletter.digests.samples import MONDAY, follower, page, sent, themes
from tests.newsletter.sending import bulletin, counts, issue, reader, states
from tests.sink import Sink

pytestmark = pytest.mark.django_db


def parts_of(raw: bytes) -> tuple[str, str]:
    message = message_from_bytes(raw, policy=policy.default)
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return text, html


def test_each_reader_receives_their_themes_with_their_own_links(settings):
    tree = themes(Climat="", Sport="")
    page("Chaleur en ville", "Climat")
    page("Le stade", "Sport")
    one = follower("a@exemple.fr", tree["Climat"])
    other = follower("b@exemple.fr", tree["Sport"])
    mailing = sent()
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        tasks.deliver(mailing.pk)
        got = dict(sink.taken)
    mailing.refresh_from_db()
    assert (mailing.state, counts(mailing)) == ("sent", {"sent": 2})
    for subscription, title, absent in [
        (one, "Chaleur en ville", "Le stade"),
        (other, "Le stade", "Chaleur en ville"),
    ]:
        raw = got[subscription.subscriber.email]
        for part in parts_of(raw):
            assert title in part
            assert absent not in part
            assert f"/d/{subscription.token}" in part
            assert f"/abonnement/preferences/{subscription.token}/" in part
            assert ".invalid" not in part
        head = message_from_bytes(raw, policy=policy.default)
        assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert head["Feedback-ID"].startswith("resume-weekly-20261109:en-quelques-clics:")


def test_who_leaves_or_is_erased_after_the_freeze_gets_nothing(settings):
    page("Une page")
    leaving, erased = follower("part@exemple.fr"), follower("efface@exemple.fr")
    follower("reste@exemple.fr")
    mailing = sent()
    end(leaving, "mail")
    erase(erased.subscriber)
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        tasks.deliver(mailing.pk)
        assert sink.addresses == ["reste@exemple.fr"]
    assert counts(mailing) == {"sent": 1, "skipped": 2}
    assert "part@exemple.fr" in states(mailing)
    assert "efface@exemple.fr" not in states(mailing)


def test_the_beats_task_makes_what_is_due(settings, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)
    page("Une page")
    follower("a@exemple.fr")
    assert settings.CELERY_BEAT_SCHEDULE["send-digests"]["task"] == tasks.send_digests.name
    tasks.send_digests()
    assert Mailing.objects.get().state == "ready"


def test_the_bell_rings_once_the_rows_are_committed(
    monkeypatch, django_capture_on_commit_callbacks
):
    rung = []
    monkeypatch.setattr(runs, "ring", rung.append)
    page("Une page")
    follower("a@exemple.fr")
    with django_capture_on_commit_callbacks(execute=True):
        mailing = sent()
        assert rung == []
    assert rung == [mailing.pk]


def test_issues_go_to_who_reads_issues_and_to_all_when_digests_end():
    page_of = issue()
    reader("numero@exemple.fr")
    weekly = follower("resume@exemple.fr")
    assert [one.subscriber.email for one in audience(page_of)] == ["numero@exemple.fr"]
    Bulletin.objects.filter(pk=bulletin().pk).update(offers_digests=False)
    assert {one.subscriber.email for one in audience(page_of)} == {
        "numero@exemple.fr",
        "resume@exemple.fr",
    }
    Bulletin.objects.filter(pk=bulletin().pk).update(offers_digests=True)
    set_choices(weekly, "issue", [])
    assert audience(page_of).count() == 2


def called(*arguments: str) -> str:
    out = StringIO()
    call_command("send_digests", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_is_due_then_makes_it(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)
    tree = themes(Climat="", Sport="")
    page("Une page", "Climat")
    follower("a@exemple.fr", tree["Climat"])
    follower("b@exemple.fr", tree["Sport"])
    foreseen = json.loads(called("--dry-run", "--json"))["due"]
    assert [(row["readers"], row["contents"]) for row in foreseen] == [(1, 1)]
    assert not Mailing.objects.exists()
    assert "1 abonné(s), 1 combinaison(s)" in called()
    mailing = Mailing.objects.get()
    assert mailing.contents.get().key == key_of([tree["Climat"].pk])
    assert called() == "Aucun résumé à envoyer.\n"
    assert json.loads(called("--json")) == {"made": []}
    assert json.loads(called("--dry-run", "--json")) == {"due": []}
