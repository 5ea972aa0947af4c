"""By what an issue selects: its own rules and periods, else its bulletin's."""

from datetime import date
from typing import Any

import pytest

from home.models import HomePage
from newsletter.models import Bulletin, Issue
from newsletter.rules import criteria_of, rule_blocks
from newsletter.selection import Period, Rule
from tests.newsletter.factories import bulletin
from tests.veille.factories import keyword, topic


@pytest.fixture
def letter(home: HomePage) -> Bulletin:
    topic("Design"), topic("Lieux"), keyword("Lieux"), keyword("Brouillon")
    return bulletin(
        home,
        standing_rubrics=rule_blocks([("Permanente", ("design",))]),
        featured_tag="une",
        discover_tag="plus",
    )


def draft(letter: Bulletin, **fields: Any) -> Issue:
    return Issue(bulletin=letter, title="Titre", **{"kind": "regular", "dated": "2018-10"} | fields)


def block(title: str = "R", **value: Any) -> dict[str, Any]:
    return {"type": "rubric", "value": {"title": title} | value}


def test_an_issue_without_rules_selects_by_its_bulletin_s(letter: Bulletin) -> None:
    criteria = criteria_of(draft(letter))
    assert criteria.rules == (Rule("Permanente", frozenset({"design"})),)
    assert (criteria.featured_tag, criteria.discover_tag) == ("une", "plus")
    assert criteria.lost == ()


def test_the_issue_s_own_words_come_before_the_bulletin_s(letter: Bulletin) -> None:
    rules = rule_blocks([("À elle", ("lieux",))])
    criteria = criteria_of(draft(letter, rules=rules, featured_tag="a", discover_tag="b"))
    assert [rule.title for rule in criteria.rules] == ["À elle"]
    assert (criteria.featured_tag, criteria.discover_tag) == ("a", "b")


def test_a_slug_names_the_topic_and_the_keyword_alike(letter: Bulletin) -> None:
    (raw,) = rule_blocks([("R", ("lieux", "inconnu"))])
    assert raw["value"] == {
        "title": "R",
        "topics": [topic("Lieux").pk],
        "keywords": [keyword("Lieux").pk],
    }
    (rule,) = criteria_of(draft(letter, rules=[raw])).rules
    assert rule.tags == {"lieux"}


def test_every_field_of_a_rule_is_read(letter: Bulletin) -> None:
    raw = block(
        "Tout",
        topics=[topic("Design").pk],
        keywords=[keyword("Lieux").pk],
        match="all",
        excluded_topics=[topic("Lieux").pk],
        excluded_keywords=[keyword("Brouillon").pk],
        entry_types=["notice", "agenda"],
        maximum=7,
        order="title",
    )
    assert criteria_of(draft(letter, rules=[raw])).rules == (
        Rule(
            "Tout",
            frozenset({"design", "lieux"}),
            every=True,
            excluded=frozenset({"lieux", "brouillon"}),
            collections=frozenset({"notice", "agenda"}),
            maximum=7,
            order="title",
        ),
    )


def test_a_renamed_topic_keeps_its_rule(letter: Bulletin) -> None:
    found = topic("Design")
    found.name = "Conception"
    found.save()
    fresh = Bulletin.objects.get(pk=letter.pk)
    assert criteria_of(draft(fresh)).rules[0].tags == {"design"}
    assert criteria_of(draft(fresh)).lost == ()


@pytest.mark.parametrize("where", ["topics", "excluded_topics"])
def test_a_deleted_topic_is_said_and_takes_nothing(letter: Bulletin, where: str) -> None:
    letter.standing_rubrics = [
        block("Perdue", **{where: [topic("Design").pk]}),
        block("Gardée", topics=[topic("Lieux").pk]),
    ]
    letter.save()
    topic("Design").delete()
    criteria = criteria_of(draft(Bulletin.objects.get(pk=letter.pk)))
    assert criteria.lost == ("Perdue",)
    assert [rule.tags for rule in criteria.rules] == [frozenset(), {"lieux"}]


def test_a_deleted_keyword_is_said_too(letter: Bulletin) -> None:
    letter.standing_rubrics = [block("Perdue", keywords=[keyword("Brouillon").pk])]
    letter.save()
    keyword("Brouillon").delete()
    assert criteria_of(draft(Bulletin.objects.get(pk=letter.pk))).lost == ("Perdue",)


def test_a_regular_issue_without_a_period_takes_the_bulletin_s(letter: Bulletin) -> None:
    letter.proposes_since = date(2018, 1, 1)
    own = {"published_from": date(2018, 5, 1)}
    assert criteria_of(draft(letter)).period == Period(date(2018, 1, 1), None)
    assert criteria_of(draft(letter, **own)).period == Period(date(2018, 5, 1), None)
    assert criteria_of(draft(letter, kind="special")).period == Period()


def test_a_regular_issue_announces_the_dates_of_the_weeks_to_come(letter: Bulletin) -> None:
    assert criteria_of(draft(letter)).agenda == Period(date(2018, 10, 1), date(2018, 11, 26))
    assert criteria_of(draft(letter, kind="special")).agenda is None
    assert criteria_of(draft(letter, dated="")).agenda is None
    own = draft(letter, kind="special", agenda_to=date(2018, 12, 31))
    assert criteria_of(own).agenda == Period(None, date(2018, 12, 31))
    letter.agenda_weeks = 0
    assert criteria_of(draft(letter)).agenda is None


def test_only_what_feeds_the_ledger_asks_it(letter: Bulletin) -> None:
    assert criteria_of(draft(letter)).uses_ledger
    assert not criteria_of(draft(letter, kind="special", feeds_ledger=False)).uses_ledger
