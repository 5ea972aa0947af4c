"""The agenda: what a date covers, when it is over, what overlaps a period."""

import uuid
from datetime import date, time

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from home.cards import citation_text
from home.models import HomePage
from tests.veille.factories import agenda_entry, agenda_index, organisation
from veille.models import AgendaEntry, AgendaLink, AgendaOrganiser

NBSP = "\u00a0"


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.fixture
def season(home: HomePage) -> dict[str, AgendaEntry]:
    """The five dates of the Hors-Série, a month-only session, a draft."""
    dates = {
        "lille": {"starts_on": day("2018-11-05"), "ends_on": day("2018-11-06")},
        "fnau": {"starts_on": day("2018-11-07"), "ends_on": day("2018-11-09")},
        "week": {
            "kind": "period",
            "starts_on": day("2018-11-19"),
            "ends_on": day("2018-11-25"),
        },
        "initiation": {
            "starts_on": day("2018-11-23"),
            "start_time": time(9, 15),
            "end_time": time(12, 45),
        },
        "call": {"kind": "deadline", "starts_on": day("2018-12-07")},
        "session": {"kind": "session", "starts_on": day("2019-01-20"), "month_only": True},
    }
    made = {name: agenda_entry(home, title=name, **facts) for name, facts in dates.items()}
    made["draft"] = agenda_entry(home, title="draft", starts_on=day("2018-11-08"), live=False)
    return made


def overlapping(first: str, last: str) -> list[str]:
    found = AgendaEntry.objects.listed().overlapping(day(first), day(last))
    return [entry.title for entry in found]


@pytest.mark.parametrize(
    ("first", "last", "titles"),
    [
        ("2018-11-01", "2018-12-31", ["lille", "fnau", "week", "initiation", "call"]),
        ("2018-11-06", "2018-11-07", ["lille", "fnau"]),
        ("2018-11-10", "2018-11-18", []),
        ("2018-11-25", "2018-11-30", ["week"]),
        ("2018-11-26", "2018-12-06", []),
        ("2018-12-07", "2018-12-07", ["call"]),
        ("2018-12-08", "2018-12-31", []),
        ("2019-01-01", "2019-01-05", ["session"]),
        ("2019-01-31", "2019-02-10", ["session"]),
        ("2019-02-01", "2019-02-28", []),
        ("2018-12-31", "2018-11-01", []),
    ],
)
def test_what_has_a_day_in_common_is_taken_in_date_order(
    season: dict, first: str, last: str, titles: list[str]
) -> None:
    """A deadline by its date, a month-only session by any day of its month, a draft never."""
    assert overlapping(first, last) == titles


@pytest.mark.parametrize(
    ("today", "coming", "over"),
    [
        ("2018-11-06", 6, []),
        ("2018-11-07", 5, ["lille"]),
        ("2018-12-07", 2, ["week", "initiation", "fnau", "lille"]),
        ("2018-12-08", 1, ["call", "week", "initiation", "fnau", "lille"]),
        ("2019-01-31", 1, ["call", "week", "initiation", "fnau", "lille"]),
        ("2019-02-01", 0, ["session", "call", "week", "initiation", "fnau", "lille"]),
    ],
)
def test_a_date_is_over_the_day_after_its_last(
    season: dict, today: str, coming: int, over: list[str]
) -> None:
    listed = AgendaEntry.objects.listed()
    assert listed.upcoming(day(today)).count() == coming
    past = [entry.title for entry in listed.past(day(today))]
    assert past == over


def test_hours_order_the_dates_of_one_day(home: HomePage) -> None:
    for title, start in (("soir", time(18)), ("journée", None), ("matin", time(9))):
        agenda_entry(home, title=title, starts_on=day("2018-11-05"), start_time=start)
    assert overlapping("2018-11-05", "2018-11-05") == ["journée", "matin", "soir"]


def test_when_tells_the_block_and_the_words(season: dict) -> None:
    when = season["initiation"].when()
    assert (when.day, when.month, when.year) == ("23", "nov.", "2018")
    assert when.text.replace(NBSP, " ") == "23 novembre 2018, de 9 h 15 à 12 h 45"
    assert (when.status, when.status_label, when.is_deadline) == ("confirmed", "Confirmé", False)


def test_a_deadline_says_until(season: dict) -> None:
    when = season["call"].when()
    assert (when.text, when.is_deadline) == ("jusqu'au 7 décembre 2018", True)
    assert when.starts_on == when.ends_on == day("2018-12-07")


def test_a_month_only_date_has_no_day_and_covers_the_month(season: dict) -> None:
    when = season["session"].when()
    assert (when.day, when.month, when.text) == ("", "janv.", "janvier 2019")
    assert (when.starts_on, when.ends_on) == (day("2019-01-01"), day("2019-01-31"))


def test_an_undated_draft_has_no_moment(home: HomePage) -> None:
    draft = AgendaEntry(title="À dater")
    assert (draft.covered(), draft.when(), draft.sort_date()) == (None, None, None)
    with pytest.raises(ValidationError) as refusal:
        agenda_index(home).add_child(instance=draft)
    assert set(refusal.value.message_dict) == {"starts_on"}


@pytest.mark.parametrize(
    "fields",
    [
        {"starts_on": "2018-11-06", "ends_on": "2018-11-05"},
        {"end_time": "12:00"},
        {"start_time": "12:00", "end_time": "09:00"},
        {"start_time": "12:00", "end_time": "12:00"},
        {"ends_on": "2018-11-05", "start_time": "12:00", "end_time": "09:00"},
        {"month_only": True, "start_time": "12:00"},
        {"kind": "deadline", "ends_on": "2018-11-30"},
        {"date_max": None},
        {"date_max": "2018-01-01"},
    ],
)
def test_the_database_refuses_an_impossible_moment(home: HomePage, fields: dict) -> None:
    entry = agenda_entry(home, starts_on=day("2018-11-05"))
    with pytest.raises(IntegrityError), transaction.atomic():
        AgendaEntry.objects.filter(pk=entry.pk).update(**fields)


def test_hours_may_run_past_midnight_over_two_days(home: HomePage) -> None:
    entry = agenda_entry(
        home,
        starts_on=day("2018-11-05"),
        ends_on=day("2018-11-06"),
        start_time=time(14),
        end_time=time(9),
    )
    assert AgendaEntry.objects.get(pk=entry.pk).end_time == time(9)


def test_a_calendar_is_told_of_a_new_moment_and_of_nothing_else(home: HomePage) -> None:
    entry = agenda_entry(home, starts_on=day("2018-11-05"))
    uid, before = entry.uid, entry.sequence
    entry.title = "Un autre titre"
    entry.save_revision().publish()
    entry.refresh_from_db()
    assert (entry.uid, entry.sequence) == (uid, before)
    entry.starts_on = day("2018-11-12")
    entry.save_revision().publish()
    entry.refresh_from_db()
    assert (entry.uid, entry.sequence) == (uid, before + 1)
    entry.status = "cancelled"
    entry.save_revision().publish()
    entry.refresh_from_db()
    assert entry.sequence == before + 2


def test_a_copy_is_another_event(home: HomePage) -> None:
    entry = agenda_entry(home, starts_on=day("2018-11-05"))
    twin = entry.copy(update_attrs={"slug": "jumelle"})
    assert isinstance(twin.uid, uuid.UUID)
    assert twin.uid != entry.uid


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"place": "Lab110bis, Paris 7e", "city": "Paris"}, "Lab110bis, Paris 7e"),
        ({"place": "Médiathèque", "city": "Lille"}, "Médiathèque, Lille"),
        ({"city": "Lille", "is_online": True}, "Lille"),
        ({"nationwide": True}, "dans toute la France"),
        ({"is_online": True}, "à distance"),
        ({}, ""),
    ],
)
def test_where_says_a_city_once(db: None, fields: dict, where: str) -> None:
    assert AgendaEntry(**fields).where() == where


def test_the_line_names_organisers_as_printed_and_the_place(home: HomePage) -> None:
    entry = agenda_entry(home, nationwide=True)
    ditp = organisation("Direction de la transformation publique", acronym="DITP")
    entry.organisers = [AgendaOrganiser(organisation=ditp, printed_as="DITP")]
    entry.save()
    assert citation_text(entry.citation()) == "DITP. Dans toute la France"
    assert citation_text(AgendaEntry(title="Seule").citation()) == ""
    assert "Direction de la transformation publique" in entry.search_text().names


def test_the_database_refuses_a_link_without_address_and_a_body_twice(home: HomePage) -> None:
    entry, mel = agenda_entry(home), organisation("MEL")
    AgendaOrganiser.objects.create(entry=entry, organisation=mel)
    for model, fields in (
        (AgendaOrganiser, {"organisation": mel}),
        (AgendaLink, {"label": "Programme"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(entry=entry, **fields)


def test_the_home_page_takes_what_comes(home: HomePage) -> None:
    soon = agenda_entry(home, starts_on=timezone.localdate())
    agenda_entry(home, starts_on=day("2018-11-05"))
    assert list(AgendaEntry.objects.listed().upcoming()) == [soon]
