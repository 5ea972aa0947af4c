"""The composer as the browser asks it: who may, what is refused in words, what is escaped."""

from typing import Any

import pytest
from django.test import Client

from home.models import HomePage, User
from newsletter.composer.actions import ACTIONS
from newsletter.composer.composition import Composition
from newsletter.models import Issue
from tests.newsletter.composer.desk import composer, editor, history, now, post, titles, visitor
from tests.newsletter.factories import bulletin, issue, rubric
from tests.veille.factories import agenda_entry, notice

STALE = "enregistré une autre version à"


@pytest.fixture
def claire(home: HomePage, client: Client) -> User:
    user = editor(home, "claire", first_name="Claire", last_name="Petit")
    client.force_login(user)
    return user


@pytest.fixture
def made(home: HomePage, claire: User) -> Issue:
    rubrics = [rubric("Le design", notice(home, title="Un rapport").pk)]
    return issue(bulletin(home), rubrics=rubrics, live=False)


def text(answer: Any) -> str:
    return answer.content.decode()


def first(made: Issue) -> tuple[str, str]:
    part = now(made).parts[0]
    return part.id, part.items[0].id


def test_an_editor_sees_the_three_columns(made: Issue, client: Client) -> None:
    answer = client.get(composer(made))
    assert answer.status_code == 200
    for words in ("Proposées", "Le numéro", "À l’écart", "Le design", "Un rapport"):
        assert words in text(answer)


def test_a_rubric_without_lines_is_said_to_stay_away_only_when_it_does(
    home: HomePage, made: Issue, client: Client
) -> None:
    part, line = first(made)
    away, box, words = "elle ne paraîtra pas", "Rien hors de l’encadré", "elle n’a qu’un chapô"
    post(client, made, "deplacer", item=line, place=part, box="discover")
    page = text(client.get(composer(made)))
    assert [told in page for told in (away, box, words)] == [False, True, False]
    post(client, made, "retirer", item=line)
    page = text(client.get(composer(made)))
    assert [told in page for told in (away, box, words)] == [True, False, False]
    post(client, made, "reecrire-rubrique", part=part, titre="Le design", chapo="Un chapô.")
    page = text(client.get(composer(made)))
    assert [told in page for told in (away, box, words)] == [False, False, True]


NAMES = ("", "_board", "_state", "_find")


@pytest.mark.parametrize("name", NAMES)
def test_who_may_not_change_the_page_is_sent_away(made: Issue, client: Client, name: str) -> None:
    client.force_login(visitor())
    answer = client.get(composer(made, f"newsletter_composer{name}"))
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    client.logout()
    answer = client.get(composer(made, f"newsletter_composer{name}"))
    assert answer["Location"].startswith("/admin/login/")


def test_who_may_not_change_the_page_changes_nothing(made: Issue, client: Client) -> None:
    client.force_login(visitor())
    assert post(client, made, "ajouter-rubrique", titre="Neuve").status_code in (302, 403)
    client.logout()
    assert post(client, made, "ajouter-rubrique", titre="Neuve").status_code in (302, 403)
    assert titles(made) == ["Le design"]


@pytest.mark.parametrize("name", [*NAMES, "act"])
def test_an_issue_that_is_not_there_is_not_found(claire: User, client: Client, name: str) -> None:
    last = "agir/" if name == "act" else {"_board": "tableau/", "_state": "etat/"}.get(name, "")
    address = f"/admin/lettre/numeros/999999/composer/{last}"
    answer = client.post(address) if name == "act" else client.get(address)
    assert answer.status_code == 404


def test_acting_is_a_post_and_looking_is_not(made: Issue, client: Client) -> None:
    assert client.get(composer(made, "newsletter_compose")).status_code == 405
    for name in NAMES:
        assert client.post(composer(made, f"newsletter_composer{name}")).status_code == 405


def test_a_post_from_elsewhere_is_refused(made: Issue, claire: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(claire)
    assert post(strict, made, "ajouter-rubrique", titre="Neuve").status_code == 403
    assert titles(made) == ["Le design"]


def test_the_script_gets_the_new_board_and_the_words(made: Issue, client: Client) -> None:
    answer = post(client, made, "ajouter-rubrique", titre="Neuve")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    data = answer.json()
    assert data["message"] == "Rubrique «\u00a0Neuve\u00a0» ajoutée"
    assert "Neuve" in data["html"]
    assert (
        data["version"] == client.get(composer(made, "newsletter_composer_state")).json()["version"]
    )
    assert f'data-version="{data["version"]}"' in data["html"]


def test_without_the_script_the_page_comes_back_and_says_the_same(
    made: Issue, client: Client
) -> None:
    version = client.get(composer(made, "newsletter_composer_board")).json()["version"]
    fields = {"action": "ajouter-rubrique", "titre": "Neuve", "version": version}
    answer = client.post(composer(made, "newsletter_compose"), fields, follow=True)
    assert answer.redirect_chain == [(composer(made), 302)]
    assert "Rubrique «\u00a0Neuve\u00a0» ajoutée" in text(answer)
    refused = client.post(composer(made, "newsletter_compose"), fields, follow=True)
    assert STALE in text(refused)
    assert titles(made) == ["Le design", "Neuve"]


def test_the_fields_of_a_button_ride_with_its_action(made: Issue, client: Client) -> None:
    page = now(made).parts[0].items[0].page_id
    post(client, made, "rejeter?toujours=1", page=page)
    assert now(made).choices.rejected == {page: True}


def test_who_is_second_gets_the_board_as_it_is_now(made: Issue, client: Client) -> None:
    version = client.get(composer(made, "newsletter_composer_board")).json()["version"]
    post(client, made, "ajouter-rubrique", titre="Première")
    answer = post(client, made, "ajouter-rubrique", titre="Seconde", version=version)
    assert answer.status_code == 409
    data = answer.json()
    assert STALE in data["message"]
    assert "Première" in data["html"]
    assert "Seconde" not in data["html"]
    retried = post(client, made, "ajouter-rubrique", titre="Seconde", version=data["version"])
    assert (retried.status_code, titles(made)) == (200, ["Le design", "Première", "Seconde"])


def test_undo_and_redo_are_posts_like_the_others(made: Issue, client: Client) -> None:
    post(client, made, "ajouter-rubrique", titre="Neuve")
    board = client.get(composer(made, "newsletter_composer_board")).json()["html"]
    assert "Dernière action : Rubrique «\u00a0Neuve\u00a0» ajoutée" in board
    assert post(client, made, "annuler").json()["message"].startswith("Annulé\u00a0: ")
    assert titles(made) == ["Le design"]
    assert post(client, made, "retablir").json()["message"].startswith("Rétabli\u00a0: ")
    assert titles(made) == ["Le design", "Neuve"]
    assert post(client, made, "retablir").json()["message"] == "Rien à rétablir."


HOSTILE = [
    ("", {}, "Cette action n'existe pas."),
    ("__class__", {}, "Cette action n'existe pas."),
    ("supprimer-tout", {}, "Cette action n'existe pas."),
    ("accepter", {"page": "abc"}, "Cette demande est incomplète"),
    ("accepter", {"page": "-1", "place": "agenda"}, "Cette page n'est pas publiée"),
    ("accepter", {"page": "1" + "0" * 30}, "Cette demande est incomplète"),
    ("accepter", {"page": "9" * 5000}, "Cette demande est incomplète"),
    ("rejeter", {"page": "1 OR 1=1"}, "Cette demande est incomplète"),
    ("rejeter", {"page": "²"}, "Cette demande est incomplète"),
    ("rejeter", {"page": "1" + "0" * 30}, "Cette demande est incomplète"),
    ("reporter", {"page": "999999"}, "Cette page n'existe plus"),
    ("retirer", {"item": "' OR 1=1 --"}, "Cette ligne n'est plus dans le numéro."),
    ("deplacer", {"item": "ITEM", "place": "zzz"}, "Cette rubrique n'est plus dans le numéro."),
    ("deplacer", {"item": "ITEM", "place": "FREE"}, "Un bloc libre ne reçoit pas de ligne."),
    ("deplacer", {"item": "ITEM", "place": "PART", "position": "un"}, "incomplète"),
    ("deplacer", {"item": "ITEM", "place": "agenda"}, "Seule une page datée"),
    ("decaler", {"item": "ITEM", "pas": ""}, "Cette demande est incomplète"),
    ("reecrire", {"item": "ITEM", "titre": "x" * 1000}, "Le titre dépasse 300"),
    ("reecrire", {"item": "ITEM", "texte": "x" * 2000}, "Le texte dépasse 1200"),
    ("ajouter-rubrique", {"titre": "x" * 1000}, "Le titre dépasse 150"),
    ("reecrire-rubrique", {"part": "PART", "titre": "T", "chapo": "x" * 601}, "Le chapô dépasse"),
    ("scinder", {"item": "ITEM", "rubrique": ""}, "Donnez un titre."),
    ("plus-une", {"item": "ITEM"}, "Cette ligne n'est plus à la une."),
    ("tout-accepter", {"regle": "Inconnue"}, "Il n'y a plus rien à accepter ici."),
    ("annuler", {}, "Rien à annuler ici"),
]


@pytest.mark.parametrize(("action", "fields", "words"), HOSTILE)
def test_what_can_not_be_done_is_said_in_words_and_writes_nothing(
    made: Issue, client: Client, action: str, fields: dict[str, str], words: str
) -> None:
    latest = made.get_latest_revision_as_object()
    value = {"title": "Un mot", "text": "<p>Bonjour</p>", "image": None}
    latest.rubrics = [*latest.rubrics.get_prep_value(), {"type": "free", "value": value}]
    latest.save_revision()
    part, line = first(made)
    known = {"ITEM": line, "PART": part, "FREE": now(made).parts[1].id}
    sent = {name: known.get(value, value) for name, value in fields.items()}
    answer = post(client, made, action, **sent)
    assert answer.status_code == 422
    assert words in answer.json()["message"]
    assert history(made) == []


@pytest.mark.parametrize("action", [*ACTIONS, "annuler", "retablir"])
def test_no_action_fails_for_want_of_its_fields(made: Issue, client: Client, action: str) -> None:
    answer = post(client, made, action)
    assert answer.status_code == 422
    assert answer.json()["message"].endswith((".", "rechargez la page."))
    assert history(made) == []


@pytest.mark.parametrize("position", ["-5", "1000000000"])
def test_a_rank_beyond_the_list_is_its_end(made: Issue, client: Client, position: str) -> None:
    part, line = first(made)
    answer = post(client, made, "deplacer", item=line, place=part, position=position)
    assert answer.status_code == 200
    assert [item.id for item in now(made).parts[0].items] == [line]


def test_an_undated_page_is_kept_out_of_the_agenda_at_any_rank(
    home: HomePage, made: Issue, client: Client
) -> None:
    undated, event = notice(home), agenda_entry(home)
    for fields in ({}, {"position": "0"}):
        answer = post(client, made, "accepter", page=undated.pk, place="agenda", **fields)
        words = "Seule une page datée peut entrer dans l'agenda."
        assert (answer.status_code, answer.json()["message"]) == (422, words)
    assert post(client, made, "accepter", page=event.pk, place="agenda").status_code == 200
    assert [item.page_id for item in now(made).agenda] == [event.pk]


HOSTILE_WORDS = (
    '<script>alert("1")</script> & «\u00a0a\u202f;» 🌱 \u202bשלום\u202c </textarea>"><img src=x>'
)


def test_hostile_words_are_kept_and_escaped(home: HomePage, made: Issue, client: Client) -> None:
    part, line = first(made)
    post(client, made, "reecrire", item=line, titre=HOSTILE_WORDS, texte=HOSTILE_WORDS)
    post(client, made, "reecrire-rubrique", part=part, titre=HOSTILE_WORDS, chapo=HOSTILE_WORDS)
    post(client, made, "ajouter-bloc", titre=HOSTILE_WORDS, texte=HOSTILE_WORDS)
    held: Composition = now(made)
    assert held.parts[0].items[0].summary == HOSTILE_WORDS
    assert held.parts[0].introduction == HOSTILE_WORDS
    page = text(client.get(composer(made)))
    for raw in ("<script>alert", "<img src=x", "</textarea>&quot;"):
        assert raw not in page
    assert page.count("&lt;script&gt;alert") >= 5
    assert "\u202bשלום\u202c" in page


def test_a_zero_byte_is_dropped_rather_than_stored(made: Issue, client: Client) -> None:
    """PostgreSQL takes none, in a column nor in JSON."""
    assert post(client, made, "ajouter-rubrique", titre="Ne\0uve").status_code == 200
    assert titles(made) == ["Le design", "Neuve"]
    find = composer(made, "newsletter_composer_find")
    assert client.get(find, {"q": "de\0sign"}).status_code == 200


@pytest.mark.parametrize("number", ["9" * 30, "0", "-1", "x", "²"])
def test_the_panel_of_a_page_that_can_not_be_is_not_found(
    made: Issue, client: Client, number: str
) -> None:
    address = composer(made, "newsletter_composer_panel")
    assert client.get(address, {"page": number}).status_code == 404
