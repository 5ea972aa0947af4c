"""By what an issue selects: its own rules and periods, else its bulletin's.

The tags of a rule are slugs; a chosen topic or keyword that has been renamed keeps its slug, one
that has been deleted is said (`Criteria.lost`), never silently forgotten.
"""

from datetime import timedelta

from home.models import Keyword, Topic
from newsletter.models import Bulletin, Issue
from newsletter.numbering import parse_issue_date
from newsletter.selection import Criteria, Period, Rule


def criteria_of(issue: Issue) -> Criteria:
    bulletin = issue.bulletin
    blocks = issue.rules or bulletin.standing_rubrics
    period = Period(issue.published_from, issue.published_to)
    if issue.kind == Issue.Kind.REGULAR and period == Period():
        period = Period(bulletin.proposes_since, None)
    return Criteria(
        rules=tuple(_rule(block.value) for block in blocks),
        period=period,
        agenda=_agenda(issue, bulletin),
        featured_tag=issue.featured_tag or bulletin.featured_tag,
        discover_tag=issue.discover_tag or bulletin.discover_tag,
        uses_ledger=issue.feeds_ledger,
        lost=tuple(block.value["title"] for block in blocks if _has_lost(block.value)),
    )


def _agenda(issue: Issue, bulletin: Bulletin) -> Period | None:
    if issue.agenda_from or issue.agenda_to:
        return Period(issue.agenda_from, issue.agenda_to)
    if issue.kind != Issue.Kind.REGULAR or not bulletin.agenda_weeks or not issue.dated:
        return None
    start, _ = parse_issue_date(issue.dated)
    return Period(start, start + timedelta(weeks=bulletin.agenda_weeks))


def _rule(value: dict) -> Rule:
    return Rule(
        title=value["title"],
        tags=_slugs(value["topics"], value["keywords"]),
        every=value["match"] == "all",
        excluded=_slugs(value["excluded_topics"], value["excluded_keywords"]),
        collections=frozenset(value["entry_types"] or ()),
        maximum=value["maximum"],
        order=value["order"] or "date",
    )


def _slugs(topics: list[Topic | None], keywords: list[Keyword | None]) -> frozenset[str]:
    return frozenset(term.slug for term in (*topics, *keywords) if term)


def _has_lost(value: dict) -> bool:
    names = ("topics", "keywords", "excluded_topics", "excluded_keywords")
    return any(term is None for name in names for term in value[name])


def rule_blocks(rubrics: list[tuple[str, tuple[str, ...]]]) -> list[dict]:
    """Raw stream values for (title, slugs): a topic and a keyword of one slug both count."""
    slugs = {slug for _, tags in rubrics for slug in tags}
    topics = dict(Topic.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    keywords = dict(Keyword.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    return [
        {
            "type": "rubric",
            "value": {
                "title": title,
                "topics": [topics[slug] for slug in tags if slug in topics],
                "keywords": [keywords[slug] for slug in tags if slug in keywords],
            },
        }
        for title, tags in rubrics
    ]
