"""Template tags of the house, available everywhere without `{% load %}`."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.core.paginator import Page as PaginatorPage
from django.utils import timezone

from home.cards import Card, When, citation_text
from home.plates import Plate, pattern, plate

COUNTDOWN_DAYS = 30
CLOSED = {"cancelled", "postponed"}

register = template.Library()
register.filter("citation_text", citation_text)


@register.filter
def paragraphs(text: str) -> list[str]:
    """The paragraphs of a plain text, which blank lines part."""
    blocks = text.replace("\r\n", "\n").split("\n\n")
    return [block.strip() for block in blocks if block.strip()]


@register.filter
def local(url: str) -> str:
    """`url` without the site's own scheme and host: a page never leaves the host it is read on."""
    path = url.removeprefix(settings.SITE_URL)
    return path if path.startswith("/") and not path.startswith("//") else url


@register.filter
def host(url: str) -> str:
    """Whose address it is: « fnau.org »."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


@register.filter
def plate_of(card: Card) -> Plate:
    return plate(card)


@register.filter
def pattern_of(seed: str) -> tuple[str, str, str]:
    return pattern(seed)


@register.simple_tag
def current_mark(path: str, url: str) -> str:
    """The value of `aria-current` for a menu entry: "page", "true" (an ancestor) or ""."""
    if path == url:
        return "page"
    return "true" if url and url != "/" and path.startswith(url) else ""


@register.simple_tag
def page_numbers(page_obj: PaginatorPage) -> Iterable[int | str]:
    """The numbers to show, with « … » for what is left out."""
    return page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)


@register.filter
def countdown(when: When) -> str:
    """« J-7 » when the date is near, « en cours » while it lasts, "" otherwise."""
    return countdown_on(when, timezone.localdate())


def countdown_on(when: When, today: date) -> str:
    if when.status in CLOSED or when.ends_on < today:
        return ""
    first = when.ends_on if when.is_deadline else when.starts_on
    days = (first - today).days
    if days == 0:
        return "dernier jour" if when.is_deadline else "aujourd’hui"
    if days < 0:
        return "en cours"
    return f"J-{days}" if days <= COUNTDOWN_DAYS else ""
