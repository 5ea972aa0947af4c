"""From a spec to a draft issue: resolve, select, write; then say what was done.

The bulletin's row is locked for the length of the writing, so that two assemblies of the same
number at once make one issue (a unique constraint says it again).
"""

from typing import TYPE_CHECKING, Any

from django.db import transaction
from wagtail.admin.rich_text.converters.editor_html import EditorHTMLConverter

from home.blocks import INLINE_FEATURES
from home.cards import Card
from home.models import Keyword, Topic, brief_cards
from newsletter.composer.composition import first_composition, written
from newsletter.composer.proposals import Circumstances
from newsletter.composer.proposing import circumstances
from newsletter.errors import AlreadySentError, SpecError
from newsletter.models import Bulletin, Issue, Mailing
from newsletter.numbering import issue_slug
from newsletter.reporting import report
from newsletter.rules import criteria_of, rule_blocks
from newsletter.selection import Criteria, Period, Selection, select, select_agenda
from newsletter.spec import IssueSpec, parse_spec

if TYPE_CHECKING:
    from home.models import User


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
        issue = create_issue(bulletin, _draft(spec, bulletin, partners))
    return report(issue, created=True)


def create_issue(
    bulletin: Bulletin, issue: Issue, *, user: "User | None" = None, fill: bool = True
) -> Issue:
    """Stores a new draft and its first revision; with `fill`, what its rules select stands in
    its rubrics at once, else its rubrics are empty and all is proposed."""
    criteria = criteria_of(issue)
    selection = select_for(criteria, brief_cards() if fill else [], circumstances(issue))
    composition = first_composition(selection)
    for field, value in written(composition).items():
        setattr(issue, field, value)
    bulletin.add_child(instance=issue)
    issue.save_revision(user=user, log_action="wagtail.create")
    return issue


def select_for(criteria: Criteria, cards: list[Card], about: Circumstances) -> Selection:
    """What the rules take; what an earlier issue postponed goes first, even out of its period,
    and what an editor banned stays out."""
    carried = about.carried if criteria.uses_ledger else {}
    allowed = [card for card in cards if card.page_id not in about.banned]
    return select(
        [
            card
            for card in allowed
            if criteria.period.holds(card.published) or card.page_id in about.waiting
        ],
        criteria.rules,
        agenda=select_agenda(allowed, criteria.agenda) if criteria.agenda else (),
        discover_tag=criteria.discover_tag,
        featured_tag=criteria.featured_tag,
        carried=carried,
        first=about.waiting.keys(),
    )


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


def _draft(spec: IssueSpec, bulletin: Bulletin, partners: list[dict]) -> Issue:
    """The issue that the spec describes, empty and not stored."""
    agenda = spec.agenda or Period()
    rubrics = [(rubric.title, rubric.tags) for rubric in spec.rubrics or ()]
    issue = Issue(
        title=spec.title,
        slug=issue_slug(spec.kind, spec.number),
        bulletin=bulletin,
        kind=spec.kind,
        number=spec.number,
        dated=spec.date,
        introduction=EditorHTMLConverter(features=INLINE_FEATURES).whitelister.clean(spec.intro),
        feeds_ledger=spec.ledger,
        published_from=spec.period.start,
        published_to=spec.period.end,
        agenda_from=agenda.start,
        agenda_to=agenda.end,
        featured_tag=spec.featured_tag,
        discover_tag=spec.discover_tag,
        live=False,
        has_unpublished_changes=True,
    )
    issue.rules = rule_blocks(rubrics)
    issue.partners = partners
    return issue
