"""From a stored issue to its document: what is shown, what is left out, at what cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from home.models import HomePage
from newsletter.composing import compose
from newsletter.errors import DeletedPagesError, WithdrawnPagesError
from newsletter.models import Issue
from tests.newsletter.factories import bulletin, issue, line, rubric
from tests.veille.factories import notice, organisation


def test_an_issue_is_drawn_in_reading_order(home: HomePage) -> None:
    first, second, boxed = notice(home), notice(home), notice(home)
    made = issue(
        bulletin(home),
        rubrics=[rubric("Design", second.pk, first.pk, discover=(boxed.pk,)), rubric("Vide")],
    )
    document = compose(made)
    assert [r.title for r in document.rubrics] == ["Design"]
    assert [li.page_id for li in document.rubrics[0].lines] == [second.pk, first.pk]
    assert [li.page_id for li in document.rubrics[0].discover] == [boxed.pk]
    assert document.rubrics[0].discover[0].is_discover


def test_addresses_are_absolute(home: HomePage, settings: object) -> None:
    settings.SITE_URL = "https://lettre.example.org"
    page = notice(home, slug="un-titre")
    document = compose(issue(bulletin(home), page.pk))
    assert document.rubrics[0].lines[0].url == "https://lettre.example.org/notices/un-titre/"
    assert document.web_url == "https://lettre.example.org/bulletins/en-quelques-clics/innovation/"


def test_the_words_of_this_issue_come_before_the_page_s(home: HomePage) -> None:
    page = notice(home, title="Titre de la page", abstract="Résumé de la page.")
    words = line(page.pk)["value"] | {"title": "Titre du numéro", "summary": "Texte du numéro."}
    made = rubric("Design")
    made["value"]["items"] = [words]
    drawn = compose(issue(bulletin(home), rubrics=[made])).rubrics[0].lines[0]
    assert (drawn.title, drawn.summary) == ("Titre du numéro", "Texte du numéro.")
    page.refresh_from_db()
    assert page.title == "Titre de la page"


def test_a_page_unpublished_since_is_left_out_and_blocks_the_mail(home: HomePage) -> None:
    kept, gone = notice(home), notice(home, title="Page retirée")
    made = issue(bulletin(home), kept.pk, gone.pk)
    gone.unpublish()
    made = Issue.objects.get(pk=made.pk)
    assert [li.page_id for li in compose(made).lines] == [kept.pk]
    with pytest.raises(WithdrawnPagesError, match="Page retirée"):
        made.rendered()


def test_a_deleted_page_is_left_out_and_blocks_the_mail(home: HomePage) -> None:
    kept, gone = notice(home), notice(home)
    made = issue(bulletin(home), rubrics=[rubric("Design", kept.pk, gone.pk)])
    gone.delete()
    made = Issue.objects.get(pk=made.pk)
    assert [li.page_id for li in compose(made).lines] == [kept.pk]
    with pytest.raises(DeletedPagesError, match="Design"):
        made.rendered()


def test_two_rubrics_of_one_title_have_two_anchors(home: HomePage) -> None:
    page = notice(home)
    made = issue(
        bulletin(home), rubrics=[rubric("Même titre", page.pk), rubric("Même titre", page.pk)]
    )
    anchors = [r.anchor for r in compose(made).rubrics]
    assert len(set(anchors)) == 2


def cost_of(made: Issue) -> int:
    fresh = Issue.objects.get(pk=made.pk)
    with CaptureQueriesContext(connection) as captured:
        assert compose(fresh).line_count > 0
    return len(captured)


def test_the_number_of_queries_does_not_grow_with_the_lines(home: HomePage) -> None:
    letter, body = bulletin(home), organisation("FNAU")
    pages = [
        notice(home, topics=("Design",), tags=("lieux",), authors=(body,)).pk for _ in range(14)
    ]
    few = issue(letter, *pages[:3])
    many = issue(letter, *pages, number=2, slug="numero-2")
    cost_of(few)
    assert cost_of(many) == cost_of(few)
