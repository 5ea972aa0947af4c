"""What the board shows of pages that changed or vanished, and what it costs."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from home.models import HomePage, Topic, User
from newsletter.composer import board as board_module
from newsletter.composer.board import ASIDE_MOST, ASIDE_SHOWN, PROPOSED_SHOWN, Board, board_of
from newsletter.models import Bulletin, Issue
from newsletter.rules import rule_blocks
from tests.newsletter.composer.desk import composer, do, editor, now, post
from tests.newsletter.composer.samples import card
from tests.newsletter.factories import bulletin, issue, rubric
from tests.veille.factories import notice, topic


@pytest.fixture
def claire(home: HomePage, client: Client) -> User:
    user = editor(home, "claire", first_name="Claire", last_name="Petit")
    client.force_login(user)
    return user


@pytest.fixture
def letter(home: HomePage) -> Bulletin:
    topic("Design"), topic("Lieux")
    return bulletin(home)


def draft(letter: Bulletin, *page_ids: int, **fields: Any) -> Issue:
    """A draft whose rules are one rubric for each of two topics."""
    values = {"rubrics": [rubric("Le design", *page_ids), rubric("Les lieux")]} | fields
    values.setdefault("rules", rule_blocks([("Le design", ("design",)), ("Les lieux", ("lieux",))]))
    return issue(letter, live=False, **values)


def board(made: Issue, **options: Any) -> Board:
    return board_of(Issue.objects.get(pk=made.pk).get_latest_revision_as_object(), **options)


def pile(found: Board, key: str) -> Any:
    return next(pile for pile in found.piles if pile.key == key)


def html(client: Client, made: Issue) -> str:
    return client.get(composer(made, "newsletter_composer_board")).json()["html"]


def test_a_deleted_page_is_said_and_its_line_can_be_taken_away(
    home: HomePage, letter: Bulletin, claire: User, client: Client
) -> None:
    kept, gone = notice(home), notice(home)
    made = draft(letter, kept.pk, gone.pk)
    gone.delete()
    row = board(made).parts[0].items[1]
    assert (row.title, row.problem, row.card) == ("Page supprimée", "Page supprimée", None)
    assert "Page supprimée" in html(client, made)
    answer = post(client, made, "rejeter", page=gone.pk)
    words = "Cette page n'existe plus\u00a0: retirez sa ligne."
    assert (answer.status_code, answer.json()["message"]) == (422, words)
    answer = post(client, made, "retirer", item=row.item.id)
    assert answer.json()["message"] == "«\u00a0page supprimée\u00a0» retirée"
    assert "Page supprimée" not in answer.json()["html"]
    assert now(made).page_ids == {kept.pk}


def test_a_page_withdrawn_since_is_flagged_with_its_title(
    home: HomePage, letter: Bulletin, claire: User, client: Client
) -> None:
    page = notice(home, title="Retirée depuis")
    made = draft(letter, page.pk)
    assert board(made).parts[0].items[0].problem == ""
    page.unpublish()
    row = board(made).parts[0].items[0]
    assert (row.title, row.problem) == ("Retirée depuis", "Page non publiée ou privée")
    assert "Page non publiée ou privée" in html(client, made)


def test_a_rule_that_cites_a_deleted_topic_is_named(
    home: HomePage, letter: Bulletin, claire: User, client: Client
) -> None:
    made = draft(letter)
    notice(home, topics=("Design",))
    assert board(made).lost == ()
    Topic.objects.get(slug="design").delete()
    found = board(made)
    assert (found.lost, found.proposed_count) == (("Le design",), 0)
    assert "Une règle cite un thème ou un mot-clé supprimé : Le design." in html(client, made)


def test_a_renamed_topic_goes_on_selecting(home: HomePage, letter: Bulletin) -> None:
    made = draft(letter)
    page = notice(home, topics=("Design",))
    renamed = Topic.objects.get(slug="design")
    renamed.name = "Conception"
    renamed.save()
    (group,) = board(made).groups
    assert [(p.card.page_id, p.why[0].name) for p in group.proposed] == [(page.pk, "Conception")]


def test_two_open_drafts_that_want_the_same_page_say_so(home: HomePage, letter: Bulletin) -> None:
    page = notice(home, topics=("Design",))
    draft(letter, page.pk)
    other = draft(letter, number=2, slug="numero-2")
    (found,) = board(other).groups[0].proposed
    assert (found.card.page_id, found.notes) == (page.pk, ("déjà dans le brouillon n°\u00a01",))


def test_what_was_carried_names_the_issue(home: HomePage, letter: Bulletin) -> None:
    page = notice(home, topics=("Design",))
    issue(letter, page.pk, number=1)
    made = draft(letter, number=2, slug="numero-2")
    notes = [found for _, found in pile(board(made), "parues").rows]
    assert notes == [("déjà paru dans le n°\u00a01",)]
    assert board(made).proposed_count == 0


def test_a_group_goes_to_the_rubric_of_its_rule_even_renamed_or_removed(
    home: HomePage, letter: Bulletin, claire: User
) -> None:
    made = draft(letter)
    page = notice(home, topics=("Design",))
    home_id = now(made).parts[0].id
    assert [(g.title, g.place) for g in board(made).groups] == [("Le design", home_id)]
    do(made, claire, "supprimer-rubrique", part=home_id)
    assert [(g.title, g.place) for g in board(made).groups] == [("Le design", "nouvelle")]
    do(made, claire, "accepter", page=page.pk)
    remade = now(made).parts[-1]
    assert (remade.title, now(made).choices.homes) == ("Le design", {"Le design": remade.id})
    do(made, claire, "reecrire-rubrique", part=remade.id, titre="Concevoir")
    notice(home, topics=("Design",))
    assert [(g.title, g.place) for g in board(made).groups] == [("Concevoir", remade.id)]


def test_accepting_all_places_each_page_by_its_rule_and_order(
    home: HomePage, letter: Bulletin, claire: User
) -> None:
    rules = rule_blocks([("Le design", ("design",)), ("Les lieux", ("lieux",))])
    rules[0]["value"]["order"] = "title"
    made = draft(letter, notice(home, title="Milieu", topics=("Design",)).pk, rules=rules)
    for title in ("Zoé", "Abri"):
        notice(home, title=title, topics=("Design",))
    notice(home, title="Un lieu", topics=("Lieux",))
    assert do(made, claire, "tout-accepter", regle="Le design") == "2 pages acceptées"
    names = [row.title for row in board(made).parts[0].items]
    assert names == ["Abri", "Milieu", "Zoé"]
    assert do(made, claire, "tout-accepter") == "1 page acceptée"
    assert [row.title for row in board(made).parts[1].items] == ["Un lieu"]


def queries(made: Issue) -> int:
    with CaptureQueriesContext(connection) as captured:
        board(made)
    return len(captured)


def test_the_cost_of_the_board_does_not_grow(home: HomePage, letter: Bulletin) -> None:
    lines = [notice(home, topics=("Design",), tags=("mot",)).pk for _ in range(12)]
    few = draft(letter, *lines[:2])
    many = draft(letter, *lines, number=2, slug="numero-2")
    notice(home, topics=("Lieux",)), notice(home, topics=("Lieux",))
    queries(few)
    cost = queries(few)
    assert cost <= 40
    assert queries(many) == cost
    for _ in range(10):
        notice(home, topics=("Lieux",), tags=("mot",))
    assert (queries(few), queries(many)) == (cost, cost)


def test_two_thousand_candidates_are_cut_and_said(
    letter: Bulletin, claire: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = draft(letter, published_from=date(2018, 1, 1))
    cards = [card(10_000 + n, "design", title=f"Titre {n:05}") for n in range(1000)]
    cards += [card(20_000 + n, "autre", title=f"Titre {n:05}") for n in range(1000)]
    monkeypatch.setattr(board_module, "brief_cards", lambda: cards)
    found = board(made)
    assert (found.proposed_count, found.proposed_hidden) == (1000, 1000 - PROPOSED_SHOWN)
    assert sum(len(group.proposed) for group in found.groups) == PROPOSED_SHOWN
    aside = pile(found, "sans-rubrique")
    assert (aside.count, len(aside.rows), aside.hidden) == (1000, ASIDE_SHOWN, 1000 - ASIDE_SHOWN)
    assert len(pile(board(made, shown="sans-rubrique"), "sans-rubrique").rows) == ASIDE_MOST
    drawn = html(client, made)
    assert "Et 900 autres" in drawn
    assert "Voir aussi les 980 autres" in drawn
    assert len(drawn) < 1_000_000


def test_who_else_is_here_is_told_and_whether_they_saved(
    home: HomePage, letter: Bulletin, claire: User, client: Client
) -> None:
    made, paul = draft(letter), editor(home, "paul", first_name="Paul", last_name="Roy")
    session = client.get(composer(made)).context["session"]
    address = composer(made, "newsletter_composer_state")
    before = client.get(address, {"session": session}).json()
    assert before["others"] == []
    other = Client()
    other.force_login(paul)
    assert other.get(composer(made)).context["others"] == ["Claire Petit"]
    assert client.get(address, {"session": session}).json()["others"] == ["Paul Roy"]
    do(made, paul, "ajouter-rubrique", titre="Neuve")
    after = client.get(address, {"session": session}).json()
    assert (after["by"], after["version"] != before["version"]) == ("Paul Roy", True)


@pytest.mark.parametrize("session", ["", "abc", "-1", "²", "9" * 40])
def test_a_session_that_is_none_is_no_error(
    letter: Bulletin, claire: User, client: Client, session: str
) -> None:
    address = composer(draft(letter), "newsletter_composer_state")
    assert client.get(address, {"session": session}).status_code == 200


def test_a_page_that_no_rule_selected_is_found_and_added(
    home: HomePage,
    letter: Bulletin,
    claire: User,
    client: Client,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made, page = draft(letter), notice(home, title="Égalité des territoires")
        hidden = notice(home, title="Égalité cachée", live=False)
    address = composer(made, "newsletter_composer_find")
    answer = client.get(address, {"q": "egalite"}).content.decode()
    assert "Égalité des territoires" in answer
    assert "Égalité cachée" not in answer
    assert post(client, made, "accepter", page=hidden.pk, place="agenda").status_code == 422
    place = now(made).parts[1].id
    assert post(client, made, "accepter", page=page.pk, place=place).status_code == 200
    assert [item.page_id for item in now(made).parts[1].items] == [page.pk]
    again = post(client, made, "accepter", page=page.pk, place=place)
    assert again.json()["message"] == "Cette page est déjà dans le numéro."


@pytest.mark.parametrize("words", ["", "   ", "zzzzqqq", "<script>alert(1)</script>", "x" * 5000])
def test_words_that_find_nothing_are_no_error(
    letter: Bulletin, claire: User, client: Client, words: str
) -> None:
    answer = client.get(composer(draft(letter), "newsletter_composer_find"), {"q": words})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()
