"""A notice as a plain value: what citations and, later, exports are made from. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody or a body, as printed. `role` is a slug of `choices.ROLES` or "publisher"."""

    text: str
    role: str = "author"
    is_body: bool = False
    key: str = ""
    affiliation: str = ""


@dataclass(frozen=True, slots=True)
class NoticeRecord:
    """One document. Texts are as printed; `date` is French; `pages` has no « p. »."""

    title: str
    notice_type: str = "rapport"
    subtitle: str = ""
    mention: str = ""
    names: tuple[Name, ...] = ()
    et_al: bool = False
    is_collective: bool = False
    publishers: tuple[Name, ...] = ()
    periodical: str = ""
    volume: str = ""
    issue: str = ""
    series: str = ""
    series_number: str = ""
    date: str = ""
    extent: str = ""
    pages: str = ""
    duration: str = ""
    is_online: bool = False
    edition: str = ""
    language: str = "fr"
    official_number: str = ""
