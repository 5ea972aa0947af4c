"""What the preflight is told of a stored issue: the places to mend, and at what cost."""

from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings
from wagtail.images.tests.utils import get_test_image_file

from home.models import HomePage, Keyword, SiteImage
from newsletter.checking import facts_of, page_ids_of, preflight
from newsletter.composer.proposing import composition_of
from newsletter.models import Issue, Mailing
from newsletter.rendering import MIN_BYTES
from tests.newsletter.factories import bulletin, issue, line, rubric
from tests.newsletter.sending import reader
from tests.veille.factories import agenda_entry, keyword, notice
from veille.models import NoticeLink


def found(made: Issue, **options: object) -> list[tuple[str, str]]:
    """(code, where) of what is found of the latest version, as the admin reads it."""
    report = preflight(latest(made), **options)
    return [(one.code, one.where) for one in (*report.blocking, *report.warnings)]


def latest(made: Issue) -> Issue:
    return Issue.objects.get(pk=made.pk).get_latest_revision_as_object()


def item(made: Issue, page_id: int) -> str:
    """The place in the composer of the line that shows this page."""
    (found,) = [one.id for one in composition_of(latest(made)).items if one.page_id == page_id]
    return f"/admin/lettre/numeros/{made.pk}/composer/#item-{found}"


def with_link(home: HomePage, health: str, **fields: object) -> int:
    links = [NoticeLink(url="https://ailleurs.example/a", health=health, checked_at=timezone.now())]
    return notice(home, links=links, **fields).pk


def picture(description: str) -> SiteImage:
    return SiteImage.objects.create(
        title="Image", description=description, file=get_test_image_file(size=(40, 30))
    )


@pytest.fixture
def read(home: HomePage) -> HomePage:
    """The site, with one reader of the bulletin."""
    reader("lectrice@exemple.fr", to=bulletin(home))
    return home


def letter(home: HomePage) -> object:
    return Issue._meta.get_field("bulletin").related_model.objects.get()


def test_an_issue_in_order_is_ready(read: HomePage) -> None:
    made = issue(letter(read), notice(read).pk)
    assert found(made) == []
    assert preflight(latest(made)).ok


def test_the_bulletin_s_settings_are_mended_in_its_form(read: HomePage) -> None:
    made = issue(letter(read), notice(read).pk)
    type(made.bulletin).objects.update(sender_email="", reply_to="")
    where = f"/admin/pages/{made.bulletin_id}/edit/#panel-child-contenu-expedition-section"
    assert found(made) == [("no-sender", where), ("no-reply-to", where)]


def test_a_page_withdrawn_or_private_is_found_at_its_line_and_one_deleted_too(
    read: HomePage,
) -> None:
    kept, withdrawn, private, gone = (notice(read) for _ in range(4))
    made = issue(letter(read), kept.pk, withdrawn.pk, private.pk, gone.pk)
    places = [item(made, page.pk) for page in (withdrawn, private, gone)]
    withdrawn.unpublish()
    private.view_restrictions.create(restriction_type="login")
    gone.delete()
    assert found(made) == [
        ("withdrawn", places[0]),
        ("withdrawn", places[1]),
        ("deleted", places[2]),
    ]


def test_an_issue_too_heavy_or_without_lines_is_mended_in_the_composer(read: HomePage) -> None:
    pages = [notice(read, summary="Un mot écrit. " * 40).pk for _ in range(30)]
    heavy = issue(letter(read), *pages, max_bytes=MIN_BYTES)
    assert found(heavy) == [("overweight", f"/admin/lettre/numeros/{heavy.pk}/composer/")]
    empty = issue(letter(read), number=2)
    assert found(empty) == [("empty", f"/admin/lettre/numeros/{empty.pk}/composer/")]


def test_a_dead_link_is_mended_in_the_page_s_form(read: HomePage) -> None:
    dead, moved = with_link(read, "dead"), with_link(read, "moved")
    made = issue(letter(read), with_link(read, "alive"), dead, moved)
    assert found(made) == [
        ("dead-link", f"/admin/pages/{dead}/edit/"),
        ("moved-link", f"/admin/pages/{moved}/edit/"),
    ]


def test_links_never_checked_lead_to_the_button_that_checks_them(read: HomePage) -> None:
    page = notice(read, links=[NoticeLink(url="https://ailleurs.example/a")])
    made = issue(letter(read), page.pk)
    place = f"/admin/lettre/numeros/{made.pk}/verification/#liens"
    assert found(made) == [("unchecked-link", place)]
    assert facts_of(latest(made)).links_checked_on is None


def test_a_date_is_judged_by_the_planned_departure(read: HomePage) -> None:
    day = timezone.localdate() + timedelta(days=2)
    made = issue(letter(read), agenda=[line(agenda_entry(read, starts_on=day).pk)])
    assert found(made) == []
    codes = [code for code, _ in found(made, at=timezone.now() + timedelta(days=3))]
    assert codes == ["stale", "past-date"]


def test_a_scheduled_mailing_tells_the_departure(read: HomePage) -> None:
    made = issue(letter(read), notice(read).pk)
    later = timezone.now() + timedelta(days=2)
    Mailing.objects.create(
        issue=made, bulletin=made.bulletin, state=Mailing.State.SCHEDULED, scheduled_at=later
    )
    assert [code for code, _ in found(made)] == ["stale"]
    assert facts_of(latest(made)).leaves_on == timezone.localdate(later)


def test_a_vague_link_is_mended_where_it_was_written(read: HomePage) -> None:
    text = '<p>Inscriptions <a href="https://exemple.fr/">ici</a>.</p>'
    free = {
        "type": "free",
        "id": "un-mot",
        "value": {"title": "Appel", "text": text, "image": None},
    }
    made = issue(
        letter(read),
        introduction=text,
        rubrics=[free],
        errata=[{"type": "erratum", "value": {"date": "2026-01-01", "text": text}}],
    )
    form = f"/admin/pages/{made.pk}/edit/#panel-child-contenu"
    assert found(made) == [
        ("vague-link", f"{form}-introduction-section"),
        ("vague-link", f"/admin/lettre/numeros/{made.pk}/composer/#partie-un-mot"),
        ("vague-link", f"{form}-errata-section"),
    ]


def test_a_title_is_mended_where_it_was_written(read: HomePage) -> None:
    own, page = notice(read, title="TITRE DE LA PAGE"), notice(read, title="Page")
    block = rubric("Rubrique", own.pk, page.pk)
    block["value"]["items"][1]["title"] = "TITRE DE CE NUMÉRO"
    made = issue(letter(read), rubrics=[block])
    assert found(made) == [
        ("capitals", f"/admin/pages/{own.pk}/edit/"),
        ("capitals", item(made, page.pk)),
    ]


def test_a_page_of_another_open_draft_is_told(read: HomePage) -> None:
    page = notice(read)
    made = issue(letter(read), page.pk)
    issue(letter(read), page.pk, number=2, live=False)
    assert found(made) == [("other-draft", item(made, page.pk))]


def test_a_rule_that_lost_its_keyword_is_mended_where_it_is_kept(read: HomePage) -> None:
    value = {"title": "Design", "topics": [], "keywords": [keyword("design").pk]}
    rules = [{"type": "rubric", "value": value}]
    own = issue(letter(read), notice(read).pk, rules=rules)
    other = issue(letter(read), notice(read).pk, number=2)
    Keyword.objects.all().delete()
    place = f"/admin/pages/{own.pk}/edit/#panel-child-selection-rules-section"
    assert found(own) == [("lost-rule", place)]
    assert found(other) == []


def test_what_is_not_published_is_told_and_a_draft_is_not_a_fault(read: HomePage) -> None:
    made = issue(letter(read), notice(read).pk)
    made.title = "Autre titre"
    made.save_revision()
    draft = issue(letter(read), notice(read).pk, number=2, live=False)
    assert found(made) == [("unpublished-changes", f"/admin/pages/{made.pk}/edit/")]
    assert found(draft) == []


def test_without_a_reader_it_is_told(home: HomePage) -> None:
    assert found(issue(bulletin(home), notice(home).pk)) == [("no-reader", "/admin/abonnes/")]


def test_the_image_of_a_free_block_must_be_described_or_decorative(read: HomePage) -> None:
    def with_image(number: int, image: SiteImage, **said: object) -> Issue:
        chosen = {"image": image.pk, "decorative": False, "alt_text": ""} | said
        words = {"title": "Appel", "text": "<p>Venez.</p>", "image": chosen}
        block = {"type": "free", "id": "appel", "value": words}
        return issue(letter(read), number=number, rubrics=[block])

    silent, spoken = picture(""), picture("Une place au soleil")
    made = with_image(1, silent)
    place = f"/admin/lettre/numeros/{made.pk}/composer/#partie-appel"
    assert found(made) == [("no-alt", place)]
    assert found(with_image(2, silent, decorative=True)) == []
    assert found(with_image(3, silent, alt_text="Une affiche")) == []
    assert found(with_image(4, spoken)) == []


def test_only_the_cover_that_an_issue_draws_must_be_described(read: HomePage) -> None:
    page = notice(read, cover=picture(""))
    first = issue(letter(read), featured=[line(page.pk)])
    assert found(first) == [("cover-alt", f"/admin/pages/{page.pk}/edit/")]
    assert found(issue(letter(read), page.pk, number=2)) == []


def test_a_template_that_does_not_compile_is_told(
    read: HomePage, settings: Settings, tmp_path: Path
) -> None:
    made = issue(letter(read), notice(read).pk)
    broken = tmp_path / "newsletter/mail/issue.mjml"
    broken.parent.mkdir(parents=True)
    broken.write_text("<mjml><mj-body>")
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].insert(0, tmp_path)
    settings.TEMPLATES = templates
    assert found(made) == [("mjml", f"/admin/pages/{made.pk}/edit/")]


def test_the_anchors_are_those_of_the_forms(read: HomePage, admin_client: object) -> None:
    made = issue(letter(read), notice(read).pk)
    places = facts_of(made).places
    for place in (places.title, places.subject, places.rules, places.sender):
        address, _, anchor = place.partition("#")
        assert f'id="{anchor}"' in admin_client.get(address).content.decode()


def test_the_pages_to_check_are_each_named_once(read: HomePage) -> None:
    first, day = notice(read).pk, agenda_entry(read, starts_on=date(2018, 11, 5)).pk
    made = issue(letter(read), first, day, agenda=[line(day)])
    assert page_ids_of(made) == [first, day]


def cost_of(made: Issue) -> int:
    fresh = latest(made)
    with CaptureQueriesContext(connection) as captured:
        preflight(fresh)
    return len(captured)


def test_a_preflight_costs_the_same_for_two_lines_and_for_nine(read: HomePage) -> None:
    def whole(number: int, count: int) -> Issue:
        pages = [with_link(read, "dead", tags=("design",)) for _ in range(count)]
        days = [agenda_entry(read) for _ in range(count)]
        return issue(letter(read), *pages, number=number, agenda=[line(day.pk) for day in days])

    small, large = whole(1, 2), whole(2, 9)
    cost_of(small)
    assert cost_of(large) == cost_of(small)
