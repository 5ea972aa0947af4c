"""From a spec to a draft: the contract of `assemble_issue`."""

import json
import threading
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from home.models import HomePage
from newsletter.assembling import assemble, outcome
from newsletter.errors import AlreadySentError, SpecError
from newsletter.models import Bulletin, Issue, LedgerEntry, Mailing
from tests.newsletter.factories import bulletin
from tests.veille.factories import agenda_entry, keyword, notice, topic

SPEC: dict[str, Any] = {
    "bulletin": "en-quelques-clics",
    "kind": "special",
    "number": 2,
    "date": "2018-10",
    "title": "Innovation publique",
    "rubrics": [
        {"title": "Le design", "tags": ["design"]},
        {"title": "Les lieux", "tags": ["lieux"]},
    ],
    "period": {"from": "2018-01-01", "to": "2018-12-31"},
}


def on(month: int, day: int = 1, year: int = 2018) -> datetime:
    return datetime(year, month, day, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def letter(home: HomePage) -> Bulletin:
    topic("Design"), topic("Lieux"), keyword("À découvrir"), keyword("À la une")
    return bulletin(home)


@pytest.fixture
def pages(home: HomePage, letter: Bulletin) -> dict[str, Any]:
    return {
        "design": notice(home, slug="design", topics=("Design",), published=on(3)),
        "both": notice(home, slug="both", topics=("Design", "Lieux"), published=on(4)),
        "box": notice(home, slug="box", topics=("Lieux",), tags=("À découvrir",), published=on(5)),
        "none": notice(home, slug="none", published=on(6)),
        "old": notice(home, slug="old", topics=("Design",), published=on(6, year=2017)),
        "draft": notice(home, slug="draft", topics=("Design",), published=on(6), live=False),
    }


def test_the_report_says_what_went_where(pages: dict[str, Any]) -> None:
    made = assemble(SPEC | {"discover_tag": "a-decouvrir"})
    assert (made["created"], made["status"]) == (True, "draft")
    assert made["path"] == "/bulletins/en-quelques-clics/hors-serie-2/"
    assert made["rubrics"] == [
        {"title": "Le design", "items": ["/notices/both/", "/notices/design/"], "discover": []},
        {"title": "Les lieux", "items": [], "discover": ["/notices/box/"]},
    ]
    assert made["unplaced"] == ["/notices/none/"]
    assert made["already_published"] == []
    assert 0 < made["html_bytes"] < 100_000


def test_the_draft_is_an_issue_that_nobody_sees_yet(pages: dict[str, Any]) -> None:
    issue = Issue.objects.get(pk=assemble(SPEC)["issue"])
    assert not issue.live
    assert (issue.number_label, issue.date_label) == ("Hors-Série #2", "octobre 2018")
    assert issue.get_latest_revision_as_object().rubrics[0].value["title"] == "Le design"


def test_twice_makes_one_issue_and_undoes_nothing(pages: dict[str, Any]) -> None:
    first = assemble(SPEC)
    issue = Issue.objects.get(pk=first["issue"])
    issue.title = "Titre d'un rédacteur"
    issue.rubrics.pop()
    issue.save_revision()
    again = assemble(SPEC)
    assert (again["issue"], again["created"]) == (first["issue"], False)
    assert [r["title"] for r in again["rubrics"]] == ["Le design"]
    assert issue.get_latest_revision_as_object().title == "Titre d'un rédacteur"
    assert Issue.objects.count() == 1


def test_a_sent_issue_is_named_and_left_alone(pages: dict[str, Any], letter: Bulletin) -> None:
    issue = Issue.objects.get(pk=assemble(SPEC)["issue"])
    Mailing.objects.create(issue=issue, bulletin=letter)
    with pytest.raises(AlreadySentError, match="hors-serie-2"):
        assemble(SPEC)


def test_the_agenda_is_taken_by_its_own_dates_in_order(home: HomePage, letter: Bulletin) -> None:
    agenda_entry(home, slug="b", starts_on=date(2018, 11, 19), ends_on=date(2018, 11, 25))
    agenda_entry(home, slug="a", starts_on=date(2018, 11, 5))
    agenda_entry(home, slug="c", kind="deadline", starts_on=date(2018, 12, 7))
    agenda_entry(home, slug="late", starts_on=date(2019, 1, 7))
    made = assemble(SPEC | {"agenda": {"from": "2018-11-01", "to": "2018-12-31"}})
    assert made["agenda"] == ["/agenda/a/", "/agenda/b/", "/agenda/c/"]


def test_a_rubric_that_takes_nothing_is_said_and_kept(letter: Bulletin) -> None:
    made = assemble(SPEC)
    assert [r["title"] for r in made["rubrics"]] == ["Le design", "Les lieux"]
    assert "La rubrique «\u00a0Le design\u00a0» ne retient aucune page." in made["warnings"]


def test_what_a_regular_issue_has_carried_is_not_proposed_again(pages: dict[str, Any]) -> None:
    regular = SPEC | {"kind": "regular", "number": 1}
    first = Issue.objects.get(pk=assemble(regular)["issue"])
    first.get_latest_revision().publish()
    assert LedgerEntry.objects.filter(issue=first).count() == 3
    second = assemble(regular | {"number": 2})
    assert [r["items"] for r in second["rubrics"]] == [[], []]
    assert {row["path"] for row in second["already_published"]} == {
        "/notices/design/",
        "/notices/both/",
        "/notices/box/",
    }
    assert {row["in"] for row in second["already_published"]} == {first.url}


def test_a_special_issue_leaves_the_ledger_alone(pages: dict[str, Any]) -> None:
    special = Issue.objects.get(pk=assemble(SPEC)["issue"])
    special.get_latest_revision().publish()
    assert LedgerEntry.objects.count() == 0
    assert assemble(SPEC | {"number": 3})["already_published"] == []
    asked = Issue.objects.get(pk=assemble(SPEC | {"number": 4, "ledger": True})["issue"])
    asked.get_latest_revision().publish()
    assert LedgerEntry.objects.count() == 3


def test_a_corrected_page_does_not_come_back(pages: dict[str, Any]) -> None:
    regular = SPEC | {"kind": "regular", "number": 1}
    Issue.objects.get(pk=assemble(regular)["issue"]).get_latest_revision().publish()
    pages["design"].title = "Coquille corrigée"
    pages["design"].save_revision().publish()
    assert assemble(regular | {"number": 2})["rubrics"][0]["items"] == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bulletin": "inconnu"}, "Bulletin inconnu\u00a0: «\u00a0inconnu\u00a0»."),
        (
            {"rubrics": [{"title": "A", "tags": ["inexistant"]}]},
            "Thème ou mot-clé inconnu\u00a0: «\u00a0inexistant\u00a0».",
        ),
        ({"partners": ["FNAU"]}, "Partenaire inconnu de ce bulletin\u00a0: «\u00a0FNAU\u00a0»."),
        ({"rubrics": None}, "rubriques permanentes"),
        ({"inconnu": 1}, "Champ inconnu"),
    ],
)
def test_an_unusable_spec_writes_nothing(
    letter: Bulletin, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(SpecError) as caught:
        assemble(SPEC | change)
    assert words in str(caught.value)
    assert Issue.objects.count() == 0
    assert outcome(SPEC | change)["unusable"] is True


def test_an_introduction_loses_what_is_not_allowed(letter: Bulletin) -> None:
    made = assemble(SPEC | {"intro": "<p>Un <b>mot</b><script>x()</script></p><h1>Non</h1>"})
    introduction = Issue.objects.get(pk=made["issue"]).introduction
    assert "<script" not in introduction
    assert "<h1" not in introduction
    assert "<b>mot</b>" in introduction


def test_the_number_of_queries_does_not_grow_with_the_pages(
    home: HomePage, letter: Bulletin, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        notice(home, topics=("Design",), published=on(3))
    assemble(SPEC)
    few = queries_of(lambda: assemble(SPEC | {"number": 3}))
    for _ in range(20):
        notice(home, topics=("Design",), published=on(3))
    assert queries_of(lambda: assemble(SPEC | {"number": 4})) <= few + 2


def queries_of(act: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return sum("search" not in q["sql"] and "referenceindex" not in q["sql"] for q in captured)


def run(spec: Any, tmp_path: Path, *options: str) -> dict[str, Any]:
    file, out = tmp_path / "spec.json", StringIO()
    file.write_text(spec if isinstance(spec, str) else json.dumps(spec), "utf-8")
    call_command("assemble_issue", str(file), *options, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


@pytest.fixture(autouse=True)
def no_borrowed_worker(settings: Any) -> None:
    """The suite runs tasks in the process; the real worker has a flow of its own."""
    settings.WORKER_FOR_COMMANDS = ""
    settings.CELERY_TASK_STORE_EAGER_RESULT = False


def test_the_command_prints_one_json_object(pages: dict[str, Any], tmp_path: Path) -> None:
    made = run(SPEC, tmp_path, "--wait", "--json")
    assert made["issue"] == Issue.objects.get().pk
    assert run(SPEC, tmp_path, "--json").keys() == {"task"}


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("{", "JSON invalide, ligne 1, colonne 2"),
        (SPEC | {"number": -1}, "number"),
        (SPEC | {"bulletin": "inconnu"}, "Bulletin inconnu"),
    ],
)
def test_the_command_refuses_what_is_unusable_with_code_two(
    letter: Bulletin, tmp_path: Path, spec: Any, words: str
) -> None:
    with pytest.raises(CommandError, match=words) as caught:
        run(spec, tmp_path, "--wait", "--json")
    assert caught.value.returncode == 2


def test_the_command_refuses_a_sent_issue_with_code_one(letter: Bulletin, tmp_path: Path) -> None:
    issue = Issue.objects.get(pk=assemble(SPEC)["issue"])
    Mailing.objects.create(issue=issue, bulletin=letter)
    with pytest.raises(CommandError, match="hors-serie-2") as caught:
        run(SPEC, tmp_path, "--wait")
    assert caught.value.returncode == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("sqlite" in connection.vendor, reason="SQLite in memory has one connection")
def test_twice_at_once_makes_one_issue(home: HomePage) -> None:
    topic("Design"), topic("Lieux")
    bulletin(home)
    results: list[dict[str, Any]] = []

    def act() -> None:
        try:
            results.append(assemble(SPEC))
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result["created"] for result in results) == [False, True]
    assert len({result["issue"] for result in results}) == 1
