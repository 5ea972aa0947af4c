"""The proposals of a stored issue: reads the bulletin's cards, ledger and other drafts.

A constant number of queries, whatever the number of pages, of issues and of drafts: what other
drafts hold and have decided is read in their latest revisions, by one query.
"""

import json
from typing import TYPE_CHECKING, Any

from wagtail.models import Revision

from home.cards import Card
from home.models import brief_cards
from newsletter.composer.composition import Composition, read
from newsletter.composer.proposals import Circumstances, Proposals, propose
from newsletter.models import Issue, LedgerEntry
from newsletter.numbering import number_label, parse_issue_date
from newsletter.rules import criteria_of

if TYPE_CHECKING:
    from datetime import date


def composition_of(issue: Issue) -> Composition:
    """What this version of the issue holds."""
    return read(
        list(issue.featured.get_prep_value()),
        list(issue.rubrics.get_prep_value()),
        list(issue.agenda.get_prep_value()),
        issue.proposal,
    )


def proposals_for(
    issue: Issue, composition: Composition | None = None, cards: list[Card] | None = None
) -> Proposals:
    """What is proposed for this version of the issue, and what is set aside."""
    return propose(
        brief_cards() if cards is None else cards,
        criteria_of(issue),
        composition or composition_of(issue),
        circumstances(issue),
    )


def circumstances(issue: Issue) -> Circumstances:
    carried = LedgerEntry.objects.carried_by(issue.bulletin, except_by=issue.pk)
    waiting: dict[int, str] = {}
    drafts: dict[int, str] = {}
    banned: set[int] = set()
    others = Issue.objects.of(issue.bulletin).exclude(pk=issue.pk)
    rows = {row["latest_revision"]: row for row in others.values(*ROW)}
    contents = Revision.objects.filter(pk__in=rows).values_list("pk", *CONTENT)
    for revision_id, proposal, *streams in contents:
        row, choices = rows[revision_id], proposal or {}
        label = number_label(row["kind"], row["number"]) or f"«\u00a0{row['draft_title']}\u00a0»"
        rejected = choices.get("rejected", {})
        banned |= {int(pk) for pk, ever in rejected.items() if ever}
        waiting |= {int(pk): label for pk in choices.get("postponed", ()) if pk not in carried}
        if not row["live"]:
            held = read(*(_stream(raw) for raw in streams), {})
            drafts |= dict.fromkeys(held.page_ids, label)
    return Circumstances(carried, waiting, frozenset(banned), drafts, _last_day(rows))


ROW = ("pk", "kind", "number", "draft_title", "live", "dated", "latest_revision")
CONTENT = tuple(f"content__{name}" for name in ("proposal", "featured", "rubrics", "agenda"))


def _stream(raw: Any) -> list[dict[str, Any]]:
    """A stream field as a revision holds it: JSON in a string."""
    return json.loads(raw) if isinstance(raw, str) else raw or []


def _last_day(rows: dict[int, dict[str, Any]]) -> "date | None":
    dated = [row["dated"] for row in rows.values() if row["live"] and row["dated"]]
    return parse_issue_date(max(dated))[0] if dated else None
