"""From a spec to a draft issue: resolve, select, write; then say what was done.

The bulletin's row is locked for the length of the writing, so that two assemblies of the same
number at once make one issue (a unique constraint says it again).
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from wagtail.admin.rich_text.converters.editor_html import EditorHTMLConverter

from home.blocks import INLINE_FEATURES
from home.cards import Card
from home.models import Keyword, Topic, entry_models
from newsletter.errors import AlreadySentError, SpecError
from newsletter.models import Bulletin, Issue, LedgerEntry, Mailing
from newsletter.numbering import issue_slug
from newsletter.reporting import report
from newsletter.selection import Period, Placed, Rule, Selection, select, select_agenda
from newsletter.spec import IssueSpec, parse_spec


def assemble(data: Any) -> dict[str, Any]:
    """Makes the draft that the spec describes, or finds the one it has made; returns the report
    of the contract (`assemble_issue`).

    Raises:
        SpecError: an unusable spec; nothing is written.
        AlreadySentError: this number has been sent.
    """
    spec = parse_spec(data)
    bulletin = _bulletin(spec)
    _check_tags(spec, bulletin)
    partners = _partners(spec, bulletin)
    with transaction.atomic():
        Bulletin.objects.select_for_update().get(pk=bulletin.pk)
        found = Issue.objects.of(bulletin).filter(kind=spec.kind, number=spec.number).first()
        if found and Mailing.objects.of_issue(found.pk).exists():
            raise AlreadySentError(found.pk, found.url)
        if found:
            return report(found, created=False)
        issue = _draft(spec, data, bulletin, partners, _select(spec, bulletin))
    return report(issue, created=True)


def outcome(data: Any) -> dict[str, Any]:
    """`assemble`, with its refusals as values: a task's result must travel as JSON."""
    try:
        return {"report": assemble(data)}
    except SpecError as error:
        return {"refused": error.problems, "unusable": True}
    except AlreadySentError as error:
        sent = {"issue": error.issue_id, "path": error.path, "status": "sent"}
        return {"refused": [str(error)], "unusable": False} | sent


def _bulletin(spec: IssueSpec) -> Bulletin:
    bulletin = Bulletin.objects.filter(slug=spec.bulletin).first()
    if bulletin is None:
        raise SpecError([f"Bulletin inconnu\u00a0: «\u00a0{spec.bulletin}\u00a0»."])
    return bulletin


def _check_tags(spec: IssueSpec, bulletin: Bulletin) -> None:
    known = set(Topic.objects.filter(slug__in=spec.tags).values_list("slug", flat=True))
    known |= set(Keyword.objects.filter(slug__in=spec.tags).values_list("slug", flat=True))
    if unknown := sorted(spec.tags - known):
        raise SpecError(
            [f"Thème ou mot-clé inconnu\u00a0: «\u00a0{tag}\u00a0»." for tag in unknown]
        )
    if spec.rubrics is None and not bulletin.standing_rubrics:
        raise SpecError(
            [
                f"Le bulletin «\u00a0{bulletin.title}\u00a0» n'a pas de rubriques "
                "permanentes\u00a0; donnez «\u00a0rubrics\u00a0»."
            ]
        )


def _partners(spec: IssueSpec, bulletin: Bulletin) -> list[dict]:
    usual = {block.value["key"]: block.get_prep_value() for block in bulletin.partners}
    if unknown := [name for name in spec.partners if name not in usual]:
        raise SpecError(
            [f"Partenaire inconnu de ce bulletin\u00a0: «\u00a0{name}\u00a0»." for name in unknown]
        )
    return [{"type": "partner", "value": usual[name]["value"]} for name in spec.partners]


def _rules(spec: IssueSpec, bulletin: Bulletin) -> list[Rule]:
    if spec.rubrics is not None:
        return [Rule(r.title, frozenset(r.tags)) for r in spec.rubrics]
    rules = []
    for block in bulletin.standing_rubrics:
        value = block.value
        names = Keyword.objects.filter(name__in=list(value["keywords"]))
        tags = {topic.slug for topic in value["topics"]} | {k.slug for k in names}
        rules.append(Rule(value["title"], frozenset(tags), value["maximum"]))
    return rules


def _select(spec: IssueSpec, bulletin: Bulletin) -> Selection:
    cards = _cards()
    agenda = select_agenda(cards, spec.agenda) if spec.agenda else ()
    carried = {}
    if spec.ledger:
        rows = LedgerEntry.objects.filter(bulletin=bulletin).order_by("-carried_at")
        carried = dict(rows.values_list("page_id", "issue_id"))
    return select(
        _within(cards, spec.period),
        _rules(spec, bulletin),
        agenda=agenda,
        discover_tag=spec.discover_tag,
        featured_tag=spec.featured_tag,
        carried=carried,
    )


def _within(cards: list[Card], period: Period) -> list[Card]:
    return [card for card in cards if period.holds(card.published)]


def _cards() -> list[Card]:
    return [p.card() for model in entry_models() for p in model.objects.listed().for_cards()]


def _draft(
    spec: IssueSpec, data: Mapping, bulletin: Bulletin, partners: list[dict], selection: Selection
) -> Issue:
    issue = Issue(
        title=spec.title,
        slug=issue_slug(spec.kind, spec.number),
        bulletin=bulletin,
        kind=spec.kind,
        number=spec.number,
        dated=spec.date,
        introduction=EditorHTMLConverter(features=INLINE_FEATURES).whitelister.clean(spec.intro),
        feeds_ledger=spec.ledger,
        spec=dict(data),
        live=False,
        has_unpublished_changes=True,
    )
    issue.partners = partners
    issue.featured = [_line(selection.featured)] if selection.featured else []
    issue.rubrics = [_rubric(placed) for placed in selection.rubrics]
    issue.agenda = [_line(card) for card in selection.agenda]
    issue.proposal = {
        "unplaced": [card.page_id for card in selection.unplaced],
        "carried": [[card.page_id, issue_id] for card, issue_id in selection.carried],
    }
    bulletin.add_child(instance=issue)
    issue.save_revision(log_action="wagtail.create")
    return issue


def _line(card: Card) -> dict:
    return {"type": "line", "value": _line_value(card)}


def _line_value(card: Card) -> dict:
    return {"page": card.page_id, "title": "", "summary": ""}


def _rubric(placed: Placed) -> dict:
    value = {"title": placed.title, "introduction": "", "discover_title": "À découvrir"}
    value["items"] = [_line_value(card) for card in placed.items]
    value["discover"] = [_line_value(card) for card in placed.discover]
    return {"type": "rubric", "value": value}
