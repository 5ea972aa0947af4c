"""What a person types before a sending, and what is refused in words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from newsletter.sending_forms import ScheduleForm, TestForm


def errors_of(form: TestForm | ScheduleForm) -> dict[str, list[str]]:
    assert not form.is_valid()
    return dict(form.errors)


def scheduled(day: str, time: str) -> ScheduleForm:
    return ScheduleForm({"day": day, "time": time})


def test_addresses_are_separated_by_commas_semicolons_spaces_or_lines_each_once() -> None:
    form = TestForm({"addresses": "A@Example.org, b@example.org;\nc@example.org a@example.org\n"})
    assert form.is_valid()
    assert form.cleaned_data["addresses"] == ["a@example.org", "b@example.org", "c@example.org"]


def test_the_address_that_is_not_one_is_named() -> None:
    form = TestForm({"addresses": "a@example.org, pas-une-adresse"})
    words = "«\u00a0pas-une-adresse\u00a0» n'est pas une adresse électronique."
    assert errors_of(form) == {"addresses": [words]}


def test_twenty_addresses_pass_and_twenty_one_do_not() -> None:
    some = [f"lecteur{n}@example.org" for n in range(21)]
    assert TestForm({"addresses": ",".join(some[:20])}).is_valid()
    words = "Un essai part vers 20 adresses au plus\u00a0; vous en avez donné 21."
    assert errors_of(TestForm({"addresses": ",".join(some)})) == {"addresses": [words]}


@pytest.mark.parametrize("text", [" , ;\n", ""])
def test_no_address_is_refused(text: str) -> None:
    assert list(errors_of(TestForm({"addresses": text}))) == ["addresses"]


def test_a_moment_is_of_paris_whatever_the_person_s_own_time_zone() -> None:
    day = timezone.localdate() + timedelta(days=40)
    with timezone.override("America/Cayenne"):
        form = scheduled(day.isoformat(), "09:30")
        assert form.is_valid()
        at = form.cleaned_data["at"]
    local = at.astimezone(timezone.get_default_timezone())
    assert (local.date(), local.hour, local.minute) == (day, 9, 30)


@pytest.mark.parametrize(("days", "field"), [(-1, "day"), (0, "time")])
def test_the_past_is_refused(days: int, field: str) -> None:
    day = timezone.localdate() + timedelta(days=days)
    assert errors_of(scheduled(day.isoformat(), "00:00")) == {field: ["Ce moment est passé."]}


def test_more_than_a_year_ahead_is_refused() -> None:
    today = timezone.localdate()
    assert scheduled((today + timedelta(days=364)).isoformat(), "12:00").is_valid()
    words = "Un envoi se programme un an à l'avance au plus."
    late = scheduled((today + timedelta(days=367)).isoformat(), "12:00")
    assert errors_of(late) == {"day": [words]}


def last_sunday(year: int, month: int) -> date:
    end = date(year, month, 31)
    return end - timedelta(days=(end.weekday() + 1) % 7)


@pytest.mark.parametrize("month", [3, 10])
def test_the_hour_that_summer_time_drops_or_doubles_is_refused(month: int) -> None:
    now = datetime.now(UTC)
    day = last_sunday(now.year, month)
    if day <= now.date():
        day = last_sunday(now.year + 1, month)
    words = "Cette heure n'existe pas ce jour-là, ou existe deux fois."
    assert errors_of(scheduled(day.isoformat(), "02:30")) == {"time": [words]}


@pytest.mark.parametrize(
    ("day", "time", "field"),
    [("", "09:00", "day"), ("2099-02-30", "09:00", "day"), ("x", "", "time")],
)
def test_what_is_not_a_moment_is_refused(day: str, time: str, field: str) -> None:
    assert field in errors_of(scheduled(day, time))
