from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django.fixtures import Settings

from newsletter.documents import UNSUBSCRIBE_MARK, RenderedIssue
from newsletter.engine import bells, claims, dispatch, refusals, trials
from newsletter.engine.delivery import deliver
from newsletter.engine.relays import NoRelayError
from newsletter.engine.steering import cancel
from newsletter.engine.watch import wake
from newsletter.errors import LetterError
from newsletter.models import Issue, LedgerEntry, Mailing, Suppression
from newsletter.readers.subscriptions import end
from tests.newsletter.claiming import claimed
from tests.newsletter.sending import bulletin, counts, issue, mailing_to, reader, readers, states
from tests.sink import Sink, free_port

pytestmark = pytest.mark.django_db


def test_a_start_freezes_one_pending_row_a_confirmed_reader():
    page = issue()
    subscriptions = readers(3)
    mailing = dispatch.start(page)
    assert (mailing.state, mailing.kind, mailing.revision) == ("ready", "issue", page.live_revision)
    rows = mailing.deliveries.order_by("pk")
    assert [(r.subscription_id, r.email, r.token, r.state, r.tries) for r in rows] == [
        (one.pk, one.subscriber.email, one.token, "pending", 0) for one in subscriptions
    ]
    content = mailing.contents.get()
    assert content.subject == page.rendered().subject
    assert UNSUBSCRIBE_MARK in content.html
    assert UNSUBSCRIBE_MARK in content.text
    assert not content.html.count("<mj-")


def test_pending_ended_suppressed_and_other_bulletins_readers_get_nothing():
    page = issue()
    reader("oui@exemple.fr")
    reader("attend@exemple.fr", "pending")
    reader("parti@exemple.fr", "ended")
    reader("exclu@exemple.fr")
    reader("ailleurs@exemple.fr", to=bulletin("autre", title="Autre"))
    Suppression.objects.hold("exclu@exemple.fr", Suppression.Reason.COMPLAINT)
    assert dispatch.recipient_count(page) == 1
    assert states(dispatch.start(page)) == {"oui@exemple.fr": "pending"}


def test_a_start_costs_the_same_for_one_reader_and_for_five_hundred(
    django_assert_max_num_queries, django_assert_num_queries
):
    page, second = issue(2), issue(3)
    Suppression.objects.hold("exclu@exemple.fr", Suppression.Reason.ADMIN)
    reader("premier@exemple.fr")
    page.rendered()
    with django_assert_max_num_queries(60) as first:
        dispatch.start(page)
    readers(500)
    with django_assert_num_queries(len(first)):
        mailing = dispatch.start(second)
    assert mailing.counts()["total"] == 501


def test_a_second_start_names_the_mailing_that_exists():
    page = issue()
    readers(1)
    first = dispatch.start(page)
    with pytest.raises(dispatch.MailingExistsError, match=f"envoi {first.pk}") as caught:
        dispatch.start(page)
    assert caught.value.mailing == first
    assert Mailing.objects.count() == 1


def test_a_draft_is_not_sent():
    readers(1)
    with pytest.raises(dispatch.NotLiveError, match="pas publié"):
        dispatch.start(issue(live=False))
    assert not Mailing.objects.exists()


def test_nobody_to_write_to_is_said_and_leaves_nothing():
    with pytest.raises(dispatch.NoReaderError, match="Aucun abonné"):
        dispatch.start(issue())
    assert not Mailing.objects.exists()


def test_without_a_relay_nothing_is_frozen(settings: Settings):
    page = issue()
    readers(1)
    settings.SMTP_URL = ""
    with pytest.raises(NoRelayError, match="SMTP_URL"):
        dispatch.start(page)
    assert not Mailing.objects.exists()


def test_a_bulletin_without_a_sender_is_not_sent():
    page = issue()
    readers(1)
    bulletin().__class__.objects.update(sender_email="")
    with pytest.raises(dispatch.NoSenderError, match="expéditeur"):
        dispatch.start(page)


@pytest.mark.parametrize(
    ("rendered", "error"),
    [
        (RenderedIssue(" ", UNSUBSCRIBE_MARK, UNSUBSCRIBE_MARK, ""), dispatch.NoSubjectError),
        (RenderedIssue("Objet", "<p>", UNSUBSCRIBE_MARK, ""), dispatch.NoUnsubscribeLinkError),
        (RenderedIssue("Objet", UNSUBSCRIBE_MARK, "texte", ""), dispatch.NoUnsubscribeLinkError),
    ],
)
def test_a_mail_that_lacks_what_it_must_have_is_not_sent(
    monkeypatch: pytest.MonkeyPatch, rendered: RenderedIssue, error: type[Exception]
):
    page = issue()
    readers(1)
    monkeypatch.setattr(Issue, "rendered", lambda self, document=None: rendered)
    with pytest.raises(error):
        dispatch.start(page)
    assert not Mailing.objects.exists()


def test_a_failure_after_the_rows_leaves_nothing(monkeypatch: pytest.MonkeyPatch):
    page = issue()
    readers(2)

    def broken(issue: Issue) -> int:
        raise RuntimeError("registre")

    monkeypatch.setattr(dispatch, "write_ledger", broken)
    with pytest.raises(RuntimeError):
        dispatch.start(page)
    assert not Mailing.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_a_later_date_schedules_and_a_past_one_does_not():
    readers(1)
    later = timezone.now() + timedelta(hours=1)
    assert dispatch.start(issue(2), at=later).state == "scheduled"
    assert dispatch.start(issue(3), at=timezone.now()).state == "ready"


def test_a_broker_that_is_down_does_not_break_a_start(
    monkeypatch: pytest.MonkeyPatch, caplog, django_capture_on_commit_callbacks
):
    class Dead:
        def apply_async(self, **options: object) -> None:
            raise OperationalError("refused")

    monkeypatch.setattr(bells, "signature", lambda *a, **k: Dead())
    page = issue()
    readers(1)
    with django_capture_on_commit_callbacks(execute=True):
        mailing = dispatch.start(page)
    assert mailing.counts()["pending"] == 1
    assert "task.not_rung" in caplog.text


def test_editing_the_issue_after_the_start_changes_nothing_of_what_leaves(settings: Settings):
    page = issue()
    readers(1)
    mailing = dispatch.start(page)
    subject = mailing.contents.get().subject
    page.title = page.subject = "Autre chose"
    page.save_revision().publish()
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        deliver(mailing.pk)
        assert sink.message("lecteur1@exemple.fr")["Subject"] == subject


def test_after_one_reader_leaves_the_next_mailing_counts_one_less():
    subscriptions = readers(5)
    assert dispatch.start(issue(2)).counts()["total"] == 5
    end(subscriptions[0], "mail")
    assert dispatch.start(issue(3)).counts()["total"] == 4


def test_a_mailing_cancelled_half_way_can_be_started_again_and_reaches_nobody_twice(
    settings: Settings,
):
    page = issue()
    readers(5)
    later = {f"lecteur{n}@exemple.fr": "451 4.3.0 Later" for n in (3, 4, 5)}
    with Sink(at_recipient=later) as sink:
        settings.SMTP_URL = sink.url
        first = dispatch.start(page)
        deliver(first.pk)
        cancel(first)
        assert counts(first) == {"sent": 2, "skipped": 3}
        sink.at_recipient.clear()
        second = dispatch.start(page)
        deliver(second.pk)
        assert sorted(sink.addresses) == [f"lecteur{n}@exemple.fr" for n in range(1, 6)]


def test_a_test_is_the_same_message_marked_and_holds_no_readers_token(settings: Settings):
    page = issue(live=False)
    (subscription,) = readers(1)
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        mailing = trials.send_test(page, ["Moi@exemple.fr", "moi@exemple.fr"])
        raw = sink.raw("moi@exemple.fr")
        message = sink.message("moi@exemple.fr")
    assert (mailing.kind, mailing.state, counts(mailing)) == ("test", "sent", {"sent": 1})
    assert message["Subject"] == f"[TEST] {page.rendered().subject}"
    assert message["List-Unsubscribe"] == f"<{settings.SITE_URL}/d/essai>"
    assert subscription.token.encode() not in raw
    assert not Mailing.objects.of_issue(page.pk).exists()


def test_a_test_does_not_prevent_the_sending(settings: Settings):
    page = issue()
    readers(1)
    with Sink() as sink:
        settings.SMTP_URL = sink.url
        trials.send_test(page, ["moi@exemple.fr"])
    assert dispatch.start(page).counts()["total"] == 1


@pytest.mark.parametrize("addresses", [[], ["pas une adresse"], [f"a{n}@b.fr" for n in range(21)]])
def test_unusable_test_addresses_are_refused(addresses: list[str]):
    with pytest.raises(refusals.TestAddressError):
        trials.send_test(issue(), addresses)
    assert not Mailing.objects.exists()


def test_a_test_that_does_not_leave_is_said_and_never_tried_behind_our_back(settings: Settings):
    settings.SMTP_URL = f"smtp://127.0.0.1:{free_port()}"
    with pytest.raises(refusals.TestNotSentError, match=r"moi@exemple\.fr"):
        trials.send_test(issue(), ["moi@exemple.fr"])
    mailing = Mailing.objects.get()
    assert (mailing.state, counts(mailing)) == ("cancelled", {"skipped": 1})


def test_a_mailing_that_exists_is_named_even_without_a_relay(
    home: object, settings: object
) -> None:
    made = mailing_to(1)
    settings.SMTP_URL = ""
    with pytest.raises(dispatch.MailingExistsError, match=f"l'envoi {made.pk} "):
        dispatch.start(made.issue)


def test_after_a_cancel_nobody_in_a_worker_s_hands_is_forgotten(home: object):
    """Rows claimed and not begun come back: a new start waits until they have."""
    page = issue()
    readers(3)
    first = dispatch.start(page)
    claim_id = claimed(first, 3)
    cancel(first)
    with pytest.raises(dispatch.StillEndingError):
        dispatch.start(page)
    claims.drop(claim_id)
    wake()
    assert dispatch.start(page).counts()["pending"] == 3


def test_a_sender_that_smtp_can_not_carry_is_refused(home: object):
    page = issue()
    readers(1)
    type(page.bulletin).objects.update(sender_email="veille@crpv-é.example")
    with pytest.raises(dispatch.NoSenderError):
        dispatch.start(page)
    assert not Mailing.objects.exists()


def test_a_template_that_does_not_compile_stops_the_sending_whole(
    home: object, settings: Settings, tmp_path: Path
):
    page = issue()
    readers(1)
    broken = tmp_path / "newsletter/mail/issue.mjml"
    broken.parent.mkdir(parents=True)
    broken.write_text("<mjml>\n{% endfoo %}")
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].insert(0, tmp_path)
    settings.TEMPLATES = templates
    with pytest.raises(LetterError, match=r"Le gabarit .* est mal formé"):
        dispatch.start(page)
    assert not Mailing.objects.exists()
