"""A digest as an `IssueDocument`, so that the mail of an issue draws it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape
from wagtail.models import Site

from home.cards import Card, quoted
from home.models import SiteSettings
from home.slugs import french_slugify
from newsletter.documents import (
    PREFERENCES_MARK,
    IssueDocument,
    Line,
    RenderedIssue,
    Rubric,
)
from newsletter.log_actions import counted
from newsletter.models.bulletins import Bulletin
from newsletter.periods import WEEKLY, Window
from newsletter.readers.digests.placing import Harvest, Limits, Placed, Section, Theme, Tree, place
from newsletter.rendering import OverweightError, render

NAMED_THEMES = 6
# Tried in turn, until the mail holds the weight that receivers do not cut.
ROOM = (Limits(), Limits(8, 5), Limits(4, 3), Limits(2, 0), Limits(1, 0))


@dataclass(frozen=True, slots=True)
class Press:
    """All that is the same for every combination of one run. `bulletin` is its live row; `lines`
    are by page id."""

    bulletin: Bulletin
    window: Window
    harvest: Harvest
    tree: Tree
    centre: SiteSettings
    archive_url: str

    @classmethod
    def of(cls, bulletin: Bulletin, window: Window, harvest: Harvest, tree: Tree) -> "Press":
        site = bulletin.get_site() or Site.objects.get(is_default_site=True)
        archive = bulletin.url or ""
        address = archive if archive.startswith("http") else settings.SITE_URL + archive
        return cls(bulletin, window, harvest, tree, SiteSettings.for_site(site), address)

    def place(self, chosen: tuple[int, ...], limits: Limits | None = None) -> Placed:
        return place(self.harvest, self.tree, chosen, limits)

    def rendered(self, chosen: tuple[int, ...]) -> RenderedIssue:
        """The mail of who chose these themes (none: every theme).

        Raises:
            OverweightError: too heavy even with one page a theme.
        """
        for limits in ROOM:
            try:
                return render(document_of(self, chosen, self.place(chosen, limits)))
            except OverweightError:
                if limits is ROOM[-1]:
                    raise
        raise AssertionError("unreachable")


def document_of(press: Press, chosen: tuple[int, ...], placed: Placed) -> IssueDocument:
    """The digest as a value: a rubric a theme, the agenda, and why the reader gets it."""
    bulletin, window = press.bulletin, press.window
    themes = press.tree.named(chosen)
    return IssueDocument(
        bulletin_title=bulletin.title,
        tagline=bulletin.tagline,
        number_label="Vos thèmes" if themes else "Tous les thèmes",
        date_label=counted(placed.fresh, "nouveauté", "nouveautés"),
        theme=window.label,
        subject=f"{bulletin.title} – {window.label}",
        preheader=" · ".join(_first_titles(placed)),
        introduction_html=_introduction(window, themes, placed.reminders),
        partners=(),
        featured=None,
        rubrics=_rubrics(placed.sections),
        agenda=tuple(map(_line, placed.agenda)),
        web_url="",
        archive_url=press.archive_url,
        centre_name=press.centre.centre_name,
        colophon=press.centre.colophon,
        subscribe_url=settings.SITE_URL + reverse("subscribe"),
        contact_url=settings.SITE_URL + reverse("contact"),
        privacy_url=settings.SITE_URL + reverse("privacy"),
        site_url=settings.SITE_URL,
    )


def _introduction(window: Window, themes: tuple[Theme, ...], reminders: int) -> str:
    when = "cette semaine" if window.frequency == WEEKLY else "ce mois-ci"
    words = f"Ce que nous avons publié {when}"
    if themes:
        names = [f"<b>{escape(theme.name)}</b>" for theme in themes[:NAMED_THEMES]]
        if more := len(themes) - NAMED_THEMES:
            names = [*names, counted(more, "autre", "autres")] if more > 0 else names
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} et {names[-1]}"
        words += (
            " sur le thème que vous suivez"
            if len(themes) == 1
            else (" sur les thèmes que vous suivez")
        )
        words += f"\u00a0: {listed}."
    else:
        words += ", sur tous les thèmes."
    if reminders:
        # Else « 1 nouveauté » stands above an agenda of five.
        words += " L'agenda rappelle aussi des dates déjà annoncées."
    return (
        f'<p>{words}</p><p><a href="{PREFERENCES_MARK}">Changer de thèmes ou de fréquence</a></p>'
    )


def _rubrics(sections: tuple[Section, ...]) -> tuple[Rubric, ...]:
    rubrics, anchors = [], set()
    for rank, section in enumerate(sections, start=1):
        anchor = french_slugify(section.title, 40) or f"theme-{rank}"
        anchor = f"{anchor}-{rank}" if anchor in anchors else anchor
        anchors.add(anchor)
        rubrics.append(
            Rubric(
                title=section.title,
                anchor=anchor,
                lines=tuple(map(_line, section.cards)),
                more=_more(section),
                more_url=_search(section) if section.more else "",
            )
        )
    return tuple(rubrics)


def _more(section: Section) -> str:
    if not section.more:
        return ""
    words = counted(section.more, "autre", "autres")
    return f"et {words} sur le thème {quoted(section.title)}" if section.slug else f"et {words}"


def _search(section: Section) -> str:
    query = f"?{urlencode({'theme': section.slug})}" if section.slug else ""
    return f"{settings.SITE_URL}{reverse('search')}{query}"


def _line(card: Card) -> Line:
    return Line.from_card(card, settings.SITE_URL)


def _first_titles(placed: Placed) -> list[str]:
    cards = [card for section in placed.sections for card in section.cards[:1]]
    return [card.title for card in (cards or list(placed.agenda))[:3]]
