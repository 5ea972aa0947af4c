"""What an assembly has made, in the words of the contract."""

from typing import Any

from wagtail.models import Page

from newsletter.errors import LetterError
from newsletter.models import Issue, Mailing
from newsletter.rendering import OverweightError, render


def issue_status(issue: Issue) -> str:
    """ "sent" once a mailing exists, else "live" or "draft"."""
    if Mailing.objects.of_issue(issue.pk).exists():
        return "sent"
    return "live" if issue.live else "draft"


def report(issue: Issue, *, created: bool) -> dict[str, Any]:
    """The JSON object of `assemble_issue`, plus `warnings` (sentences, possibly none)."""
    latest = issue.get_latest_revision_as_object()
    proposal = issue.proposal
    carried = proposal.get("carried", [])
    paths = _paths(latest, [*proposal.get("unplaced", []), *(n for row in carried for n in row)])
    html_bytes, warnings = _weight(latest)
    rubrics = [_rubric(block.value, paths) for block in latest.rubrics]
    warnings += [
        f"La rubrique «\u00a0{r['title']}\u00a0» ne retient aucune page."
        for r in rubrics
        if not r["items"] and not r["discover"]
    ]
    featured = [paths[b.value["page"].pk] for b in latest.featured if b.value["page"]]
    return {
        "issue": issue.pk,
        "path": issue.url,
        "created": created,
        "status": issue_status(issue),
        "featured": featured[0] if featured else None,
        "rubrics": rubrics,
        "agenda": [paths[b.value["page"].pk] for b in latest.agenda if b.value["page"]],
        "unplaced": [paths[pk] for pk in proposal.get("unplaced", []) if pk in paths],
        "already_published": [
            {"path": paths[page], "in": paths[issue_id]}
            for page, issue_id in carried
            if page in paths and issue_id in paths
        ],
        "html_bytes": html_bytes,
        "warnings": warnings,
    }


def _paths(issue: Issue, more: list[int]) -> dict[int, str]:
    ids = [line["page"].pk for line in issue.lines() if line["page"]] + more
    return {page.pk: page.url for page in Page.objects.filter(pk__in=ids)}


def _rubric(value: dict, paths: dict[int, str]) -> dict[str, Any]:
    return {
        "title": value["title"],
        "items": [paths[line["page"].pk] for line in value["items"] if line["page"]],
        "discover": [paths[line["page"].pk] for line in value["discover"] if line["page"]],
    }


def _weight(issue: Issue) -> tuple[int, list[str]]:
    try:
        return render(issue.document()).html_bytes, []
    except OverweightError as error:
        return error.html_bytes, [str(error)]
    except LetterError as error:
        return 0, [str(error)]
