"""Two editors at once, on a database where two can really be at once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from newsletter.composer.saving import StaleError
from newsletter.models import Issue
from tests.factories import site_tree
from tests.newsletter.composer.desk import do, editor, history, redo, titles, undo, version
from tests.newsletter.factories import bulletin, issue

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor != 'postgresql'", reason="one writer at a time in an SQLite memory"
    ),
]


def together(*acts: Callable[[], object]) -> list[object]:
    """What each act returned, or the StaleError that it raised, all at once."""
    gate, results = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        gate.wait(10)
        try:
            results.append(act())
        except StaleError as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == len(acts)
    return results


def test_of_two_actions_on_the_same_version_one_is_made_and_one_is_told() -> None:
    home = site_tree()
    made = issue(bulletin(home), live=False)
    claire, paul = editor(home, "claire"), editor(home, "paul")
    seen = version(made)
    results = together(
        lambda: do(made, claire, "ajouter-rubrique", seen=seen, titre="De Claire"),
        lambda: do(made, paul, "ajouter-rubrique", seen=seen, titre="De Paul"),
    )
    (told,) = [result for result in results if isinstance(result, StaleError)]
    ((_, winner, _),) = history(made)
    assert titles(made) == [f"De {winner.capitalize()}"]
    assert str(told).startswith(f"{winner} a enregistré une autre version")
    undo(made, claire)
    assert titles(made) == []
    redo(made, paul)
    assert titles(made) == [f"De {winner.capitalize()}"]


def test_a_form_sent_twice_starts_one_issue() -> None:
    home = site_tree()
    letter = bulletin(home)
    letter.standing_rubrics = [{"type": "rubric", "value": {"title": "R"}}]
    letter.save()
    claire = editor(home, "claire")
    form = {"kind": "regular", "number": "1", "title": "Titre", "dated": "2018-10"}

    def send() -> int:
        client = Client()
        client.force_login(claire)
        address = f"/admin/lettre/bulletins/{letter.pk}/nouveau/"
        return client.post(address, form).status_code

    assert sorted(together(send, send)) == [200, 302]
    assert Issue.objects.count() == 1


def test_an_action_and_a_publication_at_once_do_not_block_each_other() -> None:
    home = site_tree()
    made = issue(bulletin(home), live=False)
    claire = editor(home, "claire")
    for turn in range(6):
        revision, seen = made.save_revision(), version(made)
        titled = f"Rubrique {turn}"
        results = together(
            lambda seen=seen, titled=titled: do(
                made, claire, "ajouter-rubrique", seen=seen, titre=titled
            ),
            lambda revision=revision: revision.publish(),
        )
        assert sum(isinstance(result, StaleError) for result in results) == 0
        made.refresh_from_db()
        assert (made.live, made.live_revision_id) == (True, revision.pk)
