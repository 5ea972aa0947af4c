"""An issue on the site and in the editor: archive, web version, previews, ledger."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from home.models import HomePage
from newsletter.models import Issue, LedgerEntry
from tests.newsletter.factories import bulletin, issue, rubric
from tests.newsletter.keeping import erratum, hors_serie, sent
from tests.veille.factories import notice


def test_the_web_version_shows_the_lines_and_links_to_them(home: HomePage, client: Client) -> None:
    page = notice(home, title="Le design est-il soluble ?", slug="soluble")
    made = issue(bulletin(home), page.pk)
    answer = client.get(made.url)
    assert answer.status_code == 200
    assert "Le design est-il soluble ?" in answer.content.decode()
    assert "/notices/soluble/" in answer.content.decode()


def test_a_draft_issue_is_not_found(home: HomePage, client: Client) -> None:
    made = issue(bulletin(home), live=False)
    assert client.get(made.url).status_code == 404


def test_the_archive_lists_live_issues_by_year(home: HomePage, client: Client) -> None:
    letter = bulletin(home)
    issue(letter, number=1, title="Ancien", dated="2017-05", slug="a")
    issue(letter, number=2, title="Récent", dated="2018-10", slug="b")
    issue(letter, number=3, title="Caché", dated="2018-11", slug="c", live=False)
    text = client.get(letter.url).content.decode()
    assert text.index("Récent") < text.index("Ancien")
    assert "Caché" not in text


@pytest.mark.parametrize(
    ("mode", "kind"), [("mail", "text/html"), ("text", "text/plain"), ("", "text/html")]
)
def test_each_preview_shows_the_issue(home: HomePage, mode: str, kind: str) -> None:
    made = issue(bulletin(home), notice(home, title="Un titre").pk, live=False)
    answer = made.make_preview_request(preview_mode=mode)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith(kind)
    assert "Un titre" in answer.content.decode()


@pytest.mark.parametrize("mode", ["mail", "text", ""])
def test_a_half_filled_issue_can_be_previewed(home: HomePage, mode: str) -> None:
    letter = bulletin(home)
    made = letter.add_child(instance=Issue(title="À peine commencé", live=False))
    assert made.make_preview_request(preview_mode=mode).status_code == 200


def test_publication_writes_the_ledger_once(home: HomePage) -> None:
    page = notice(home)
    made = issue(bulletin(home), page.pk)
    assert list(LedgerEntry.objects.values_list("page_id", "issue_id")) == [(page.pk, made.pk)]
    made.save_revision().publish()
    assert LedgerEntry.objects.count() == 1


def test_a_page_taken_out_before_the_sending_has_been_carried_by_nothing(home: HomePage) -> None:
    kept, postponed = notice(home, slug="gardee"), notice(home, slug="reportee")
    made = issue(bulletin(home), kept.pk, postponed.pk)
    made.rubrics = [rubric("Rubrique", kept.pk)]
    made.save_revision().publish()
    assert list(LedgerEntry.objects.values_list("page_id", flat=True)) == [kept.pk]


def test_an_erratum_changes_neither_the_ledger_nor_the_themes_of_what_left(home: HomePage) -> None:
    made, other = hors_serie(home), notice(home, slug="autre", topics=("Autre",))
    sent(made)
    made.refresh_from_db()
    themes, carried = made.themes, set(LedgerEntry.objects.values_list("page_id", flat=True))
    made.errata = [erratum("2026-12-01", "<p>La date était fausse.</p>")]
    made.rubrics = [rubric("Le design", other.pk)]
    made.save_revision().publish()
    made.refresh_from_db()
    assert made.themes == themes
    assert [theme["slug"] for theme in themes] == ["lieux", "design"]
    assert set(LedgerEntry.objects.values_list("page_id", flat=True)) == carried


def test_a_copy_of_an_issue_waits_for_a_number_of_its_own(
    home: HomePage, admin_client: Client
) -> None:
    made = issue(bulletin(home), notice(home).pk)
    other = bulletin(home, title="Autre", slug="autre")
    for parent, slug in ((made.get_parent(), "copie"), (other, "ailleurs")):
        answer = admin_client.post(
            reverse("wagtailadmin_pages:copy", args=[made.pk]),
            {"new_title": "Copie", "new_slug": slug, "new_parent_page": parent.pk},
        )
        assert answer.status_code == 302
        copy = Issue.objects.get(slug=slug)
        assert (copy.number, copy.bulletin_id) == (None, parent.pk)
    made.refresh_from_db()
    assert made.number == 1


def test_an_issue_is_not_moved_to_another_bulletin(home: HomePage, admin_client: Client) -> None:
    made = issue(bulletin(home))
    other = bulletin(home, title="Autre", slug="autre")
    admin_client.post(reverse("wagtailadmin_pages:move_confirm", args=[made.pk, other.pk]))
    assert Issue.objects.get().get_parent().pk == made.bulletin_id


def test_a_publication_that_is_only_scheduled_writes_nothing(home: HomePage) -> None:
    made = issue(bulletin(home), notice(home).pk, live=False)
    made.go_live_at = timezone.now() + timedelta(days=2)
    made.save_revision().publish()
    assert LedgerEntry.objects.count() == 0


def form(made: Issue, **changes: str) -> dict[str, str]:
    """What a browser posts for an issue without lines."""
    fields = {"title": made.title, "slug": made.slug, "kind": made.kind, "number": "1"}
    fields |= {"dated": "2018-10", "introduction": "null", "feeds_ledger": "on"}
    streams = ("partners", "featured", "rubrics", "agenda", "rules", "editions", "errata")
    fields |= {f"{name}-count": "0" for name in streams} | {"max_bytes": "100000"}
    return fields | {"comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"} | changes


def test_a_number_is_unique_in_its_bulletin(home: HomePage, admin_client: Client) -> None:
    letter = bulletin(home)
    issue(letter, number=4, slug="a")
    other = issue(letter, number=5, slug="c")
    add = f"/admin/pages/add/newsletter/issue/{letter.pk}/"
    for url in (add, f"/admin/pages/{other.pk}/edit/"):
        answer = admin_client.post(url, form(other, slug="d", number="4"))
        assert answer.status_code == 200
        assert "Ce numéro existe déjà dans ce bulletin." in answer.content.decode()
    assert Issue.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.filter(pk=other.pk).update(number=4)


def test_two_drafts_may_have_no_number_yet(home: HomePage) -> None:
    letter = bulletin(home)
    issue(letter, number=None, slug="a", live=False)
    assert issue(letter, number=None, slug="b", live=False).pk


def test_a_date_that_does_not_exist_is_refused(home: HomePage) -> None:
    made = issue(bulletin(home), live=False)
    made.dated = "2018-13"
    with pytest.raises(ValidationError, match="n'existe pas"):
        made.full_clean()


def test_an_editor_saves_an_issue_in_the_admin(home: HomePage, admin_client: Client) -> None:
    made = issue(bulletin(home), notice(home).pk, live=False)
    url = f"/admin/pages/{made.pk}/edit/"
    assert admin_client.get(url).status_code == 200
    assert admin_client.post(url, form(made, title="Titre changé")).status_code == 302
    made.refresh_from_db()
    assert made.get_latest_revision_as_object().title == "Titre changé"


def test_the_issue_form_can_be_opened_empty(home: HomePage, admin_client: Client) -> None:
    letter = bulletin(home)
    answer = admin_client.get(f"/admin/pages/add/newsletter/issue/{letter.pk}/")
    assert answer.status_code == 200


def test_an_issue_lives_only_under_a_bulletin(home: HomePage) -> None:
    assert Issue.clean_parent_page_models() == [type(bulletin(home))]
    assert Issue.clean_subpage_models() == []


def test_an_alias_of_an_issue_is_refused_in_words(home: HomePage, admin_client: Client) -> None:
    made = issue(bulletin(home), notice(home).pk)
    fields = {"new_title": "Encore", "new_slug": "encore", "alias": "on"}
    fields["new_parent_page"] = str(made.get_parent().pk)
    answer = admin_client.post(f"/admin/pages/{made.pk}/copy/", fields, follow=True)
    assert "Un numéro ne peut pas avoir d&#x27;alias" in answer.content.decode()
    assert Issue.objects.count() == 1
