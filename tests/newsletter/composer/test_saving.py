"""One action, one revision: nothing is overwritten, all is in the history, all is undoable."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from wagtail.models import PageLogEntry, Revision

from home.models import HomePage, User
from newsletter.composer import saving
from newsletter.composer.lists import MoveError
from newsletter.composer.saving import COMPOSE, ClosedError, NothingToUndoError, StaleError
from newsletter.models import Issue, Mailing
from tests.newsletter.composer.desk import (
    do,
    editor,
    history,
    now,
    redo,
    titles,
    undo,
    version,
    visitor,
)
from tests.newsletter.factories import bulletin, issue, rubric
from tests.veille.factories import notice


@pytest.fixture
def claire(home: HomePage) -> User:
    return editor(home, "claire", first_name="Claire", last_name="Petit")


@pytest.fixture
def made(home: HomePage) -> Issue:
    page = notice(home, title="Un rapport")
    return issue(bulletin(home), page.pk, live=False)


def first_item(made: Issue) -> str:
    return now(made).parts[0].items[0].id


def revisions(made: Issue) -> int:
    return Revision.objects.for_instance(made).count()


def test_an_action_makes_one_revision_and_one_line_of_history(made: Issue, claire: User) -> None:
    before, logged = revisions(made), PageLogEntry.objects.count()
    words = do(made, claire, "reecrire", item=first_item(made), titre="Autre", texte="Mots")
    assert words == "«\u00a0Un rapport\u00a0» réécrite"
    assert revisions(made) == before + 1
    assert PageLogEntry.objects.count() == logged + 1
    assert history(made) == [(COMPOSE, "claire", "«\u00a0Un rapport\u00a0» réécrite")]
    latest = Issue.objects.get(pk=made.pk).latest_revision
    assert latest.user == claire
    assert PageLogEntry.objects.latest("pk").revision == latest
    assert now(made).parts[0].items[0].title == "Autre"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (("ajouter-rubrique", {"titre": "Neuve"}), "Rubrique «\u00a0Neuve\u00a0» ajoutée"),
        (
            ("ajouter-bloc", {"titre": "Appel", "texte": "Venez"}),
            "Bloc libre «\u00a0Appel\u00a0» ajouté",
        ),
        (("une", {"item": ""}), "«\u00a0Un rapport\u00a0» mise à la une"),
        (("retirer", {"item": ""}), "«\u00a0Un rapport\u00a0» retirée"),
        (("reporter", {"page": ""}), "«\u00a0Un rapport\u00a0» reportée au prochain numéro"),
        (("rejeter", {"page": ""}), "«\u00a0Un rapport\u00a0» écartée de ce numéro"),
        (
            ("rejeter", {"page": "", "toujours": "1"}),
            "«\u00a0Un rapport\u00a0» ne sera plus proposée",
        ),
        (
            ("scinder", {"item": "", "rubrique": "Suite"}),
            "Rubrique scindée\u00a0: «\u00a0Suite\u00a0»",
        ),
        (("supprimer-rubrique", {"part": ""}), "«\u00a0Rubrique\u00a0» supprimée"),
    ],
)
def test_the_history_says_what_was_done(
    made: Issue, claire: User, fields: tuple[str, dict], sentence: str
) -> None:
    action, given = fields
    line = now(made).parts[0].items[0]
    known = {"item": line.id, "page": line.page_id, "part": now(made).parts[0].id}
    do(made, claire, action, **{name: given[name] or known[name] for name in given})
    assert history(made) == [(COMPOSE, "claire", sentence)]


def test_the_live_page_does_not_move_until_it_is_published(home: HomePage, claire: User) -> None:
    made = issue(bulletin(home), notice(home).pk)
    do(made, claire, "ajouter-rubrique", titre="Neuve")
    fresh = Issue.objects.get(pk=made.pk)
    assert fresh.has_unpublished_changes
    assert [block.value["title"] for block in fresh.rubrics] == ["Rubrique"]
    assert titles(made) == ["Rubrique", "Neuve"]


def test_what_was_typed_in_the_form_stays(made: Issue, claire: User) -> None:
    form = made.get_latest_revision_as_object()
    form.title, form.subject, form.introduction = "Titre tapé", "Objet tapé", "<p>Tapée</p>"
    form.max_bytes, form.published_from = 50_000, datetime(2018, 1, 1).date()
    form.save_revision(user=claire)
    do(made, claire, "ajouter-rubrique", titre="Neuve")
    undo(made, claire)
    kept = saving.latest(Issue.objects.get(pk=made.pk))
    assert (kept.title, kept.subject, kept.introduction, kept.max_bytes) == (
        "Titre tapé",
        "Objet tapé",
        "<p>Tapée</p>",
        50_000,
    )
    assert kept.published_from == datetime(2018, 1, 1).date()
    assert Issue.objects.get(pk=made.pk).draft_title == "Titre tapé"


def test_a_draft_that_the_form_would_refuse_can_be_composed(made: Issue, claire: User) -> None:
    half = made.get_latest_revision_as_object()
    half.slug, half.rubrics = "", [rubric("")]
    half.save_revision(user=claire, clean=False)
    do(made, claire, "ajouter-rubrique", titre="Neuve")
    assert titles(made) == ["", "Neuve"]


def refused(made: Issue, user: User, seen: str) -> StaleError:
    before, logged = revisions(made), PageLogEntry.objects.count()
    with pytest.raises(StaleError) as caught:
        do(made, user, "ajouter-rubrique", seen=seen, titre="Perdue")
    for again in (saving.undo, saving.redo):
        with pytest.raises(StaleError):
            again(made.pk, user, seen)
    assert (revisions(made), PageLogEntry.objects.count()) == (before, logged)
    assert "Perdue" not in titles(made)
    return caught.value


def test_who_is_second_is_told_who_was_first_and_when(
    home: HomePage, made: Issue, claire: User
) -> None:
    seen = version(made)
    do(made, claire, "ajouter-rubrique", titre="Première")
    at = timezone.localtime(Issue.objects.get(pk=made.pk).latest_revision.created_at)
    words = str(refused(made, editor(home, "paul"), seen))
    assert words == (
        f"Claire Petit a enregistré une autre version à {at:%H}\u00a0h\u00a0{at:%M}. Votre action "
        "n'a pas été appliquée\u00a0: voici la version à jour, recommencez si besoin."
    )
    assert titles(made) == ["Rubrique", "Première"]


def test_an_editor_with_two_windows_is_told_that_it_was_them(made: Issue, claire: User) -> None:
    seen = version(made)
    do(made, claire, "ajouter-rubrique", titre="Première")
    assert str(refused(made, claire, seen)).startswith("Vous avez enregistré une autre version à ")


def test_the_form_s_saving_is_a_newer_version(home: HomePage, made: Issue, claire: User) -> None:
    seen = version(made)
    made.get_latest_revision_as_object().save_revision(user=editor(home, "paul"))
    assert str(refused(made, claire, seen)).startswith("paul a enregistré")


def test_an_autosave_that_keeps_the_revision_is_a_newer_version(made: Issue, claire: User) -> None:
    revision = saving.latest(made).save_revision(user=claire)
    seen = version(made)
    draft = saving.latest(Issue.objects.get(pk=made.pk))
    draft.subject = "Tapé entre-temps"
    draft.save_revision(user=claire, overwrite_revision=revision)
    assert Issue.objects.get(pk=made.pk).latest_revision_id == revision.pk
    assert version(made) != seen
    refused(made, claire, seen)


@pytest.mark.parametrize("seen", ["", "0-0", "x", "999999-1.000000"])
def test_a_version_that_never_was_is_refused(made: Issue, claire: User, seen: str) -> None:
    refused(made, claire, seen)


def test_an_issue_without_a_revision_gets_one_and_asks_to_look_again(
    home: HomePage, claire: User
) -> None:
    made = bulletin(home).add_child(instance=Issue(title="Sans version", live=False, number=7))
    with pytest.raises(StaleError):
        do(made, claire, "ajouter-rubrique", titre="Neuve")


def test_a_refused_move_writes_nothing(made: Issue, claire: User) -> None:
    before = revisions(made)
    with pytest.raises(MoveError, match="Donnez un titre"):
        do(made, claire, "ajouter-rubrique", titre=" ")
    assert (revisions(made), history(made)) == (before, [])


def test_undo_and_redo_go_back_and_forth(made: Issue, claire: User) -> None:
    do(made, claire, "ajouter-rubrique", titre="A")
    do(made, claire, "ajouter-rubrique", titre="B")
    after = ["Rubrique", "A", "B"]
    for act, words, expected in (
        (undo, "Annulé\u00a0: Rubrique «\u00a0B\u00a0» ajoutée", after[:2]),
        (undo, "Annulé\u00a0: Rubrique «\u00a0A\u00a0» ajoutée", after[:1]),
        (redo, "Rétabli\u00a0: Rubrique «\u00a0A\u00a0» ajoutée", after[:2]),
        (redo, "Rétabli\u00a0: Rubrique «\u00a0B\u00a0» ajoutée", after),
        (undo, "Annulé\u00a0: Rubrique «\u00a0B\u00a0» ajoutée", after[:2]),
    ):
        assert act(made, claire) == words
        assert titles(made) == expected
    do(made, claire, "ajouter-rubrique", titre="C")
    assert titles(made) == ["Rubrique", "A", "C"]
    with pytest.raises(NothingToUndoError, match="Rien à rétablir"):
        redo(made, claire)
    undo(made, claire), undo(made, claire)
    assert titles(made) == ["Rubrique"]
    with pytest.raises(NothingToUndoError, match="Rien à annuler ici"):
        undo(made, claire)
    assert [sentence for _, _, sentence in history(made)[2:4]] == [
        "Annulé\u00a0: Rubrique «\u00a0B\u00a0» ajoutée",
        "Annulé\u00a0: Rubrique «\u00a0A\u00a0» ajoutée",
    ]


def test_decisions_are_undone_with_the_places(made: Issue, claire: User) -> None:
    before = now(made)
    page = before.parts[0].items[0].page_id
    do(made, claire, "rejeter", page=page, toujours=1)
    assert now(made).choices.rejected == {page: True}
    undo(made, claire)
    assert now(made) == before
    redo(made, claire)
    assert (now(made).choices.rejected, now(made).page_ids) == ({page: True}, frozenset())


def test_a_colleague_may_undo_and_it_is_in_their_name(
    home: HomePage, made: Issue, claire: User
) -> None:
    do(made, claire, "ajouter-rubrique", titre="A")
    undo(made, editor(home, "paul"))
    assert history(made)[-1][1:] == ("paul", "Annulé\u00a0: Rubrique «\u00a0A\u00a0» ajoutée")


def test_nothing_is_undone_over_a_saving_of_the_form(made: Issue, claire: User) -> None:
    """Undoing would take away the rubrics that somebody has typed there since."""
    do(made, claire, "ajouter-rubrique", titre="A")
    form = made.get_latest_revision_as_object()
    form.rubrics = [rubric("Du formulaire")]
    form.save_revision(user=claire)
    for act in (undo, redo):
        with pytest.raises(NothingToUndoError):
            act(made, claire)
    assert titles(made) == ["Du formulaire"]
    do(made, claire, "ajouter-rubrique", titre="B")
    undo(made, claire)
    assert titles(made) == ["Du formulaire"]


def closed(made: Issue, user: User) -> str:
    before = revisions(made)
    words = set()
    for act in (lambda: do(made, user, "ajouter-rubrique", titre="X"), lambda: undo(made, user)):
        with pytest.raises(ClosedError) as caught:
            act()
        words.add(str(caught.value))
    assert revisions(made) == before
    return words.pop() if len(words) == 1 else ""


def test_an_issue_that_has_left_does_not_change(made: Issue, claire: User) -> None:
    do(made, claire, "ajouter-rubrique", titre="A")
    Mailing.objects.create(issue=made, bulletin=made.bulletin)
    words = "Ce numéro est parti\u00a0: il ne change plus. Un erratum reste possible."
    assert closed(made, claire) == words


def test_who_may_not_change_the_page_may_not_compose_it(made: Issue, home: HomePage) -> None:
    assert closed(made, visitor()) == "Vous ne pouvez pas modifier ce numéro."


def test_a_page_that_a_colleague_has_locked_is_left(
    home: HomePage, made: Issue, claire: User
) -> None:
    paul = editor(home, "paul")
    fields: dict[str, Any] = {"locked": True, "locked_by": paul, "locked_at": timezone.now()}
    Issue.objects.filter(pk=made.pk).update(**fields)
    assert closed(made, claire) == "Ce numéro est verrouillé\u00a0: quelqu'un se l'est réservé."
    do(made, paul, "ajouter-rubrique", titre="A")
    assert titles(made) == ["Rubrique", "A"]


def test_an_issue_that_waits_for_its_hour_is_locked(made: Issue, claire: User) -> None:
    due = saving.latest(made)
    due.go_live_at = timezone.now() + timedelta(days=1)
    due.save_revision(user=claire).publish()
    words = "La publication de ce numéro est programmée\u00a0: annulez-la pour le modifier."
    assert closed(made, claire) == words
