"""Drafts that are prepared on their day: one, told, never sent."""

import threading
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from wagtail.models import Locale, Page

from home.models import HomePage
from newsletter import scheduling, tasks
from newsletter.models import Bulletin, Issue, Mailing
from newsletter.scheduling import assemble_due, proposed_numbers
from tests.factories import site_tree
from tests.newsletter.factories import issue
from tests.newsletter.scheduled import DAY, fill, letter_of, published
from tests.veille.factories import agenda_entry, notice


@pytest.fixture
def letter(home: HomePage) -> Bulletin:
    return letter_of(home)


@pytest.fixture
def due(home: HomePage, django_capture_on_commit_callbacks: Any) -> Any:
    def run(today: date = DAY) -> list[int]:
        with django_capture_on_commit_callbacks(execute=True):
            return assemble_due(today)

    return run


def moved_to(letter: Bulletin) -> date | None:
    letter.refresh_from_db()
    return letter.next_assembly_on


def test_the_draft_of_the_day_is_made_numbered_filled_and_not_sent(
    home: HomePage, letter: Bulletin, due: Any
) -> None:
    issue(letter, number=11)
    fill(home)
    agenda_entry(home, slug="rencontre", starts_on=date(2026, 12, 15))
    (issue_id,) = due()
    made = Issue.objects.get(pk=issue_id).get_latest_revision_as_object()
    assert (made.title, made.slug, made.number) == ("Veille de décembre 2026", "numero-12", 12)
    assert (made.kind, made.dated, made.live) == ("regular", "2026-12", False)
    held = [(b.value["title"], [x["page"].slug for x in b.value["items"]]) for b in made.rubrics]
    assert held == [("Le design", ["design"]), ("Les lieux", ["lieu"])]
    assert [block.value["page"].slug for block in made.agenda] == ["rencontre"]
    assert Mailing.objects.count() == 0
    assert moved_to(letter) == date(2027, 1, 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"next_assembly_on": date(2026, 12, 2)},
        {"assembles_on_schedule": False},
    ],
)
def test_before_its_day_or_unasked_nothing_happens(
    home: HomePage, due: Any, fields: dict[str, Any]
) -> None:
    letter_of(home, **fields)
    fill(home)
    assert due() == []
    assert (Issue.objects.count(), mail.outbox) == (0, [])


def test_an_unpublished_bulletin_is_left_alone(home: HomePage, letter: Bulletin, due: Any) -> None:
    fill(home)
    letter.unpublish()
    assert due() == []
    assert moved_to(letter) == DAY


def test_missed_weeks_are_caught_up_by_one_issue_dated_of_the_last(
    home: HomePage, due: Any
) -> None:
    letter = letter_of(home, rhythm="weekly", next_assembly_on=date(2026, 11, 2))
    fill(home)
    (issue_id,) = due(date(2026, 12, 2))
    made = Issue.objects.get(pk=issue_id)
    assert (made.title, made.dated) == ("Veille du 30 novembre 2026", "2026-11-30")
    assert moved_to(letter) == date(2026, 12, 7)


def test_the_same_morning_again_makes_nothing_more(
    home: HomePage, letter: Bulletin, due: Any
) -> None:
    fill(home)
    assert len(due()) == 1
    assert due() == []
    assert (Issue.objects.count(), len(mail.outbox)) == (1, 1)


def test_while_a_draft_is_open_no_other_is_made_and_the_editors_hear_once(
    home: HomePage, letter: Bulletin, due: Any
) -> None:
    open_draft = issue(letter, number=4, live=False, title="Novembre")
    fill(home)
    assert due() == []
    assert due() == []
    assert [made.pk for made in Issue.objects.all()] == [open_draft.pk]
    (message,) = mail.outbox
    assert message.subject == "En quelques clics\u00a0: le n°\u00a04 est encore ouvert"
    assert "2 pages vous y attendent." in message.body
    assert f"/numeros/{open_draft.pk}/" in message.body
    assert moved_to(letter) == date(2027, 1, 1)


@pytest.mark.parametrize("fields", [{"kind": "special"}, {"live": True}])
def test_a_special_draft_or_a_published_issue_is_no_open_draft(
    home: HomePage, letter: Bulletin, due: Any, fields: dict[str, Any]
) -> None:
    issue(letter, **{"live": False} | fields)
    fill(home)
    assert len(due()) == 1


def test_an_issue_withdrawn_after_its_sending_is_no_open_draft(
    home: HomePage, letter: Bulletin, due: Any
) -> None:
    sent = issue(letter, live=False)
    mailing = Mailing.objects.create(issue=sent, bulletin=letter, state="paused")
    fill(home)
    assert len(due()) == 1
    Issue.objects.exclude(pk=sent.pk).delete()
    Bulletin.objects.update(next_assembly_on=DAY)
    Mailing.objects.filter(pk=mailing.pk).update(state="cancelled")
    assert due() == []


def test_with_nothing_to_propose_there_is_no_draft_and_it_is_said(
    home: HomePage, letter: Bulletin, due: Any
) -> None:
    notice(home, slug="autre", published=published(11, 5))
    assert due() == []
    assert Issue.objects.count() == 0
    (message,) = mail.outbox
    assert message.subject == "En quelques clics\u00a0: rien à proposer cette fois"
    assert "Prochain assemblage\u00a0: le 01/01/2027." in message.body
    assert moved_to(letter) == date(2027, 1, 1)


def test_without_a_rhythm_once_is_all(home: HomePage, due: Any) -> None:
    letter = letter_of(home, rhythm="free")
    fill(home)
    assert len(due()) == 1
    letter.refresh_from_db()
    assert (letter.next_assembly_on, letter.assembles_on_schedule) == (None, False)


def test_the_form_shows_the_new_day_and_publishing_brings_no_old_one_back(
    home: HomePage, letter: Bulletin, due: Any
) -> None:
    fill(home)
    letter.tagline = "Nouvelle accroche"
    letter.save_revision()
    due()
    letter.refresh_from_db()
    shown = letter.get_latest_revision_as_object()
    assert (shown.next_assembly_on, shown.tagline) == (date(2027, 1, 1), "Nouvelle accroche")
    letter.get_latest_revision().publish()
    assert moved_to(letter) == date(2027, 1, 1)


def test_a_day_that_an_editor_has_changed_in_a_draft_is_left(
    home: HomePage, letter: Bulletin, due: Any
) -> None:
    fill(home)
    letter.next_assembly_on = date(2027, 3, 15)
    letter.save_revision()
    due()
    letter.refresh_from_db()
    assert letter.next_assembly_on == date(2027, 1, 1)
    assert letter.get_latest_revision_as_object().next_assembly_on == date(2027, 3, 15)


def test_one_bulletin_that_fails_holds_up_no_other(
    home: HomePage, letter: Bulletin, due: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    other = letter_of(home, slug="autre-lettre", title="Autre lettre")
    fill(home)
    true_fill = scheduling._fill

    def broken(made_for: Bulletin, day: date) -> Issue:
        if made_for.pk == letter.pk:
            raise ValidationError("impossible")
        return true_fill(made_for, day)

    monkeypatch.setattr(scheduling, "_fill", broken)
    assert [Issue.objects.get(pk=pk).bulletin_id for pk in due()] == [other.pk]
    assert moved_to(letter) == DAY
    assert f"assembly.failed bulletin={letter.pk}" in caplog.text


def test_the_task_prepares_the_drafts_of_today(
    home: HomePage, django_capture_on_commit_callbacks: Any
) -> None:
    letter_of(home, next_assembly_on=timezone.localdate())
    fill(home)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.assemble_due()
    assert Issue.objects.count() == 1


def test_numbers_are_proposed_by_kind_drafts_included(letter: Bulletin) -> None:
    assert proposed_numbers(letter) == {"regular": 1, "special": 1}
    issue(letter, number=7)
    issue(letter, number=2, kind="special", live=False)
    renumbered = issue(letter, number=8, live=False)
    renumbered.number = 9
    renumbered.save_revision()
    assert proposed_numbers(letter) == {"regular": 10, "special": 3}


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        (
            {"editors_addresses": "a@example.org\n\npas une adresse\n"},
            {
                "editors_addresses": [
                    "Ligne 3\u00a0: «\u00a0pas une adresse\u00a0» n'est pas une adresse valide."
                ]
            },
        ),
        (
            {"next_assembly_on": None},
            {"next_assembly_on": ["Donnez la date du prochain assemblage, ou décochez la case."]},
        ),
    ],
)
def test_a_bulletin_with_an_unusable_schedule_is_refused_in_words(
    letter: Bulletin, fields: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    for name, value in fields.items():
        setattr(letter, name, value)
    with pytest.raises(ValidationError) as refusal:
        letter.full_clean()
    assert refusal.value.message_dict == errors


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="one writer at a time in an SQLite memory"
)
def test_two_workers_at_once_make_one_draft() -> None:
    Locale.objects.get_or_create(language_code="fr")
    if not Page.objects.exists():
        Page.add_root(title="Root", slug="root")
    home = site_tree()
    letter_of(home)
    fill(home)
    gate = threading.Barrier(2)
    made: list[int] = []

    def run() -> None:
        gate.wait(10)
        made.extend(assemble_due(DAY))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(made) == 1
    assert Issue.objects.count() == 1
