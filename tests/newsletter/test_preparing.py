"""Asking for a sending: refused at once where it can be, prepared by a task, once, or cancelled
with its reason."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries, Settings
from wagtail.models import PageLogEntry

from newsletter.engine import dispatch
from newsletter.engine.refusals import MailingExistsError, NoReaderError, NotLiveError
from newsletter.models import Delivery, FrozenEdition, Issue, LedgerEntry, Mailing
from tests.newsletter.sending import issue, reader, readers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The bells that were rung."""
    bells: list[tuple[str, int]] = []
    monkeypatch.setattr("newsletter.engine.dispatch.ring", lambda pk: bells.append(("deliver", pk)))
    monkeypatch.setattr(
        "newsletter.engine.dispatch.ring_to_prepare", lambda pk: bells.append(("prepare", pk))
    )
    return bells


def test_a_request_freezes_nothing_and_rings_once_committed(
    rung: list[tuple[str, int]], django_capture_on_commit_callbacks: object
) -> None:
    readers(3)
    with django_capture_on_commit_callbacks(execute=True):
        mailing = dispatch.request(issue())
    assert (mailing.state, rung) == ("preparing", [("prepare", mailing.pk)])
    assert (Delivery.objects.count(), FrozenEdition.objects.count()) == (0, 0)


def test_what_was_asked_is_prepared_once_and_leaves(
    rung: list[tuple[str, int]], django_capture_on_commit_callbacks: object
) -> None:
    readers(3)
    mailing = dispatch.request(issue())
    with django_capture_on_commit_callbacks(execute=True):
        assert dispatch.prepare(mailing.pk)
        assert not dispatch.prepare(mailing.pk)
    mailing.refresh_from_db()
    assert (mailing.state, mailing.counts()["pending"]) == ("ready", 3)
    assert (mailing.contents.count(), FrozenEdition.objects.count()) == (1, 1)
    assert ("deliver", mailing.pk) in rung
    actions = PageLogEntry.objects.filter(action__startswith="newsletter.")
    assert list(actions.values_list("action", flat=True)) == ["newsletter.send"]


def test_a_later_date_is_kept_through_the_preparation() -> None:
    reader("a@exemple.fr")
    at = timezone.now() + timedelta(days=2)
    mailing = dispatch.request(issue(), at=at)
    dispatch.prepare(mailing.pk)
    mailing.refresh_from_db()
    assert (mailing.state, mailing.scheduled_at) == ("scheduled", at)


def test_what_can_be_refused_at_once_is_and_writes_nothing() -> None:
    with pytest.raises(NotLiveError):
        dispatch.request(issue(2, live=False))
    page = issue(3)
    with pytest.raises(NoReaderError):
        dispatch.request(page)
    reader("a@exemple.fr")
    mailing = dispatch.request(page)
    with pytest.raises(MailingExistsError, match=f"l'envoi {mailing.pk}"):
        dispatch.request(page)
    assert list(Mailing.objects.all()) == [mailing]


def test_an_issue_published_again_meanwhile_is_not_sent_in_either_version() -> None:
    reader("a@exemple.fr")
    page = issue()
    mailing = dispatch.request(page)
    again = Issue.objects.get(pk=page.pk)
    again.title = "Corrigé"
    again.save_revision().publish()
    assert not dispatch.prepare(mailing.pk)
    mailing.refresh_from_db()
    assert (mailing.state, Delivery.objects.count()) == ("cancelled", 0)
    assert mailing.note.startswith("Ce numéro vient d'être republié")
    entry = PageLogEntry.objects.get(action="newsletter.refuse")
    assert entry.message.startswith("Envoi refusé\u00a0: Ce numéro vient d'être republié")
    assert LedgerEntry.objects.count() == 0
    assert dispatch.request(Issue.objects.get(pk=page.pk)).state == "preparing"


def test_readers_who_all_left_meanwhile_cancel_it_with_the_reason() -> None:
    one = reader("a@exemple.fr")
    mailing = dispatch.request(issue())
    one.delete()
    assert not dispatch.prepare(mailing.pk)
    mailing.refresh_from_db()
    assert (mailing.state, mailing.note) == ("cancelled", dispatch.NOBODY)
    assert mailing.contents.count() == 0


def test_a_request_that_waited_too_long_is_not_sent(settings: Settings) -> None:
    reader("a@exemple.fr")
    mailing = dispatch.request(issue())
    late = timezone.now() - timedelta(hours=settings.LETTER_MAX_LATE_HOURS, minutes=1)
    Mailing.objects.filter(pk=mailing.pk).update(created_at=late)
    assert not dispatch.prepare(mailing.pk)
    mailing.refresh_from_db()
    assert (mailing.state, Delivery.objects.count()) == ("cancelled", 0)


def test_asking_costs_the_same_whatever_the_audience(
    django_assert_max_num_queries: DjangoAssertNumQueries,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    reader("premier@exemple.fr")
    dispatch.request(issue(1))  # what is read once a process is read
    first, second = issue(2), issue(3)
    with django_assert_max_num_queries(60) as asked:
        dispatch.request(first)
    readers(300)
    with django_assert_num_queries(len(asked)):
        dispatch.request(second)
