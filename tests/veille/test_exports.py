"""References as RIS, BibTeX and CSL-JSON: golden records, each type, and what must not break."""

from pathlib import Path

import pytest

from tests.veille.references import (
    ARTICLE,
    SITE,
    SPECIAL,
    THESIS,
    TRAP,
    body,
    fields,
    person,
    reference,
    tags,
    values,
)
from veille.choices import NOTICE_TYPES, NoticeType
from veille.exports import bibtex
from veille.exports_bibtex import entry
from veille.exports_csl import item
from veille.exports_fields import document_url, issued, page_count, page_range
from veille.exports_ris import record
from veille.records import Link, Reference

NBSP = "\u00a0"
GOLDEN = Path(__file__).parent / "golden" / "notices.bib"
ALL = (ARTICLE, THESIS, SPECIAL, TRAP)
# The variables of CSL 1.0.2's `csl-data.json` that an export of ours may use.
CSL_TEXTS = {
    *("id", "type", "genre", "title", "language", "container-title", "volume", "issue", "page"),
    *("collection-title", "collection-number", "publisher", "edition", "number"),
    *("number-of-pages", "dimensions", "medium", "DOI", "ISBN", "ISSN", "URL", "abstract"),
    *("keyword", "note", "annote"),
}
CSL_NAMES = {"author", "editor", "illustrator", "recipient", "contributor"}


def test_an_article_as_ris() -> None:
    assert record(ARTICLE).split("\r\n") == [
        "TY  - JOUR",
        "TI  - Le design est-il soluble dans l’administration ? "
        "Trois trajectoires d’institutionnalisation de l’innovation publique",
        "AU  - Coblence, Emmanuel",
        "AU  - Vivant, Elsa",
        "T2  - Sciences du Design",
        "PY  - 2017",
        "DA  - 2017///",
        "IS  - 2017/1 (n° 5)",
        "SP  - 52",
        "EP  - 68",
        "SN  - 2428-3711",
        "DO  - 10.3917/sdd.005.0052",
        "LA  - fr",
        "KW  - Design de services",
        "KW  - design",
        f"N1  - Notice{NBSP}: {SITE}/notices/design-soluble/",
        f"UR  - {SITE}/notices/design-soluble/",
        "ER  - ",
        "",
        "",
    ]


def test_a_thesis_as_ris() -> None:
    assert tags(THESIS) == [
        ("TY", "THES"),
        ("TI", "Fabriques numériques, action publique et territoire"),
        ("AU", "Ferchaud, Flavie"),
        ("PY", "2018"),
        ("DA", "2018/02/05/"),
        ("SP", "607"),
        ("PB", "Université Rennes 2"),
        ("M3", "Thèse de doctorat"),
        ("LA", "fr"),
        ("AB", "Premier paragraphe. Second paragraphe."),
        ("N1", "soutenue le 5 février 2018"),
        ("N1", f"Notice{NBSP}: {SITE}/notices/fabriques/"),
        ("UR", f"{SITE}/notices/fabriques/"),
    ]


def test_a_special_issue_as_ris_keeps_its_season() -> None:
    assert tags(SPECIAL)[:8] == [
        ("TY", "SER"),
        ("TI", "#Design #Innovation. De l’audace pour nos territoires"),
        ("T2", "Traits d’agences"),
        ("PY", "2018"),
        ("DA", "2018///automne"),
        ("IS", "33"),
        ("SP", "28"),
        ("PB", "FNAU"),
    ]
    assert values(SPECIAL, "UR") == ["https://www.fnau.org/"]


def test_three_documents_as_bibtex() -> None:
    assert bibtex([ARTICLE, THESIS, SPECIAL]) == GOLDEN.read_text("utf-8")


def test_the_same_article_as_csl() -> None:
    assert item(ARTICLE) == {
        "id": "notice-12",
        "type": "article-journal",
        "title": "Le design est-il soluble dans l’administration ? "
        "Trois trajectoires d’institutionnalisation de l’innovation publique",
        "language": "fr",
        "author": [
            {"family": "Coblence", "given": "Emmanuel"},
            {"family": "Vivant", "given": "Elsa"},
        ],
        "issued": {"date-parts": [[2017]]},
        "container-title": "Sciences du Design",
        "issue": "2017/1 (n° 5)",
        "page": "52-68",
        "DOI": "10.3917/sdd.005.0052",
        "ISSN": "2428-3711",
        "URL": f"{SITE}/notices/design-soluble/",
        "keyword": "Design de services; design",
        "annote": f"Notice{NBSP}: {SITE}/notices/design-soluble/",
        "custom": {"type": "article", "topics": ["design-de-services"]},
    }


@pytest.mark.parametrize("kind", NOTICE_TYPES, ids=lambda kind: kind.slug)
def test_each_type_goes_out_under_its_twins(kind: NoticeType) -> None:
    made = reference(kind.slug, periodical="Revue", edtf="2018-05")
    assert tags(made)[0] == ("TY", kind.ris)
    assert values(made, "DA") == ["2018/05//"]
    assert item(made)["type"] == kind.csl
    assert item(made).get("genre", "") == kind.genre
    wanted = {"article": "article", "article-presse": "article", "these": "phdthesis"}
    wanted |= dict.fromkeys(("ouvrage", "bande-dessinee", "numero-special"), "book")
    wanted |= dict.fromkeys(("rapport", "guide", "note-de-serie", "actes"), "techreport")
    assert entry(made).startswith(f"@{wanted.get(kind.slug, 'misc')}{{notice-1,\n")
    assert fields(made)["month"] == "may"


def test_an_article_without_a_journal_is_not_an_article_for_bibtex() -> None:
    assert entry(reference("article-presse")).startswith("@misc{")


@pytest.mark.parametrize("made", ALL, ids=lambda made: made.key)
def test_csl_has_no_field_of_its_own_making(made: Reference) -> None:
    made_item = item(made)
    assert set(made_item) <= CSL_TEXTS | CSL_NAMES | {"issued", "custom"}
    assert [k for k in CSL_TEXTS & made_item.keys() if not isinstance(made_item[k], str)] == []
    for variable in CSL_NAMES & made_item.keys():
        for name in made_item[variable]:
            assert set(name) in ({"literal"}, {"family"}, {"family", "given"})
    assert "" not in made_item.values()


@pytest.mark.parametrize(
    ("edtf", "csl", "ris_date", "month"),
    [
        ("2018", {"date-parts": [[2018]]}, "2018///", None),
        ("2018-05", {"date-parts": [[2018, 5]]}, "2018/05//", "may"),
        ("2018-05-02", {"date-parts": [[2018, 5, 2]]}, "2018/05/02/", "may"),
        ("2018-21", {"date-parts": [[2018]], "season": 1}, "2018///printemps", "{printemps}"),
        ("2018-24", {"date-parts": [[2018]], "season": 4}, "2018///hiver", "{hiver}"),
        (
            "2016-35",
            {"date-parts": [[2016, 7], [2016, 9]]},
            "2016///3e trimestre",
            "{3e trimestre}",
        ),
        (
            "2017-05/2017-06",
            {"date-parts": [[2017, 5], [2017, 6]]},
            "2017///mai-juin",
            "{mai-juin}",
        ),
        (
            "2016-12-13/2016-12-14",
            {"date-parts": [[2016, 12, 13], [2016, 12, 14]]},
            "2016///13-14 décembre",
            "{13-14 décembre}",
        ),
        ("2017/2018", {"date-parts": [[2017], [2018]]}, "2017///2017-2018", None),
        ("201X", {"date-parts": [[2010], [2019]]}, "2010///années 2010", None),
        ("2018~", {"date-parts": [[2018]], "circa": True}, "2018///", None),
    ],
)
def test_a_date_in_each_format(edtf: str, csl: dict, ris_date: str, month: str | None) -> None:
    made = reference(edtf=edtf)
    assert item(made)["issued"] == csl
    assert values(made, "DA") == [ris_date]
    assert (fields(made)["year"], fields(made).get("month")) == (f"{{{ris_date[:4]}}}", month)


@pytest.mark.parametrize("edtf", ["", "2018-1", "hier", "2018-02-30"])
def test_a_date_that_is_not_one_is_left_out(edtf: str) -> None:
    made = reference(edtf=edtf)
    assert issued(edtf) is None
    assert "issued" not in item(made)
    assert values(made, "PY") == values(made, "DA") == []
    assert not {"year", "month", "day"} & fields(made).keys()


def test_a_date_only_printed_gives_its_year_and_its_words() -> None:
    made = reference(date="3/2018")
    assert item(made)["issued"] == {"literal": "3/2018"}
    assert values(made, "PY") == ["2018"]
    assert values(made, "DA") == ["2018///3-"]
    assert fields(made)["year"] == "{2018}"
    undated = reference(date="s. d.")
    assert values(undated, "PY") == []
    assert values(undated, "N1") == [f"Date{NBSP}: s. d."]


def test_who_did_what() -> None:
    names = (
        person("Petit", "Morgane", "director"),
        body("CGET", "commissioner"),
        person("Lebranchu", "Marylise", "addressee"),
        person("Dupuy", "", "illustrator"),
    )
    report, book = reference(names=names), reference("ouvrage", names=names)
    assert item(report)["editor"] == [{"family": "Petit", "given": "Morgane"}]
    assert item(report)["recipient"] == [{"family": "Lebranchu", "given": "Marylise"}]
    assert item(report)["contributor"] == [{"literal": "CGET"}]
    assert item(report)["illustrator"] == [{"family": "Dupuy"}]
    assert "author" not in item(report)
    assert (values(report, "AU"), values(report, "A3")) == (["Petit, Morgane"], [])
    assert (values(book, "AU"), values(book, "A3")) == ([], ["Petit, Morgane"])
    assert f"Commanditaire{NBSP}: CGET" in values(report, "N1")
    assert fields(report)["editor"] == "{Petit, Morgane}"


def test_a_grey_report_is_issued_by_who_wrote_it_for_bibtex_only() -> None:
    made = reference(names=(body("CGET"), person("Dupont", "Emmanuel")))
    assert fields(made)["institution"] == "{CGET}"
    assert fields(made)["author"] == "{{CGET} and Dupont, Emmanuel}"
    assert values(made, "PB") == []
    assert "publisher" not in item(made)


@pytest.mark.parametrize(
    ("pages", "parts"),
    [
        ("52-68", ("52", "68")),
        ("pp. 80–93", ("80", "93")),
        ("p. 7", ("7", "")),
        ("12-14, 18", ("12-14, 18", "")),
        ("", ("", "")),
    ],
)
def test_pages_are_first_and_last(pages: str, parts: tuple[str, str]) -> None:
    assert page_range(pages) == parts


@pytest.mark.parametrize(
    ("extent", "count"),
    [
        ("254 p.", "254"),
        ("95p.", "95"),
        (f"28{NBSP}p.", "28"),
        ("116 p. + 48 p.", "116 + 48"),
        ("3 vol.", ""),
        ("En ligne", ""),
        ("", ""),
    ],
)
def test_an_extent_counts_pages_or_nothing(extent: str, count: str) -> None:
    assert page_count(extent) == count


def test_the_address_is_the_documents_alive_or_archived() -> None:
    page = "https://centre.example/notices/x/"
    dead = Link("https://a.example/", "full-text", is_dead=True)
    kept = Link("https://a.example/", "full-text", "https://archive.example/a", is_dead=True)
    seller, aside = Link("https://b.example/", "publisher"), Link("https://c.example/", "see-also")
    for links, url in [
        ((aside, seller, dead), "https://b.example/"),
        ((seller, kept), "https://archive.example/a"),
        ((dead,), "https://a.example/"),
        ((aside,), page),
        ((), page),
    ]:
        assert document_url(reference(links=links, page_url=page)) == url
