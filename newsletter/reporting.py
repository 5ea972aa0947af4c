"""What an assembly has made, in the words of the contract."""

from typing import Any

from wagtail.models import Page

from newsletter.composer.proposals import Proposals
from newsletter.composer.proposing import proposals_for
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
    aside = proposals_for(latest)
    paths = _paths(latest, aside)
    html_bytes, warnings = _weight(latest)
    rubrics = [_rubric(block.value, paths) for block in latest.rubric_blocks()]
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
        "unplaced": [card.url for card in aside.left_out],
        "already_published": [
            {"path": card.url, "in": paths[issue_id]} for card, issue_id in aside.carried
        ],
        "proposed": [found.card.url for found in aside.proposed],
        "html_bytes": html_bytes,
        "warnings": warnings,
    }


def _paths(issue: Issue, aside: Proposals) -> dict[int, str]:
    ids = [line["page"].pk for line in issue.lines() if line["page"]]
    ids += [issue_id for _, issue_id in aside.carried]
    return {page.pk: page.url for page in Page.objects.filter(pk__in=ids)}


def _rubric(value: dict, paths: dict[int, str]) -> dict[str, Any]:
    return {
        "title": value["title"],
        "items": [paths[line["page"].pk] for line in value["items"] if line["page"]],
        "discover": [paths[line["page"].pk] for line in value["discover"] if line["page"]],
    }


def _weight(issue: Issue) -> tuple[int, list[str]]:
    try:
        return render(issue.document(), max_bytes=issue.max_bytes).html_bytes, []
    except OverweightError as error:
        return error.html_bytes, [str(error)]
    except LetterError as error:
        return 0, [str(error)]
