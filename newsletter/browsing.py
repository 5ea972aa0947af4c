"""A bulletin's archive, by year and by theme. Every choice is a link; a question that finds
nothing is still a page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest

from newsletter.archive import CONTENT
from newsletter.documents import absolute

if TYPE_CHECKING:
    from newsletter.models import Bulletin, Issue

SHOWN_THEMES = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """A link of the archive; `count` issues answer to it."""

    label: str
    value: str
    count: int
    url: str
    selected: bool


def archive_context(bulletin: "Bulletin", request: HttpRequest) -> dict[str, object]:
    """The issues asked for by `?theme=` and `?annee=`, by year, and the other choices. A
    constant number of queries; nothing asked finds all, an unknown value finds nothing."""
    theme, year = request.GET.get("theme", ""), request.GET.get("annee", "")
    issues = list(bulletin.issues.listed().defer(*CONTENT))
    in_year = [issue for issue in issues if not year or issue.dated[:4] == year]
    on_theme = [issue for issue in issues if not theme or theme in _slugs(issue)]
    found = [issue for issue in in_year if issue in on_theme]
    years: dict[str, list[Issue]] = {}
    for issue in found:
        years.setdefault(issue.dated[:4], []).append(issue)
    base = bulletin.get_url(request) or ""
    names = _names(issues)
    known = {"theme": theme if theme in names else "", "annee": year if in_year else ""}
    themes = _choices(in_year, _slugs, lambda slug: _address(base, slug, year), theme, names)
    # The chosen one first: it must not hide among the others.
    themes.sort(key=lambda c: (not c.selected, -c.count, c.label.casefold()))
    by_year = _choices(on_theme, _years, lambda value: _address(base, theme, value), year, {})
    return {
        "years": list(years.items()),
        "theme": names.get(theme, ""),
        "year": known["annee"],
        "is_filtered": bool(theme or year),
        "found": len(found),
        "total": len(issues),
        "themes": themes[:SHOWN_THEMES],
        "other_themes": themes[SHOWN_THEMES:],
        "year_choices": sorted(by_year, key=lambda choice: choice.value, reverse=True),
        "canonical": absolute(_address(base, known["theme"], known["annee"]), settings.SITE_URL),
        "feed_url": f"{base}atom.xml",
    }


def _slugs(issue: "Issue") -> set[str]:
    return {theme["slug"] for theme in issue.themes}


def _years(issue: "Issue") -> set[str]:
    return {issue.dated[:4]} if issue.dated else set()


def _names(issues: list["Issue"]) -> dict[str, str]:
    """{slug: name}; a theme that was renamed bears the name that the newest issue gives it."""
    names: dict[str, str] = {}
    for issue in issues:
        for theme in issue.themes:
            names.setdefault(theme["slug"], theme["name"])
    return names


def _choices(
    issues: list["Issue"],
    values_of: Callable[["Issue"], set[str]],
    address: Callable[[str], str],
    selected: str,
    names: dict[str, str],
) -> list[Choice]:
    counts: dict[str, int] = {}
    for issue in issues:
        for value in values_of(issue):
            counts[value] = counts.get(value, 0) + 1
    return [
        Choice(names.get(value, value), value, count, address(value), value == selected)
        for value, count in counts.items()
    ]


def _address(base: str, theme: str, year: str) -> str:
    asked = {name: value for name, value in (("theme", theme), ("annee", year)) if value}
    return f"{base}?{urlencode(asked)}" if asked else base
