"""What the letter held before an upgrade says the same after it."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from home.models import Keyword, Topic
from newsletter.composer.proposing import composition_of
from newsletter.models import Bulletin, Issue, Subscriber
from newsletter.models.suppressions import Suppression
from newsletter.rules import criteria_of
from newsletter.selection import Period
from tests.factories import site_tree
from tests.newsletter.factories import bulletin, issue
from tests.veille.factories import keyword, notice, topic

pytestmark = pytest.mark.django_db(transaction=True)

SPEC = {
    "period": {"from": "2018-01-01", "to": "2018-12-31"},
    "agenda": {"from": "2018-11-01"},
    "featured": {"tag": "a-la-une"},
    "discover_tag": "a-decouvrir",
    "rubrics": [
        {"title": "Le design", "tags": ["design", "lieux"]},
        {"title": "Disparue", "tags": ["supprime"]},
    ],
}
# A list block holds bare values, or values with an id: both were stored.
KEYWORDS = ["Tiers-lieux", "Effacé", {"type": "item", "id": "k", "value": "Lieux"}]


@pytest.fixture(autouse=True)
def _end_where_the_code_is() -> Iterator[None]:
    yield
    upgrade()


def upgrade() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def go_back(name: str) -> Any:
    """The models as they were, the letter's tables migrated to `name`."""
    executor = MigrationExecutor(connection)
    target = [("newsletter", name)]
    executor.migrate(target)
    return executor.loader.project_state(target).apps


def standing() -> list[dict[str, Any]]:
    value = {"title": "Permanente", "topics": [], "keywords": KEYWORDS, "maximum": 3}
    return [{"type": "rubric", "id": "r", "value": value}]


def write_old(apps: Any, made: Issue, letter: Bulletin, spec: dict[str, Any] | None) -> None:
    """What the former version stored: on the row and in the latest revision."""
    revisions = apps.get_model("wagtailcore", "Revision").objects
    old_issue = apps.get_model("newsletter", "Issue").objects.filter(pk=made.pk)
    old_issue.update(spec=spec or {}, proposal={"proposed": [1, 2]})
    old_letter = apps.get_model("newsletter", "Bulletin").objects.filter(pk=letter.pk)
    old_letter.update(standing_rubrics=json.dumps(standing()))
    for page, content in (
        (made, {"spec": spec or {}, "proposal": {"proposed": [1, 2]}}),
        (letter, {"standing_rubrics": json.dumps(standing())}),
    ):
        revision = revisions.get(pk=page.latest_revision_id)
        new = ("rules", "published_from", "published_to", "agenda_from", "agenda_to")
        kept = {name: value for name, value in revision.content.items() if name not in new}
        revision.content = kept | content
        revision.save(update_fields=["content"])


def upgraded(spec: dict[str, Any] | None) -> tuple[Issue, Bulletin]:
    """An issue of one page and its bulletin, written by the former version, then upgraded."""
    home = site_tree()
    topic("Design"), keyword("Lieux"), keyword("Tiers-lieux")
    letter = bulletin(home)
    letter.save_revision()
    made = issue(letter, notice(home).pk, kind="special", live=False)
    letter.refresh_from_db(), made.refresh_from_db()
    apps = go_back("0001_initial")
    write_old(apps, made, letter, spec)
    upgrade()
    return Issue.objects.get(pk=made.pk), Bulletin.objects.get(pk=letter.pk)


def test_a_spec_becomes_rules_periods_and_tags_on_the_page_and_its_latest_version() -> None:
    row, _ = upgraded(SPEC)
    for made in (row, row.get_latest_revision_as_object()):
        criteria = criteria_of(made)
        assert [(rule.title, rule.tags) for rule in criteria.rules] == [
            ("Le design", {"design", "lieux"}),
            ("Disparue", frozenset()),
        ]
        assert criteria.period == Period(date(2018, 1, 1), date(2018, 12, 31))
        assert criteria.agenda == Period(date(2018, 11, 1), None)
        assert (criteria.featured_tag, criteria.discover_tag) == ("a-la-une", "a-decouvrir")
        first = made.rules[0].value
        assert [found.pk for found in first["topics"]] == [Topic.objects.get(slug="design").pk]
        assert [found.pk for found in first["keywords"]] == [Keyword.objects.get(slug="lieux").pk]
        assert made.proposal == {}
        assert len(composition_of(made).page_ids) == 1
    assert "spec" not in row.latest_revision.content


def test_the_names_of_keywords_become_their_ids_and_unknown_ones_are_left_out() -> None:
    _, row = upgraded(SPEC)
    expected = [Keyword.objects.get(name=name).pk for name in ("Tiers-lieux", "Lieux")]
    for letter in (row, row.get_latest_revision_as_object()):
        value = letter.standing_rubrics[0].value
        assert [found.pk for found in value["keywords"]] == expected
        assert (value["title"], value["maximum"], value["match"], value["order"]) == (
            "Permanente",
            3,
            "any",
            "date",
        )
        assert list(value["excluded_keywords"]) == []


def test_an_issue_that_was_written_by_hand_has_no_rules_of_its_own() -> None:
    row, _ = upgraded(None)
    for made in (row, row.get_latest_revision_as_object()):
        criteria = criteria_of(made)
        assert [rule.title for rule in criteria.rules] == ["Permanente"]
        assert (criteria.period, criteria.agenda) == (Period(), None)
        assert len(made.rules) == 0


def test_an_address_that_is_refused_now_stops_no_upgrade() -> None:
    """0.1 took quoted words: legal, and reached by nobody."""
    apps = go_back("0002_composer")
    people = apps.get_model("newsletter", "Subscriber").objects
    people.bulk_create([people.model(email=one) for one in ('"jean d"@exemple.fr', "b@exemple.fr")])
    upgrade()
    held = Suppression.objects.hash_of
    kept = dict(Subscriber.objects.values_list("email", "address_hash"))
    assert kept == {email: held(email) for email in ('"jean d"@exemple.fr', "b@exemple.fr")}
