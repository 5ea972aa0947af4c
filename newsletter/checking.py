"""What the preflight needs to know of a stored issue: gathers it, judges nothing.

A constant number of queries whatever the number of lines.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from home.models import Entry, entry_models
from newsletter.composer.addresses import composer_url
from newsletter.composer.composition import Composition, Item
from newsletter.composer.composition import Part as ComposedPart
from newsletter.composer.proposing import circumstances, composition_of
from newsletter.documents import RenderedIssue
from newsletter.errors import LetterError
from newsletter.facts import Facts, Finding, Held, Kind, Part, Places, Prose, Report
from newsletter.models import Issue, Mailing, Subscription
from newsletter.preflight import check
from newsletter.rendering import OverweightError, render
from newsletter.rules import criteria_of


def preflight(
    issue: Issue, *, at: datetime | None = None, rendered: RenderedIssue | None = None
) -> Report:
    """What forbids this version of the issue to leave, and what deserves a look."""
    return check(facts_of(issue, at=at, rendered=rendered))


def facts_of(
    issue: Issue, *, at: datetime | None = None, rendered: RenderedIssue | None = None
) -> Facts:
    """What is known of this version of the issue (the live row, or a revision's object).

    Args:
        at: the planned departure (aware); None: that of its scheduled mailing, if there is one.
        rendered: its mail, where the caller has it already.
    """
    bulletin = issue.bulletin
    places = _places(issue)
    composition = composition_of(issue)
    found = _found(composition, issue)
    leaves_at = at or _scheduled_at(issue)
    saved_at = issue.latest_revision_created_at
    rendered, fault = (rendered, None) if rendered else _rendered(issue, places)
    return Facts(
        places=places,
        title=issue.title,
        subject=issue.subject,
        sender_email=bulletin.sender_email if bulletin else "",
        reply_to=bulletin.reply_to if bulletin else "",
        today=timezone.localdate(),
        leaves_on=timezone.localdate(leaves_at),
        parts=tuple(_parts(composition, issue, found)),
        prose=tuple(_prose(issue, composition)),
        undescribed=tuple(_undescribed(issue, composition)),
        html=rendered.html if rendered else "",
        text=rendered.text if rendered else "",
        fault=fault,
        has_reader=Subscription.objects.confirmed().filter(bulletin=bulletin).exists(),
        age_at_departure=leaves_at - saved_at if leaves_at and saved_at else None,
        lost_rules=criteria_of(issue).lost if bulletin else (),
        differs_from_live=issue.live and issue.has_unpublished_changes,
    )


def page_ids_of(issue: Issue) -> list[int]:
    """The pages that this version of the issue shows, in reading order, each once."""
    items = composition_of(issue).items
    return list(dict.fromkeys(item.page_id for item in items if item.page_id is not None))


@dataclass(frozen=True, slots=True)
class _Found:
    """The pages of the lines that exist still, those of them that are public, and the open
    drafts (label) that hold them too."""

    entries: dict[int, Entry]
    public: frozenset[int]
    drafts: dict[int, str]


def _found(composition: Composition, issue: Issue) -> _Found:
    wanted = composition.page_ids
    public = Page.objects.filter(pk__in=wanted).live().public().values_list("pk", flat=True)
    entries: dict[int, Entry] = {}
    for model in entry_models():
        if missing := wanted - entries.keys():
            entries |= {page.pk: page for page in model.objects.filter(pk__in=missing).for_cards()}
    drafts = dict(circumstances(issue).drafts) if issue.bulletin else {}
    return _Found(entries, frozenset(public), drafts)


def _parts(composition: Composition, issue: Issue, found: _Found) -> Iterator[Part]:
    def held(items: tuple[Item, ...], kind: Kind) -> tuple[Held, ...]:
        return tuple(_held(item, kind, issue, found) for item in items)

    if composition.featured:
        lines = held(composition.featured, "featured")
        yield Part("featured", "À la une", _field(issue, "featured"), lines)
    for part in composition.parts:
        yield Part(
            "free" if part.is_free else "rubric",
            part.title,
            _part_place(issue, part),
            held((*part.items, *part.discover), "rubric"),
            bool(part.introduction.strip()),
        )
    if composition.agenda:
        lines = held(composition.agenda, "agenda")
        yield Part("agenda", "Agenda", _field(issue, "agenda"), lines)


def _held(item: Item, kind: Kind, issue: Issue, found: _Found) -> Held:
    where = composer_url(issue.pk, f"item-{item.id}")
    page = found.entries.get(item.page_id or 0)
    if page is None:
        return Held(item.title, where, item.page_id, title_where=where, state="deleted")
    form = _form(page.pk)
    # The cover of the page « à la une » is the only one that an issue draws.
    cover = page.cover_picture() if kind == "featured" else None
    return Held(
        title=item.title or page.title,
        where=where,
        page_id=page.pk,
        page_where=form,
        title_where=where if item.title else form,
        state="public" if page.pk in found.public else "withdrawn",
        links=tuple(page.outgoing_links()),
        when=page.when(),
        other_draft=found.drafts.get(page.pk, ""),
        lacks_cover_alt=cover is not None and not cover.alt.strip(),
    )


def _prose(issue: Issue, composition: Composition) -> Iterator[Prose]:
    yield Prose("Introduction", issue.introduction, _field(issue, "introduction"))
    for part in composition.parts:
        if part.free is not None:
            text = str(part.free.get("text") or "")
            yield Prose(f"Bloc «\u00a0{part.title}\u00a0»", text, _part_place(issue, part))
    for block in issue.editions:
        place = f"Édition «\u00a0{block.value['name']}\u00a0»"
        yield Prose(place, _source(block.value["introduction"]), _field(issue, "editions"))
    for block in issue.errata:
        yield Prose("Errata", _source(block.value["text"]), _field(issue, "errata"))


def _source(text: object) -> str:
    """The stored HTML of a rich text, or of none."""
    return getattr(text, "source", "") or ""


def _undescribed(issue: Issue, composition: Composition) -> Iterator[tuple[str, str]]:
    for part, block in zip(composition.parts, issue.rubrics, strict=True):
        image = block.value["image"] if part.is_free else None
        if image and not image.decorative:
            alt = image.contextual_alt_text or image.description or ""
            if not alt.strip():
                yield part.title, _part_place(issue, part)


def _rendered(issue: Issue, places: Places) -> tuple[RenderedIssue | None, Finding | None]:
    """The mail of what is public, or why there is none."""
    try:
        return render(issue.document(), max_bytes=issue.max_bytes), None
    except OverweightError as error:
        return None, Finding("overweight", str(error), places.contents)
    except LetterError as error:
        return None, Finding("mjml", str(error), places.issue)


def _scheduled_at(issue: Issue) -> datetime | None:
    waiting = Mailing.objects.of_issue(issue.pk).filter(state=Mailing.State.SCHEDULED)
    return waiting.values_list("scheduled_at", flat=True).first()


def _places(issue: Issue) -> Places:
    letter = _form(issue.bulletin_id) if issue.bulletin_id else _form(issue.pk)
    own_rules = f"{_form(issue.pk)}#panel-child-selection-rules-section"
    check_page = reverse("newsletter_preflight", args=[issue.pk])
    return Places(
        issue=_form(issue.pk),
        title=_field(issue, "title"),
        subject=f"{_form(issue.pk)}#panel-child-courriel-courriel-section",
        contents=composer_url(issue.pk),
        sender=f"{letter}#panel-child-contenu-expedition-section",
        rules=own_rules
        if issue.rules
        else f"{letter}#panel-child-contenu-standing_rubrics-section",
        readers=reverse("abonnes_modeladmin_index"),
        links=f"{check_page}#liens",
    )


def _form(page_id: int) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page_id])


def _field(issue: Issue, name: str) -> str:
    """A field of the first tab of the issue's form."""
    return f"{_form(issue.pk)}#panel-child-contenu-{name}-section"


def _part_place(issue: Issue, part: ComposedPart) -> str:
    return composer_url(issue.pk, f"partie-{part.id}")
