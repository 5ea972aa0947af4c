"""Makes the demo's entries from facts. Dates of first publication are the facts' own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from wagtail.models import Page

from config.demo.authorities import Authorities
from home.models import Entry, Keyword, SiteImage, Territory, Topic
from home.slugs import french_slugify
from resources.models import (
    CaseFigure,
    CaseLink,
    CaseSource,
    CaseStudy,
    CaseStudyOrganisation,
)
from veille.models import (
    AgendaEntry,
    AgendaLink,
    AgendaOrganiser,
    Contribution,
    Notice,
    NoticeIdentifier,
    NoticeLink,
    NoticePublisher,
    OtherDate,
    RelatedNotice,
)

NOTICE_TEXTS = [
    "subtitle",
    "mention",
    "volume",
    "issue",
    "series",
    "series_number",
    "edition",
    "official_number",
    "extent",
    "pages",
    "duration",
    "date_printed",
]
CASE_TEXTS = [
    "baseline",
    "district",
    "context",
    "problem",
    "audience",
    "funding",
    "results",
    "public_role",
    "success_factors",
    "obstacles",
    "quote",
    "quote_author",
    "origin",
]


@dataclass
class Makers:
    """One maker a type; each leaves an entry that exists as it is."""

    authorities: Authorities
    topics: dict[str, Topic]
    places: dict[str, Territory]
    images: dict[str, SiteImage]
    tick: Callable[[], object]
    keywords: dict[str, Keyword] = field(default_factory=dict)

    def notice(self, parent: Page, facts: dict[str, Any]) -> None:
        page = Notice(notice_type=facts["type"], language=facts.get("language", "fr"))
        for name in NOTICE_TEXTS:
            setattr(page, name, facts.get(name, ""))
        page.date_edtf = facts.get("date", "")
        page.access = facts.get("access", "open")
        page.is_online, page.et_al = facts.get("online", False), facts.get("et_al", False)
        if key := facts.get("periodical"):
            page.periodical = self.authorities.periodicals[key]
        page.contributions = [self._contribution(row) for row in facts.get("contributions", [])]
        page.publishers = [
            NoticePublisher(organisation=self._body(row), printed_as=row.get("printed", ""))
            for row in facts.get("publishers", [])
        ]
        page.links = [
            NoticeLink(
                kind=row.get("kind", "full-text"),
                label=row.get("label", ""),
                url=row.get("url", ""),
                coming_soon=row.get("coming_soon", False),
            )
            for row in facts.get("links", [])
        ]
        page.other_dates = [
            OtherDate(label=row["label"], edtf=row["date"], printed=row.get("printed", ""))
            for row in facts.get("other_dates", [])
        ]
        page.identifiers = [NoticeIdentifier(**row) for row in facts.get("identifiers", [])]
        self._publish(parent, page, facts, self._moment(facts))

    def agenda_entry(self, parent: Page, facts: dict[str, Any]) -> None:
        starts = self._day(facts, "starts_on")
        ends = self._day(facts, "ends_on")
        if ends is None and starts and facts.get("lasts_days", 1) > 1:
            ends = starts + timedelta(days=facts["lasts_days"] - 1)
        page = AgendaEntry(
            kind=facts["kind"],
            starts_on=starts,
            ends_on=ends,
            start_time=_time(facts.get("start_time")),
            end_time=_time(facts.get("end_time")),
            month_only=facts.get("month_only", False),
            status=facts.get("status", "confirmed"),
            place=facts.get("place", ""),
            city=facts.get("city", ""),
            nationwide=facts.get("nationwide", False),
            registration_url=facts.get("registration_url", ""),
            registration_note=facts.get("registration_note", ""),
            is_free=facts.get("free", False),
        )
        page.organisers = [
            AgendaOrganiser(organisation=self._body(row), printed_as=row.get("printed", ""))
            for row in facts.get("organisers", [])
        ]
        page.links = [AgendaLink(**row) for row in facts.get("links", [])]
        self._publish(parent, page, facts, self._moment(facts))

    def case_study(self, parent: Page, facts: dict[str, Any]) -> None:
        page = CaseStudy(
            status=facts.get("status", "ongoing"),
            in_priority_district=facts.get("in_priority_district", False),
            started=facts.get("started", ""),
            actions_taken=facts.get("action", ""),
        )
        for name in CASE_TEXTS:
            setattr(page, name, facts.get(name, ""))
        page.organisations = [
            CaseStudyOrganisation(
                organisation=self._body(row), role=row["role"], printed_as=row.get("printed", "")
            )
            for row in facts.get("lead", [])
        ]
        page.figures = [CaseFigure(**row) for row in facts.get("figures", [])]
        page.sources = [CaseSource(**row) for row in facts.get("sources", [])]
        page.links = [CaseLink(**row) for row in facts.get("links", [])]
        self._publish(parent, page, facts, self._moment(facts))

    def relate(self, rows: list[dict[str, Any]]) -> None:
        """Links notices to one another, once all exist."""
        by_slug = {notice.slug: notice for notice in Notice.objects.all()}
        for facts in rows:
            for row in facts.get("related", []):
                RelatedNotice.objects.get_or_create(
                    notice=by_slug[facts["slug"]], related=by_slug[row["to"]], kind=row["kind"]
                )

    def _publish(self, parent: Page, page: Entry, facts: dict[str, Any], moment: datetime) -> None:
        self.tick()
        if type(page).objects.child_of(parent).filter(slug=facts["slug"]).exists():
            return
        page.title, page.slug = facts["title"], facts["slug"]
        page.abstract, page.summary = facts.get("abstract", ""), facts.get("summary", "")
        page.cover = self.images.get(facts["slug"])
        page.live = False
        parent.add_child(instance=page)
        page.topics.set([self.topics[slug] for slug in facts.get("topics", [])])
        page.tags.set([self._keyword(name) for name in facts.get("tags", [])])
        page.territories.set([self.places[name] for name in facts.get("territories", [])])
        page.first_published_at = moment
        page.save()
        page.save_revision().publish()
        # Publication stamps the present moment as the last one; the demo's past is in 2018.
        Page.objects.filter(pk=page.pk).update(last_published_at=moment)

    def _keyword(self, name: str) -> Keyword:
        slug = french_slugify(name)
        if slug not in self.keywords:
            found = Keyword.objects.filter(slug=slug).first()
            self.keywords[slug] = found or Keyword.objects.create(name=name, slug=slug)
        return self.keywords[slug]

    def _body(self, row: dict[str, Any]) -> Any:
        return self.authorities.organisations[row["organisation"]]

    def _contribution(self, row: dict[str, Any]) -> Contribution:
        made = Contribution(
            role=row.get("role", "author"),
            printed_as=row.get("printed", ""),
            affiliation=row.get("affiliation", ""),
        )
        if "person" in row:
            made.person = self.authorities.persons[row["person"]]
        else:
            made.organisation = self._body(row)
        return made

    def _moment(self, facts: dict[str, Any]) -> datetime:
        if "published" in facts:
            day = date.fromisoformat(facts["published"])
        else:
            day = timezone.localdate() - timedelta(days=facts["published_days_ago"])
        return datetime.combine(day, time(9, 0), timezone.get_default_timezone())

    def _day(self, facts: dict[str, Any], name: str) -> date | None:
        if name in facts:
            return date.fromisoformat(facts[name])
        if name == "starts_on":
            return timezone.localdate() + timedelta(days=facts["in_days"])
        return None


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None
