"""The dates of the bulletin: their bounds, their French, and what is refused."""

from datetime import date, time

import pytest

from veille.dates import BadDateError, bounds, moment, month_of, printed

NBSP = "\u00a0"

DOCUMENTS = [
    ("2017", "2017", "2017-01-01", "2017-12-31"),
    ("2018-05", "mai 2018", "2018-05-01", "2018-05-31"),
    ("2016-02", "février 2016", "2016-02-01", "2016-02-29"),
    ("2018-23", "automne 2018", "2018-09-01", "2018-11-30"),
    ("2018-22", "été 2018", "2018-06-01", "2018-08-31"),
    ("2018-24", "hiver 2018", "2018-12-01", "2018-12-31"),
    ("2016-35", "3e trimestre 2016", "2016-07-01", "2016-09-30"),
    ("2016-33", "1er trimestre 2016", "2016-01-01", "2016-03-31"),
    ("2016-41", "2e semestre 2016", "2016-07-01", "2016-12-31"),
    ("2018-09-18", "18 septembre 2018", "2018-09-18", "2018-09-18"),
    ("2018-06-01", "1er juin 2018", "2018-06-01", "2018-06-01"),
    ("2017-05/2017-06", "mai-juin 2017", "2017-05-01", "2017-06-30"),
    ("2016-12/2017-01", "décembre 2016 – janvier 2017", "2016-12-01", "2017-01-31"),
    ("2016-12-13/2016-12-14", "13-14 décembre 2016", "2016-12-13", "2016-12-14"),
    ("2018-06-01/2018-06-03", "1er-3 juin 2018", "2018-06-01", "2018-06-03"),
    ("2018-10-15/2018-11-30", "15 octobre-30 novembre 2018", "2018-10-15", "2018-11-30"),
    ("2015/2018", "2015-2018", "2015-01-01", "2018-12-31"),
    ("2018-22/2018-23", "été-automne 2018", "2018-06-01", "2018-11-30"),
    ("2018?", "2018", "2018-01-01", "2018-12-31"),
    ("201X", "années 2010", "2010-01-01", "2019-12-31"),
    ("2018/2018", "2018", "2018-01-01", "2018-12-31"),
]


@pytest.mark.parametrize(("edtf", "french", "first", "last"), DOCUMENTS)
def test_a_date_has_two_bounds_and_its_french(
    edtf: str, french: str, first: str, last: str
) -> None:
    assert printed(edtf) == french
    assert bounds(edtf) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "text",
    [
        *("mai 2018", "4/2017", "2018/2", "3e trimestre 2016", "18", "18/09/2018"),
        *("2018-13", "2018-02-30", "2018-1", "2018-00", "2018-05-00", "[2016,2017]"),
        *("2018/", "/2018", "../2018", "2018/..", " 2018", "2018\n", "٢٠١٨", "0000-99"),
        *(
            "201\u0668",
            "\uff12\uff10\uff11\uff18",
            "2018-0\u0665",
            "2018/201\u0669",
            "2018-05-1\u0967",
        ),
        *("2018-05" * 40, "\x00", "-2018", "y20180000"),
    ],
)
def test_what_is_not_a_date_is_refused_by_name_in_french(text: str) -> None:
    with pytest.raises(BadDateError) as refusal:
        bounds(text)
    assert "n'est pas une date reconnue" in str(refusal.value)
    with pytest.raises(BadDateError):
        printed(text)


def test_an_interval_read_backwards_is_refused() -> None:
    with pytest.raises(BadDateError, match="finit avant de commencer"):
        bounds("2018-05-12/2018-05-01")


def test_no_date_prints_nothing_and_has_no_bounds() -> None:
    assert printed("") == ""
    with pytest.raises(BadDateError):
        bounds("")


def test_a_month_knows_its_last_day() -> None:
    assert month_of(date(2016, 2, 10)) == (date(2016, 2, 1), date(2016, 2, 29))


MOMENTS = [
    (("2018-11-23", None, "09:15", "12:45"), {}, "23 novembre 2018, de 9 h 15 à 12 h 45"),
    (("2018-11-23", "2018-11-23", "09:15", None), {}, "23 novembre 2018, à 9 h 15"),
    (("2018-11-19", "2018-11-25"), {}, "du 19 au 25 novembre 2018"),
    (("2018-11-05", "2018-11-06"), {}, "5 et 6 novembre 2018"),
    (("2018-11-07", "2018-11-09"), {}, "du 7 au 9 novembre 2018"),
    (("2018-10-15", "2018-11-30"), {}, "du 15 octobre au 30 novembre 2018"),
    (("2018-10-31", "2018-11-01"), {}, "du 31 octobre au 1er novembre 2018"),
    (("2018-12-29", "2019-01-04"), {}, "du 29 décembre 2018 au 4 janvier 2019"),
    (("2018-06-01", "2018-06-02"), {}, "1er et 2 juin 2018"),
    (("2019-01-05", "2019-01-06", "09:00", "17:00"), {}, "5 et 6 janvier 2019, de 9 h à 17 h"),
    (("2018-12-07",), {"is_deadline": True}, "jusqu'au 7 décembre 2018"),
    (("2018-12-07", None, "12:00"), {"is_deadline": True}, "jusqu'au 7 décembre 2018 à 12 h"),
    (("2018-11-03",), {"month_only": True}, "novembre 2018"),
    (("2017-06-01", "2017-11-01"), {"month_only": True}, "de juin à novembre 2017"),
    (("2017-10-01", "2018-01-01"), {"month_only": True}, "d'octobre 2017 à janvier 2018"),
]


@pytest.mark.parametrize(("given", "options", "words"), MOMENTS)
def test_a_moment_of_the_agenda_reads_as_in_the_bulletin(
    given: tuple, options: dict, words: str
) -> None:
    days = [date.fromisoformat(day) if day else None for day in given[:2]]
    days += [None] * (2 - len(days))
    hours = [time.fromisoformat(hour) if hour else None for hour in given[2:]]
    text = moment(*days, *hours, **options)
    assert text.replace(NBSP, " ") == words


def test_hours_never_part_from_their_letter() -> None:
    text = moment(date(2018, 11, 23), None, time(9, 15), time(12, 45))
    assert text.endswith(f"de 9{NBSP}h{NBSP}15 à 12{NBSP}h{NBSP}45")
