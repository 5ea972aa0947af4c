"""References for the tests of exports (three of the demo's documents, and a trap), and how
another program reads what they become."""

import re

from home.cards import Term
from veille.exports_bibtex import entry
from veille.exports_ris import record
from veille.records import Link, Name, NoticeRecord, Reference

SITE = "https://centre.example"


def person(family: str, given: str, role: str = "author") -> Name:
    return Name(f"{family} {given}".strip(), role, family=family, given=given)


def body(text: str, role: str = "author") -> Name:
    return Name(text, role, is_body=True)


def reference(notice_type: str = "rapport", key: str = "notice-1", **fields: object) -> Reference:
    """The least: a title and a type. What is not a field of the reference is the record's."""
    own = {name: fields.pop(name) for name in Reference.__slots__ if name in fields}
    line = NoticeRecord(**{"title": "Titre", "notice_type": notice_type} | fields)
    return Reference(record=line, key=key, **own)


ARTICLE = reference(
    "article",
    "notice-12",
    title="Le design est-il soluble dans l’administration ?",
    subtitle="Trois trajectoires d’institutionnalisation de l’innovation publique",
    names=(person("Coblence", "Emmanuel"), person("Vivant", "Elsa")),
    periodical="Sciences du Design",
    issn="2428-3711",
    issue="2017/1 (n° 5)",
    pages="52-68",
    edtf="2017",
    date="2017",
    topics=(Term("design-de-services", "Design de services"),),
    tags=(Term("design", "design"),),
    identifiers=(("doi", "https://doi.org/10.3917/sdd.005.0052"),),
    page_url=f"{SITE}/notices/design-soluble/",
)
THESIS = reference(
    "these",
    "notice-61",
    title="Fabriques numériques, action publique et territoire",
    names=(person("Ferchaud", "Flavie"), body("Université Rennes 2", "university")),
    extent="607 p.",
    edtf="2018-02-05",
    date="5 février 2018",
    mention="Thèse de doctorat",
    other_dates=("soutenue le 5 février 2018",),
    abstract="Premier paragraphe.\r\n\r\nSecond paragraphe.",
    page_url=f"{SITE}/notices/fabriques/",
)
SPECIAL = reference(
    "numero-special",
    "notice-3",
    title="#Design #Innovation. De l’audace pour nos territoires",
    publishers=(body("FNAU", "publisher"),),
    periodical="Traits d’agences",
    issue="n° 33",
    extent="28\u00a0p.",
    edtf="2018-23",
    date="automne 2018",
    links=(Link("https://www.fnau.org/", "publisher"),),
    page_url=f"{SITE}/notices/audace/",
)
TRAP = reference(
    title="50 % d’élus & {agents} #1 : a_b ~ c^d \\o/ $5",
    names=(
        body("IREV, centre de ressources"),
        person("Vidal de la Blache", "Clémence"),
        person("Plessis, dit X", ""),
    ),
    et_al=True,
    abstract="Une\nER  - \r\nTY  - BOOK\u2028fin\x00 \ud800de ligne } @misc{x,",
    tags=(Term("a", "ville; campagne"), Term("b", "Ville, rue"), Term("c", "ville, rue")),
    identifiers=(("hal", "hal-01"), ("isbn", "978-2")),
    series="Note",
    series_number="n° 7",
    links=(Link("https://x.example/a_{b}%20c d?e=1&f=~g#h"),),
)


def tags(made: Reference) -> list[tuple[str, str]]:
    """A RIS record as another program reads it: (tag, value) of each line."""
    lines = record(made).split("\r\n")
    assert lines[-3:] == ["ER  - ", "", ""]
    found = [re.fullmatch(r"([A-Z][A-Z0-9])  - (.+)", line) for line in lines[:-3]]
    return [(match[1], match[2]) for match in found if match]


def values(made: Reference, tag: str) -> list[str]:
    return [value for name, value in tags(made) if name == tag]


def fields(made: Reference) -> dict[str, str]:
    """A BibTeX entry's fields, after a check that its braces are balanced, each on one line."""
    head, *rows, end, last = entry(made).split("\n")
    assert (end, last) == ("}", "")
    assert re.fullmatch(r"@[a-z]+\{[\w:.+/-]+,", head)
    found = [re.fullmatch(r"  ([a-z]+) = (\{.*\}|[a-z]{3}),?", row) for row in rows]
    for match in found:
        assert match
        depth = 0
        for sign in match[2]:
            depth += (sign == "{") - (sign == "}")
            assert depth >= 0
        assert depth == 0
    return {match[1]: match[2] for match in found if match}
