import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from wagtail.models import PageLogEntry

from newsletter.engine.delivery import deliver
from newsletter.models import MailingContent
from newsletter.models.deliveries import Mailing
from tests.newsletter.sending import counts, mailing_to
from tests.sink import Sink

pytestmark = pytest.mark.django_db


def test_a_pause_never_says_whose_message_was_refused(
    settings: Settings, caplog: pytest.LogCaptureFixture
):
    """Relays name the reader in their refusal; the note, the history and the log stay for ever."""
    mailing = mailing_to(1)
    said = "554 5.7.1 <lecteur1@exemple.fr>: Relay access denied"
    with Sink(at_recipient={"lecteur1@exemple.fr": said}) as sink:
        settings.SMTP_URL = sink.url
        deliver(mailing.pk)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.PAUSED
    assert mailing.note == "554 5.7.1 (adresse): Relay access denied"
    (entry,) = PageLogEntry.objects.filter(action="newsletter.pause")
    assert entry.data["reason"] == mailing.note
    assert "mailing.paused" in caplog.text
    assert "lecteur1@" not in caplog.text


def test_an_envelope_that_can_not_be_read_pauses_and_writes_to_nobody(settings: Settings):
    mailing = mailing_to(2, started_at=timezone.now())
    MailingContent.objects.update(envelope={"of_another_version": "x"})
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        assert deliver(mailing.pk) is False
        assert sink.taken == []
    mailing.refresh_from_db()
    assert (mailing.state, mailing.note) == ("paused", "L'enveloppe de cet envoi est illisible.")
    assert counts(mailing) == {"pending": 2}
