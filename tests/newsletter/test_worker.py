"""One turn of a worker, with what may go wrong around it."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter.engine import claims
from newsletter.engine.delivery import deliver
from newsletter.engine.journal import Fate, Journal, JournalError
from newsletter.engine.rescue import rescue
from newsletter.models import Mailing, MailingContent
from newsletter.models.claims import Claim
from newsletter.readers.subscriptions import end
from tests.newsletter.claiming import claimed
from tests.newsletter.sending import counts, mailing_to, states
from tests.sink import Sink, free_port

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = (f"lecteur{n}@exemple.fr" for n in (1, 2, 3))


@pytest.fixture(autouse=True)
def _own_journals(settings: Settings, tmp_path: Path) -> None:
    settings.LETTER_JOURNAL_DIR = tmp_path / "journal"
    settings.LETTER_CONNECTIONS = 1


def once(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object], at: int) -> None:
    """Does `act` when the main thread looks around, once `at` records are in the journal."""
    noted, looked = Journal.note, claims.gone_among
    records: list[int] = []
    done: list[object] = []

    def note(self: Journal, key: int, fate: Fate) -> None:
        records.append(key)
        noted(self, key, fate)

    def look(claim_id: UUID) -> set[int]:
        if len(records) >= at and not done:
            done.append(act())
        return looked(claim_id)

    monkeypatch.setattr(Journal, "note", note)
    monkeypatch.setattr(claims, "gone_among", look)
    monkeypatch.setattr("newsletter.engine.worker.LOOK_SECONDS", 0.1)


def test_a_pause_is_heeded_within_the_turn_and_what_was_not_begun_waits(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing = mailing_to(40)
    once(monkeypatch, lambda: Mailing.objects.update(state="paused"), at=4)
    with Sink(delay=0.05) as sink:
        settings.SMTP_URL = sink.url
        assert deliver(mailing.pk) is False
        sent = len(sink.taken)
        assert 2 <= sent < 30
    assert counts(mailing) == {"sent": sent, "pending": 40 - sent}
    assert set(mailing.deliveries.filter(state="pending").values_list("tries", "claim_id")) == {
        (0, None)
    }
    assert not Claim.objects.exists()


def test_a_reader_who_leaves_while_the_batch_is_out_is_not_written_to(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing = mailing_to(30)
    last = mailing.deliveries.order_by("pk").last()
    once(monkeypatch, lambda: end(last.subscription, "mail"), at=2)
    with Sink(delay=0.05) as sink:
        settings.SMTP_URL = sink.url
        deliver(mailing.pk)
        assert len(sink.taken) == 29
        assert last.email not in sink.addresses
    last.refresh_from_db()
    assert (last.state, last.tries, last.begun_at) == ("skipped", 0, None)
    assert last.error == "L'abonnement a pris fin avant l'envoi."


def test_a_claim_that_was_taken_away_ends_the_turn(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    mailing = mailing_to(30)
    monkeypatch.setattr("newsletter.engine.worker.MAX_BEAT_SECONDS", 0.1)
    once(monkeypatch, lambda: Claim.objects.all().delete(), at=2)
    with Sink(delay=0.05) as sink:
        settings.SMTP_URL = sink.url
        assert deliver(mailing.pk) is False
        assert len(sink.taken) < 30
    assert "delivery.claim_lost" in caplog.text


def test_a_full_disk_sends_nothing_unwritten_and_the_mailing_goes_on_later(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing, noted, room = mailing_to(12), Journal.note, [5]

    def note(self: Journal, key: int, fate: Fate) -> None:
        room[0] -= 1
        if room[0] < 0:
            raise JournalError(OSError(28, "No space left on device"))
        noted(self, key, fate)

    monkeypatch.setattr(Journal, "note", note)
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        assert deliver(mailing.pk) is False
        assert sink.addresses == [FIRST, SECOND, THIRD]  # the third's end was not written
        mailing.refresh_from_db()
        assert mailing.state == "sending"
        assert mailing.note == (
            "Le disque du serveur est plein\u00a0: l'envoi reprendra de lui-même dès que possible."
        )
        assert counts(mailing) == {"sent": 3, "pending": 9}
        room[0] = 1000
        deliver(mailing.pk)
        assert len(set(sink.addresses)) == len(sink.taken) == 12
    mailing.refresh_from_db()
    assert (mailing.state, mailing.note) == ("sent", "")


def test_a_journal_that_can_not_be_opened_sends_nothing(settings: Settings, tmp_path: Path) -> None:
    mailing = mailing_to(2)
    (tmp_path / "journal").write_bytes(b"")
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        assert deliver(mailing.pk) is False
        assert sink.greetings == 0
    mailing.refresh_from_db()
    assert mailing.note.startswith("Le journal d'envoi ne peut pas être écrit (")
    assert (mailing.state, counts(mailing)) == ("sending", {"pending": 2})


def test_another_relay_takes_over_from_one_that_is_away(settings: Settings) -> None:
    mailing = mailing_to(3)
    with Sink() as sink:
        settings.SMTP_URL = f"smtp://127.0.0.1:{free_port()}"
        settings.SMTP_FALLBACK_URLS = [sink.url]
        assert deliver(mailing.pk) is False
        assert len(sink.taken) == 3


def test_a_refused_login_pauses_in_words(settings: Settings) -> None:
    mailing = mailing_to(2)
    with Sink() as sink:
        settings.SMTP_URL = f"smtp://moi:secret@127.0.0.1:{sink.port}"
        assert deliver(mailing.pk) is False
        assert sink.taken == []
    mailing.refresh_from_db()
    assert mailing.state == "paused"
    assert "connexion par mot de passe" in mailing.note


def test_a_connection_is_renewed_after_so_many_messages(settings: Settings) -> None:
    settings.LETTER_MESSAGES_PER_CONNECTION = 4
    mailing = mailing_to(10)
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        deliver(mailing.pk)
        assert (len(sink.taken), sink.greetings) == (10, 3)


def test_each_row_gets_its_own_content_and_few_are_kept(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.engine.letters.KEPT", 2)
    mailing = mailing_to(6)
    for number, row in enumerate(mailing.deliveries.order_by("pk")):
        content = MailingContent.objects.create(
            mailing=mailing,
            key=f"k{number % 3}{number}",
            subject=f"Objet {number}",
            html="<p/>",
            text="Bonjour",
        )
        mailing.deliveries.filter(pk=row.pk).update(content=content)
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        deliver(mailing.pk)
        for number in range(6):
            assert sink.message(f"lecteur{number + 1}@exemple.fr")["Subject"] == f"Objet {number}"


def test_bounces_come_to_an_address_that_names_the_row(settings: Settings) -> None:
    settings.BOUNCE_ADDRESS = "rebonds@lettre.exemple.fr"
    mailing = mailing_to(1)
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        deliver(mailing.pk)
        (sender,) = sink.senders
    assert sender.startswith("rebonds+")
    assert sender.endswith("@lettre.exemple.fr")


def test_several_connections_send_each_once(settings: Settings) -> None:
    settings.LETTER_CONNECTIONS = 8
    mailing = mailing_to(120)
    with Sink(delay=0.02) as sink:
        settings.SMTP_URL = sink.url
        begun = time.monotonic()
        deliver(mailing.pk)
        assert time.monotonic() - begun < 120 * 0.02
        assert len(set(sink.addresses)) == len(sink.taken) == 120
        assert 1 < sink.greetings <= 8
    assert not [one for one in threading.enumerate() if one.name.startswith("lane")]


def test_a_digest_s_reader_who_left_is_skipped_as_an_issue_s(settings: Settings) -> None:
    today = timezone.localdate()
    mailing = mailing_to(2)
    Mailing.objects.update(kind="digest", issue=None, period_from=today, period_to=today)
    end(mailing.deliveries.get(email=FIRST).subscription, "mail")
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        deliver(mailing.pk)
        assert sink.addresses == [SECOND]
    assert states(mailing) == {FIRST: "skipped", SECOND: "sent"}


def test_what_a_claim_takes_is_taken_once_and_in_order() -> None:
    mailing = mailing_to(5)
    one, two, three = (claimed(mailing, size) for size in (2, 2, 1))
    found = list(mailing.deliveries.order_by("pk").values_list("claim_id", flat=True))
    assert found == [one, one, two, two, three]
    assert rescue(timezone.now()) == {"sent": 0, "waiting": 0, "uncertain": 0}
