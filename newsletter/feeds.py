"""A bulletin as an Atom feed: one entry an issue that anybody may read, the newest first."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import strip_tags

from home.cards import shorten
from home.models import SiteSettings
from newsletter.archive import answer
from newsletter.documents import absolute, one_line
from newsletter.mjml import clean

if TYPE_CHECKING:
    from newsletter.models import Bulletin, Issue

ENTRIES = 30
SUMMARY_CHARACTERS = 600
# Of a page that was never published through a revision.
NO_DATE = datetime(2018, 1, 1, tzinfo=UTC)


class IssueFeed(Atom1Feed):
    """Without an issue, the feed dates from its bulletin, not from the moment it is read."""

    def latest_post_date(self) -> datetime:
        found = [item["updateddate"] for item in self.items]
        return max(found, default=self.feed["made_on"])


def serve_feed(bulletin: "Bulletin", request: HttpRequest) -> HttpResponse:
    """The feed of `bulletin`. A constant number of queries."""
    feed = bulletin_feed(bulletin, request)
    content = feed.writeString("utf-8").encode()
    moment = int(feed.latest_post_date().timestamp())
    return answer(request, content, "application/atom+xml; charset=utf-8", modified=moment)


def bulletin_feed(bulletin: "Bulletin", request: HttpRequest) -> IssueFeed:
    page = absolute(bulletin.get_url(request) or "", settings.SITE_URL)
    feed = IssueFeed(
        title=_words(bulletin.title),
        link=page,
        description=_words(bulletin.description or bulletin.tagline),
        subtitle=_words(bulletin.tagline or bulletin.description),
        feed_url=f"{page}atom.xml",
        feed_guid=_identity(bulletin.pk, bulletin.first_published_at),
        author_name=_words(SiteSettings.for_request(request).centre_name),
        language="fr",
        made_on=bulletin.last_published_at or NO_DATE,
    )
    for issue in bulletin.issues.listed()[:ENTRIES]:
        feed.add_item(**_entry(issue, request))
    return feed


def _entry(issue: "Issue", request: HttpRequest) -> dict[str, Any]:
    first = issue.first_published_at or NO_DATE
    named = issue.number_label or issue.date_label
    return {
        "title": _words(" – ".join(filter(None, [named, issue.title]))),
        "link": absolute(issue.get_url(request) or "", settings.SITE_URL),
        "description": _summary(issue),
        "unique_id": _identity(issue.pk, issue.first_published_at),
        "pubdate": first,
        "updateddate": issue.last_published_at or first,
        "categories": [_words(theme["name"]) for theme in issue.themes],
    }


def _summary(issue: "Issue") -> str:
    """Its introduction's beginning, and what it holds, rubric by rubric."""
    # The raw values: to read a title, nothing that a rubric points to is fetched.
    titles = [block["value"]["title"] for block in issue.rubrics.raw_data]
    contents = f"Au sommaire\u00a0: {', '.join(titles)}." if titles else ""
    introduction = shorten(strip_tags(issue.introduction), SUMMARY_CHARACTERS)
    return _words(" ".join(filter(None, [introduction, contents])))


def _identity(pk: int, moment: datetime | None) -> str:
    """A tag URI (RFC 4151): it outlives a change of slug."""
    day = timezone.localdate(moment or NO_DATE).isoformat()
    return f"tag:{urlsplit(settings.SITE_URL).hostname},{day}:bulletin/{pk}"


def _words(text: str) -> str:
    """`text` on one line, without what XML can not carry."""
    return clean(one_line(text))
