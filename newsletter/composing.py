"""From a stored issue to the `IssueDocument` that every rendering draws.

A constant number of queries whatever the number of lines: the pages are read once, by type.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from wagtail.models import Site
from wagtail.rich_text import expand_db_html

from home.cards import Card, Picture
from home.models import SiteSettings, cards_by_id
from home.slugs import french_slugify
from newsletter.documents import IssueDocument, Line, Partner, Rubric
from newsletter.errors import DeletedPagesError, WithdrawnPagesError
from newsletter.figures.campaigns import campaign_name

if TYPE_CHECKING:
    from newsletter.models import Issue


def compose(issue: "Issue", *, strict: bool = False, edition: str = "") -> IssueDocument:
    """The issue as a value, in the edition of that key where it has one. A page that is no
    longer public is left out.

    Raises:
        DeletedPagesError: with `strict`, when a line's page was deleted.
        WithdrawnPagesError: with `strict`, when a page is not public any more.
    """
    blocks = [line for line in issue.lines() if line["page"]]
    cards = cards_by_id(line["page"].pk for line in blocks)
    if strict and (empty := issue.places_without_page()):
        raise DeletedPagesError(empty)
    if strict and (gone := [b["page"].title for b in blocks if b["page"].pk not in cards]):
        raise WithdrawnPagesError(list(dict.fromkeys(gone)))
    centre = _centre(issue)
    bulletin = issue.bulletin
    featured = _lines([block.value for block in issue.featured], cards)
    document = IssueDocument(
        bulletin_title=bulletin.title if bulletin else "",
        tagline=bulletin.tagline if bulletin else "",
        number_label=issue.number_label,
        date_label=issue.date_label,
        theme=issue.title,
        subject=issue.subject,
        preheader=issue.preheader,
        introduction_html=expand_db_html(issue.introduction),
        partners=tuple(_partner(block.value) for block in issue.partners),
        featured=featured[0] if featured else None,
        rubrics=_rubrics(issue, cards),
        agenda=_lines([block.value for block in issue.agenda], cards),
        web_url=_absolute(issue.url),
        pdf_url=_absolute(issue.url and f"{issue.url.rstrip('/')}.pdf"),
        archive_url=_absolute(bulletin.url if bulletin else ""),
        centre_name=centre.centre_name,
        colophon=centre.colophon,
        subscribe_url=_absolute(reverse("subscribe")),
        contact_url=_absolute(reverse("contact")),
        privacy_url=_absolute(reverse("privacy")),
        site_url=settings.SITE_URL,
        campaign=_campaign(issue),
    )
    found = next((b.value for b in issue.editions if b.value["key"] == edition), None)
    return _in_edition(document, found) if edition and found else document


def _campaign(issue: "Issue") -> str:
    if issue.bulletin is None:
        return ""
    slug, number = issue.bulletin.slug, issue.number
    return campaign_name(slug, issue.kind, number, issue.dated, issue.pk or 0)


def _in_edition(document: IssueDocument, value: dict) -> IssueDocument:
    """The same lines under a partner's banner, with its words and its addresses."""
    own = str(value["introduction"] or "")
    page = f"{document.web_url.rstrip('/')}/edition/{value['key']}"
    return replace(
        document,
        edition=_partner(value),
        introduction_html=own or document.introduction_html,
        web_url=f"{page}/",
        pdf_url=f"{page}.pdf",
    )


def _rubrics(issue: "Issue", cards: dict[int, Card]) -> tuple[Rubric, ...]:
    rubrics, anchors = [], set()
    for rank, block in enumerate(issue.rubrics, start=1):
        value = block.value
        anchor = french_slugify(value["title"], 40) or f"rubrique-{rank}"
        anchor = f"{anchor}-{rank}" if anchor in anchors else anchor
        anchors.add(anchor)
        if block.block_type == "free":
            rubrics.append(_free(value, anchor))
            continue
        rubric = Rubric(
            title=value["title"],
            anchor=anchor,
            introduction=value["introduction"] or "",
            lines=_lines(value["items"], cards),
            discover=_lines(value["discover"], cards, is_discover=True),
            discover_title=value["discover_title"],
        )
        if rubric.lines or rubric.discover or rubric.introduction:
            rubrics.append(rubric)
    return tuple(rubrics)


def _free(value: dict, anchor: str) -> Rubric:
    picture = None
    if image := value["image"]:
        drawn = image.get_rendition("max-1088x800|format-png")
        alt = "" if image.decorative else image.contextual_alt_text or image.description
        picture = Picture(_absolute(drawn.url), drawn.width, drawn.height, alt)
    return Rubric(value["title"], anchor, prose_html=str(value["text"] or ""), picture=picture)


def _lines(blocks: list, cards: dict[int, Card], *, is_discover: bool = False) -> tuple[Line, ...]:
    return tuple(
        Line.from_card(
            cards[block["page"].pk],
            settings.SITE_URL,
            title_override=block["title"] or "",
            summary_override=block["summary"] or "",
            is_discover=is_discover,
        )
        for block in blocks
        if block["page"] and block["page"].pk in cards
    )


def _partner(value: dict) -> Partner:
    logo = None
    if value["logo"]:
        # Twice the printed height, for dense screens.
        drawn = value["logo"].get_rendition("max-400x112|format-png")
        logo = Picture(_absolute(drawn.url), drawn.width, drawn.height, value["name"])
    return Partner(value["name"], value["mention"] or "", value["url"] or "", logo)


def _centre(issue: "Issue") -> SiteSettings:
    site = issue.get_site() or Site.objects.get(is_default_site=True)
    return SiteSettings.for_site(site)


def _absolute(path: str | None) -> str:
    if not path or path.startswith(("http://", "https://")):
        return path or ""
    return settings.SITE_URL + path
