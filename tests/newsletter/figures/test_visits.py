"""Visits from a letter: who counts, what does not, what is kept, and that nobody is followed."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from wagtail.models import Page
from wagtail.url_routing import RouteResult

from home.models import HomePage
from newsletter.figures import visits
from newsletter.models import CampaignVisit, Issue, Mailing
from newsletter.tasks import flush_visits
from tests.newsletter.sending import issue
from tests.veille.factories import notice

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
TAG = "en-quelques-clics-hs2"


@pytest.fixture
def sent(home: HomePage) -> Issue:
    page = issue()
    Mailing.objects.create(
        issue=page, bulletin=page.bulletin, state="sent", finished_at=timezone.now()
    )
    return page


def counts() -> list[tuple[str, int]]:
    flush_visits()
    found = CampaignVisit.objects.order_by("page__title")
    return list(found.values_list("page__title", "count"))


def visit(page: Any, client: Client | None = None, tag: str = TAG, **headers: str) -> HttpResponse:
    named = {"User-Agent": BROWSER} | {k.replace("_", "-"): v for k, v in headers.items()}
    return (client or Client()).get(page.url, {"lettre": tag}, headers=named)


def test_a_page_opened_from_a_letter_is_counted_without_a_cookie(sent: Issue) -> None:
    page = notice(HomePage.objects.get(), title="Guide")
    for _ in range(3):
        answer = visit(page)
        assert answer.status_code == 200
        assert not answer.cookies
        assert answer["Link"] == f'<http://testserver{page.url}>; rel="canonical"'
    visit(sent)
    assert counts() == [("Guide", 3), (sent.title, 1)]
    row = CampaignVisit.objects.get(page=page)
    assert (row.campaign, row.day) == (TAG, timezone.localdate())


def test_a_page_without_the_tag_is_as_it_was(sent: Issue) -> None:
    answer = Client().get(sent.url, headers={"User-Agent": BROWSER})
    assert not answer.has_header("Link")
    assert counts() == []


def test_other_parameters_stay_in_the_canonical_address(sent: Issue) -> None:
    answer = Client().get(sent.url, {"a": "é&", "lettre": TAG})
    assert answer["Link"] == f'<http://testserver{sent.url}?a=%C3%A9%26>; rel="canonical"'


@pytest.mark.parametrize("tag", ["autre-1", "", "x" * 200, "é", "a\r\nb", TAG + "9"])
def test_a_campaign_that_no_letter_had_is_not_counted(sent: Issue, tag: str) -> None:
    assert visit(sent, tag=tag).status_code == 200
    assert counts() == []


def test_a_mailing_that_has_not_left_has_no_visits(sent: Issue) -> None:
    Mailing.objects.update(state="cancelled")
    visit(sent)
    assert counts() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"User_Agent": ""},
        {"User_Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"User_Agent": "python-requests/2.32"},
        {"User_Agent": "curl/8"},
        {"Sec_Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"Sec_Fetch_Dest": "image"},
    ],
)
def test_robots_and_what_is_fetched_ahead_are_not_counted(
    sent: Issue, headers: dict[str, str]
) -> None:
    visit(sent, **headers)
    assert counts() == []


def test_head_post_files_and_missing_pages_are_not_counted(sent: Issue) -> None:
    client, named = Client(), {"User-Agent": BROWSER}
    client.head(sent.url, {"lettre": TAG}, headers=named)
    client.post(f"{sent.url}?lettre={TAG}", headers=named)
    assert client.get("/nulle-part/", {"lettre": TAG}, headers=named).status_code == 404
    assert client.get("/sante/vivant", {"lettre": TAG}, headers=named).status_code == 200
    assert counts() == []


def test_a_file_or_an_edition_of_a_page_is_not_the_page(
    sent: Issue, rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    routed = RouteResult(sent, kwargs={"edition": "fnau"})
    monkeypatch.setattr(Page, "route_for_request", staticmethod(lambda request, path: routed))
    request = rf.get(sent.url, {"lettre": TAG}, headers={"User-Agent": BROWSER})
    answer = visits.CampaignVisitMiddleware(lambda _: HttpResponse())(request)
    assert not answer.has_header("Link")
    assert counts() == []


def test_flushing_twice_or_after_a_restart_of_the_cache_counts_once(sent: Issue) -> None:
    visit(sent)
    visit(sent)
    assert counts() == counts() == [(sent.title, 2)]
    cache.clear()
    assert counts() == [(sent.title, 2)]
    visit(sent)
    assert counts() == [(sent.title, 3)]


def test_yesterday_s_visits_are_written_too_and_a_deleted_page_s_are_dropped(
    sent: Issue,
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    assert visits.add(sent.pk, TAG, yesterday)
    assert visits.add(999_999, TAG, yesterday)
    assert counts() == [(sent.title, 1)]


def test_a_visit_when_the_cache_is_known_costs_no_query(
    sent: Issue, django_assert_num_queries: Any
) -> None:
    today = timezone.localdate()
    visits.add(sent.pk, TAG, today)
    with django_assert_num_queries(0):
        visits.add(sent.pk, TAG, today)


def test_the_tag_of_a_mailing_is_that_of_its_issue_and_a_test_has_none(sent: Issue) -> None:
    assert visits.campaign_of(Mailing.objects.get()) == TAG
    trial = Mailing.objects.create(issue=sent, bulletin=sent.bulletin, kind="test")
    assert visits.campaign_of(trial) == ""


@pytest.mark.parametrize("fields", [{}, {"number": None}, {"number": None, "dated": ""}])
def test_the_mail_carries_the_tag_that_is_known(home: HomePage, fields: dict[str, Any]) -> None:
    page = issue()
    type(page).objects.filter(pk=page.pk).update(**fields)
    page = type(page).objects.get(pk=page.pk)
    made = Mailing.objects.create(
        issue=page, bulletin=page.bulletin, state="sent", finished_at=timezone.now()
    )
    assert page.document().campaign == visits.campaign_of(made)
    assert f"lettre={visits.campaign_of(made)}" in page.rendered().html
