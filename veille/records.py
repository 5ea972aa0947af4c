"""A notice as a plain value: what citations and exports are made from. Pure."""

from dataclasses import dataclass

from home.cards import Term


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody or a body, as printed. `role` is a slug of `choices.ROLES` or "publisher".

    `family` and `given` are a person's authority form; a body has neither.
    """

    text: str
    role: str = "author"
    is_body: bool = False
    key: str = ""
    affiliation: str = ""
    family: str = ""
    given: str = ""


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


@dataclass(frozen=True, slots=True)
class Link:
    """Where the document, or a part of it, can be read. `kind` is a slug of `LINK_KINDS`."""

    url: str
    kind: str = "full-text"
    archived_url: str = ""
    is_dead: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A notice with all that the exchange formats carry beyond its printed line.

    `key` is unique and stable, of ASCII letters, digits and hyphens; `edtf` is "" of an undated
    document; `page_url` is the notice's own absolute address; `identifiers` are (scheme, value)
    in the words of `IDENTIFIER_SCHEMES`; `other_dates` are printed: « soutenue le 5 février 2018 ».
    """

    record: NoticeRecord
    key: str
    edtf: str = ""
    abstract: str = ""
    topics: tuple[Term, ...] = ()
    tags: tuple[Term, ...] = ()
    links: tuple[Link, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    issn: str = ""
    other_dates: tuple[str, ...] = ()
    page_url: str = ""
