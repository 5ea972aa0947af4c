"""The printed line of a notice, one function a house style. Rendered from fields, never stored.

`bulletin` is the style of the newsletter and the site, `bibliography` that of reading lists
(« Lectures conseillées »); periodicals, and there titles, are in italics:

    Coblence Emmanuel, Vivant Elsa. *Sciences du Design*, 2017/1 (n° 5), p. 52-68
    FNAU. Gallimard, Collection Points Fnau – Alternatives (n° 8), octobre 2017. 144 p.
    Balmès Marina, Dublanche Cécile, *Innover*, Villes au carré, octobre 2015, 33 p.

Pure.
"""

import re
from collections.abc import Iterable

from home.cards import Citation, Run
from veille.choices import AUTHOR_ROLES, LANGUAGES
from veille.records import Name, NoticeRecord

NBSP = "\u00a0"
LANGUAGE_NAMES = dict(LANGUAGES)
TIES = (
    (re.compile(r"\b(nos?°?|n°|vol\.|pp?\.)\s*(?=\d)", re.IGNORECASE), rf"\1{NBSP}"),
    (re.compile(r"(?<=\d)\s*p\b\.?"), f"{NBSP}p."),
    (re.compile(r"(?<=\d)\s*(h|min|s)\b\.?"), rf"{NBSP}\1"),
    (re.compile(r"\b(h|min) (?=\d)"), rf"\1{NBSP}"),
)


def tied(text: str) -> str:
    """Numbers held to their unit by a no-break space: « n° 5 », « 144 p. », « 11 min 12 »."""
    for pattern, replacement in TIES:
        text = pattern.sub(replacement, text)
    return text


def bulletin(record: NoticeRecord) -> Citation:
    """The line under a title: authors, where it was published, when, how long."""
    authors = author_line(record)
    if record.periodical:
        source = [Run(record.periodical, "italic"), Run(_after_periodical(record))]
    else:
        source = [Run(_published(record))]
    if authors and not record.periodical and _head(record) in {"", record.date}:
        # A grey document: who wrote it stands where a publisher would.
        mark = ", " if record.date else ". " if source[0].text else ""
        return _kept([Run(f"{authors}{mark}"), *source])
    return _kept([Run(_closed(authors)), *source])


def bibliography(record: NoticeRecord) -> Citation:
    """« Nom Prénom, *Titre*, Éditeur, mois année, NNN p. »; articles « in *Revue n° 5* (date) »."""
    authors = author_line(record) or ("Collectif" if record.is_collective else "")
    runs = [Run(f"{authors}, " if authors else "")]
    title = full_title(record)
    if not record.periodical:
        rest = _published(record, separator=", ")
        return _kept([*runs, Run(title, "italic"), Run(f", {rest}" if rest else "")])
    number = numbering(record.volume, record.issue)
    runs += [Run(f"«{NBSP}{title}{NBSP}», in "), Run(_spaced(record.periodical, number), "italic")]
    date = "" if _repeats(number, record.date) else f" ({record.date})"
    extent = _pages(record) or _extent(record)
    return _kept([*runs, Run(f"{date}{f'. {extent}' if extent else ''}{_language(record)}")])


STYLES = {"bulletin": bulletin, "bibliography": bibliography}


def author_line(record: NoticeRecord) -> str:
    """Who made it, in order. A body that is also the publisher is not said twice."""
    publishers = {name.key or name.text for name in record.publishers}
    shown = [
        name
        for name in record.names
        if name.role in AUTHOR_ROLES
        and not (name.is_body and (name.key or name.text) in publishers and not record.periodical)
    ]
    line = ", ".join(
        _with_part(name, shown[rank + 1] if rank + 1 < len(shown) else None)
        for rank, name in enumerate(shown)
    )
    return f"{line}, et al." if line and record.et_al else line


def _with_part(name: Name, following: Name | None) -> str:
    """The name, what it did, and where from: said once for neighbours from one place."""
    shared = following is not None and following.affiliation == name.affiliation
    said = [AUTHOR_ROLES[name.role], "" if shared else name.affiliation]
    inside = ", ".join(part for part in said if part)
    return f"{name.text} ({inside})" if inside else name.text


def full_title(record: NoticeRecord) -> str:
    """Title and subtitle, with a full stop between unless the title closes itself."""
    if not record.subtitle:
        return record.title
    return f"{_closed(record.title)}{record.subtitle}"


def numbering(volume: str, issue: str) -> str:
    """Volume and issue as printed: « 2018/2 (vol. 84) », « n° 738 », « vol. 12 »."""
    printed = f"vol. {volume}" if volume.isdecimal() else volume
    return tied(f"{issue} ({printed})" if issue and printed else issue or printed)


def _after_periodical(record: NoticeRecord) -> str:
    number = numbering(record.volume, record.issue)
    date = "" if _repeats(number, record.date) else record.date
    head = _joined([number, date, _pages(record)])
    extent = "" if record.pages else _extent(record)
    return f"{f', {head}' if head else ''}{f'. {extent}' if extent else ''}{_language(record)}"


def _repeats(number: str, date: str) -> bool:
    """Whether the numbering says the year already: « 2017/1 (n° 5) »."""
    return not date or any(year in number for year in re.findall(r"\d{4}", date))


def _published(record: NoticeRecord, separator: str = ". ") -> str:
    extent = _pages(record) or _extent(record)
    if separator == ", ":
        extent = extent.replace("En ligne", "en ligne")
    parts = [part for part in (_head(record), extent) if part]
    return f"{separator.join(parts)}{_language(record)}"


def _head(record: NoticeRecord) -> str:
    """Publishers, series, number, edition, date."""
    hosts = [name.text for name in record.names if name.role == "university"]
    bodies = [*hosts, *(name.text for name in record.publishers)]
    number = record.official_number
    date = "" if record.date and record.date in number else record.date
    return _joined([*bodies, _series(record), tied(number), record.edition, date])


def _series(record: NoticeRecord) -> str:
    """« Points Fnau (n° 8) », « Le 4 Pages de l'Agence #24 »."""
    number = tied(record.series_number)
    if not record.series or not number:
        return record.series or number
    return _spaced(record.series, number if number.startswith("#") else f"({number})")


def _pages(record: NoticeRecord) -> str:
    return f"p.{NBSP}{re.sub(r'^pp?[.]?', '', record.pages).strip()}" if record.pages else ""


def _extent(record: NoticeRecord) -> str:
    return tied(record.extent or record.duration) or ("En ligne" if record.is_online else "")


def _language(record: NoticeRecord) -> str:
    if record.language in {"", "fr"}:
        return ""
    return f" [en{NBSP}{LANGUAGE_NAMES.get(record.language, record.language)}]"


def _closed(text: str) -> str:
    """`text` and what parts it from the next sentence."""
    if not text:
        return ""
    return f"{text} " if text.endswith((".", "?", "!", "…", ":")) else f"{text}. "


def _spaced(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(part.strip() for part in parts if part.strip())


def _kept(runs: list[Run]) -> Citation:
    """Without empty runs, nor the separators that an empty end leaves."""
    kept = [run for run in runs if run.text.strip(" ,.")]
    if kept:
        last = kept[-1]
        kept[-1] = Run(last.text.strip() if len(kept) == 1 else last.text.rstrip(), last.style)
        if kept[-1].text.endswith(","):
            kept[-1] = Run(kept[-1].text.rstrip(" ,"), last.style)
    return tuple(kept)
