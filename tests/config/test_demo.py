"""The demo holds what the bulletin held, once each, in words of its own."""

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from config.demo import content
from home.models import Keyword, entry_models
from newsletter.assembling import assemble
from newsletter.models import Issue, Subscription, Suppression
from veille.models import AgendaEntry, Notice, Organisation, Person

pytestmark = pytest.mark.django_db
ITEMS, DISCOVER = [7, 5, 15, 12, 10, 7], [2, 3, 1, 0, 5, 4]
SEEDS = os.environ.get("SEEDS_DIR", "")
# Titles, names and references are facts; everything else must be ours.
FACTS = {"title", "subtitle", "mention", "slug", "name", "label", "url", "printed", "variants"}
FACTS |= {"official_number", "series"}


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """The whole demo and its assembled issue, loaded once for this module, then forgotten."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", stdout=StringIO(), stderr=StringIO())
        yield assemble(content.issue_spec())
        transaction.set_rollback(True)


def test_the_six_rubrics_hold_what_the_seed_holds(demo: dict[str, Any]) -> None:
    assert [len(rubric["items"]) for rubric in demo["rubrics"]] == ITEMS
    assert [len(rubric["discover"]) for rubric in demo["rubrics"]] == DISCOVER
    assert len(demo["agenda"]) == 5
    assert demo["featured"] == "/notices/design-innovation-audace-territoires/"
    assert demo["unplaced"]
    assert demo["warnings"] == []


def test_one_page_stands_twice_and_the_others_once(demo: dict[str, Any]) -> None:
    paths = [demo["featured"], *demo["agenda"]]
    for rubric in demo["rubrics"]:
        paths += rubric["items"] + rubric["discover"]
    assert (len(paths), len(set(paths))) == (77, 76)
    assert [path for path, times in Counter(paths).items() if times == 2] == [
        "/agenda/initiation-innovation-publique/"
    ]


def test_the_mail_is_light_enough_with_its_abstracts(demo: dict[str, Any]) -> None:
    assert 50_000 < demo["html_bytes"] <= 100_000
    rendered = Issue.objects.get(pk=demo["issue"])
    lines = list(rendered.get_latest_revision_as_object().document().lines)
    assert len(lines) == 77
    assert min(len(line.summary) for line in lines) > 60


def test_the_tags_of_the_rubrics_also_carry_other_pages(demo: dict[str, Any]) -> None:
    spec = content.issue_spec()
    placed = {p for r in demo["rubrics"] for p in r["items"] + r["discover"]}
    for rubric in spec["rubrics"]:
        carrying = {
            card.url
            for model in entry_models()
            for card in (page.card() for page in model.objects.listed().for_cards())
            if card.terms & set(rubric["tags"])
        }
        assert carrying - placed, rubric["title"]


def test_at_least_eight_pages_match_two_rubrics(demo: dict[str, Any]) -> None:
    tags = [set(rubric["tags"]) for rubric in content.issue_spec()["rubrics"]]
    pages = [p.card() for m in entry_models() for p in m.objects.listed().for_cards()]
    assert sum(sum(bool(card.terms & rubric) for rubric in tags) > 1 for card in pages) >= 8


def test_loading_again_changes_nothing(demo: dict[str, Any]) -> None:
    before = [(m, m.objects.count()) for m in [*entry_models(), Subscription, Keyword, Issue]]
    call_command("load_demo", stdout=StringIO(), stderr=StringIO())
    assert [(model, model.objects.count()) for model, _ in before] == before


def folded(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^a-z0-9]+", " ", "".join(c for c in bare if not unicodedata.combining(c)))


def test_one_body_has_one_record(demo: dict[str, Any]) -> None:
    holders: dict[str, set[int]] = {}
    for body in Organisation.objects.all():
        for form in body.own_names().splitlines():
            holders.setdefault(folded(form).strip(), set()).add(body.pk)
    assert [form for form, bodies in holders.items() if form and len(bodies) > 1] == []
    region = Organisation.objects.get(name__icontains="27e")
    assert "27ième Région" in region.variants
    assert Organisation.objects.get(acronym="SGMAP").becomes.acronym == "DITP"
    people = Counter(folded(f"{p.family_name} {p.given_name}") for p in Person.objects.all())
    assert [name for name, times in people.items() if times > 1] == []


def test_first_publications_lie_in_2018(demo: dict[str, Any]) -> None:
    placed = {p for r in demo["rubrics"] for p in r["items"] + r["discover"]}
    notices = [n for n in Notice.objects.all() if n.url in placed]
    assert len(notices) == 70
    assert {n.first_published_at.year for n in notices} == {2018}


def test_some_dates_are_still_to_come(demo: dict[str, Any]) -> None:
    assert AgendaEntry.objects.listed().upcoming().count() >= 5


def test_only_confirmed_readers_are_written_to(demo: dict[str, Any]) -> None:
    states = Counter(Subscription.objects.values_list("status", flat=True))
    assert states["confirmed"] - Suppression.objects.count() == 200
    assert states["pending"] > 0
    assert states["ended"] > 0
    domains = {s.subscriber.email.split("@")[1] for s in Subscription.objects.all()}
    assert domains == {"example.org", "example.com", "example.net"}


def every_text() -> Iterator[tuple[str, str]]:
    def walk(value: Any, where: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            for key, inner in value.items():
                if key not in FACTS:
                    yield from walk(inner, f"{where}/{key}")
        elif isinstance(value, list):
            for rank, inner in enumerate(value):
                yield from walk(inner, f"{where}[{rank}]")
        elif isinstance(value, str):
            yield where, value

    for file in sorted(content.DATA.glob("*.json")):
        yield from walk(content.facts(file.stem), file.stem)
    yield from walk(content.issue_spec()["intro"], "spec")


def runs(text: str) -> set[tuple[str, ...]]:
    words = folded(text).split()
    return {tuple(words[i : i + 8]) for i in range(len(words) - 7)}


@pytest.mark.skipif(not SEEDS, reason="SEEDS_DIR names no directory of source documents")
def test_no_run_of_eight_words_is_taken_from_the_seeds() -> None:
    seeds = [file.read_text("utf-8") for file in Path(SEEDS).glob("*.txt")]
    assert seeds
    theirs = set().union(*(runs(seed) for seed in seeds))
    taken = [(where, " ".join(run)) for where, text in every_text() for run in runs(text) & theirs]
    assert taken == []


def test_nobody_real_can_be_written_to_or_called() -> None:
    texts = [text for _, text in every_text()]
    mails = {m for text in texts for m in re.findall(r"[\w.+-]+@([\w.-]+)", text)}
    assert mails <= {"example.org", "example.com", "example.net"}
    phones = {p for text in texts for p in re.findall(r"\b0\d(?:[ .]\d\d){4}\b", text)}
    # 01 99 00 xx xx is kept by the regulator for works of fiction.
    assert all(phone.startswith("01 99 00") for phone in phones)
