"""The printed line, from real cases of the bulletin and of the reading list."""

from dataclasses import replace

import pytest

from home.cards import Run, citation_text
from veille.citation import author_line, bibliography, bulletin, full_title, numbering, tied
from veille.records import Name, NoticeRecord

NBSP = "\u00a0"
COBLENCE, VIVANT = Name("Coblence Emmanuel"), Name("Vivant Elsa")
CGET = Name("CGET", is_body=True, key="cget")


def body(text: str, **changes: object) -> Name:
    return Name(text, is_body=True, **changes)


ARTICLE = NoticeRecord(
    title="Le design est-il soluble dans l'administration ?",
    subtitle="Trois trajectoires d'institutionnalisation de l'innovation publique",
    notice_type="article",
    names=(COBLENCE, VIVANT),
    periodical="Sciences du Design",
    issue="2017/1 (n° 5)",
    date="2017",
    pages="52-68",
)
BOOK = NoticeRecord(
    title="Oasis urbaines",
    notice_type="ouvrage",
    names=(body("FNAU"),),
    publishers=(body("Gallimard"),),
    series="Collection Points Fnau – Alternatives",
    series_number="n° 8",
    date="octobre 2017",
    extent="144 p.",
)
REPORT = NoticeRecord(title="Rapport", names=(CGET,), publishers=(CGET,), date="2017")

BULLETIN = [
    (ARTICLE, "Coblence Emmanuel, Vivant Elsa. Sciences du Design, 2017/1 (n° 5), p. 52-68"),
    (
        BOOK,
        "FNAU. Gallimard, Collection Points Fnau – Alternatives (n° 8), octobre 2017. 144 p.",
    ),
    (
        NoticeRecord(
            "Fostering Innovation in the Public Sector",
            names=(body("OECD", key="ocde"),),
            publishers=(body("OECD", key="ocde"),),
            date="2017",
            extent="254 p.",
            language="en",
        ),
        "OECD, 2017. 254 p. [en anglais]",
    ),
    (
        NoticeRecord("Étude", names=(CGET, body("Algoé")), date="2017", extent="136 p.", pages=""),
        "CGET, Algoé, 2017. 136 p.",
    ),
    (
        NoticeRecord(
            "L'innovation publique en débat",
            periodical="Horizons publics",
            date="septembre 2018",
            is_online=True,
        ),
        "Horizons publics, septembre 2018. En ligne",
    ),
    (
        NoticeRecord(
            "Innovation dans le secteur public",
            periodical="Revue internationale des sciences administratives",
            volume="84",
            issue="2018/2",
            date="2018/2",
            extent="224 p.",
        ),
        "Revue internationale des sciences administratives, 2018/2 (vol. 84). 224 p.",
    ),
    (
        NoticeRecord(
            "Innovation et territoires",
            names=(Name("Godet Michel"), Name("Jarry Bruno")),
            periodical="Population & Avenir",
            issue="n° 738",
            date="3/2018",
            pages="pp. 4-7",
        ),
        "Godet Michel, Jarry Bruno. Population & Avenir, n° 738, 3/2018, p. 4-7",
    ),
    (
        NoticeRecord(
            "Fabrique et usages des lieux",
            names=(Name("Besson Raphaël"),),
            periodical="Territoire en mouvement",
            issue="34 | 2017",
            date="2017",
            is_online=True,
        ),
        "Besson Raphaël. Territoire en mouvement, 34 | 2017. En ligne",
    ),
    (
        NoticeRecord(
            "La démarche design",
            names=(body("Agence de Lille"),),
            series="Le 4 Pages de l'Agence",
            series_number="#24",
            date="juin 2018",
            extent="4 p",
        ),
        "Agence de Lille. Le 4 Pages de l'Agence #24, juin 2018. 4 p.",
    ),
    (
        NoticeRecord(
            "Les campagnes européennes",
            names=(Name("Margetic Christine"), Name("Roth Hélène")),
            et_al=True,
            publishers=(body("Presses universitaires du Midi"),),
            date="2018",
        ),
        "Margetic Christine, Roth Hélène, et al. Presses universitaires du Midi, 2018",
    ),
    (
        NoticeRecord(
            "Smart city",
            names=(Name("Ghorra-Gobin Cynthia", "director"),),
            periodical="Quaderni",
            issue="n° 96",
            date="2018/2",
            extent="128 p.",
        ),
        "Ghorra-Gobin Cynthia (dir.). Quaderni, n° 96, 2018/2. 128 p.",
    ),
    (
        NoticeRecord(
            "La fabrique du projet",
            publishers=(body("AGAM"),),
            date="mars 2018",
            extent="116 p. + 48 p.",
        ),
        "AGAM, mars 2018. 116 p. + 48 p.",
    ),
    (
        NoticeRecord("Innover", publishers=(body("Fondapol"),), date="2013", duration="11 min 12"),
        "Fondapol, 2013. 11 min 12",
    ),
    (
        NoticeRecord(
            "Loi pour une République numérique",
            official_number="Loi n° 2016-1321 du 7 octobre 2016",
            date="7 octobre 2016",
        ),
        "Loi n° 2016-1321 du 7 octobre 2016",
    ),
    (
        NoticeRecord("Guide", publishers=(body("Umvelt"),), edition="1re éd.", date="2014"),
        "Umvelt, 1re éd., 2014",
    ),
    (
        NoticeRecord("Un site", names=(body("CGET"), body("Fonda")), is_online=True),
        "CGET, Fonda. En ligne",
    ),
    (NoticeRecord("Un dispositif", publishers=(body("Etalab"),)), "Etalab"),
    (NoticeRecord("Rien d'autre qu'un titre"), ""),
    (NoticeRecord("Une revue seule", periodical="Nectart"), "Nectart"),
    (NoticeRecord("En ligne seulement", periodical="Nectart", is_online=True), "Nectart. En ligne"),
]


@pytest.mark.parametrize(("record", "line"), BULLETIN)
def test_the_bulletin_prints_the_line_of_the_house(record: NoticeRecord, line: str) -> None:
    assert citation_text(bulletin(record)).replace(NBSP, " ") == line


def test_a_periodical_alone_is_in_italics() -> None:
    assert [run.text for run in bulletin(ARTICLE) if run.style] == ["Sciences du Design"]
    assert {run.style for run in bulletin(BOOK)} == {""}


def test_a_body_that_is_also_the_publisher_is_said_once() -> None:
    assert author_line(REPORT) == ""
    assert citation_text(bulletin(REPORT)) == "CGET, 2017"


def test_a_body_is_said_in_an_article_whoever_publishes_the_periodical() -> None:
    assert author_line(replace(REPORT, periodical="En bref")) == "CGET"


def test_the_same_name_in_another_spelling_is_known_by_its_key() -> None:
    printed = replace(CGET, text="Commissariat général à l'égalité des territoires")
    assert author_line(replace(REPORT, names=(printed,))) == ""


def test_commissioners_partners_and_addressees_are_not_authors() -> None:
    record = replace(
        REPORT,
        names=(body("BpiFrance", role="commissioner"), Name("Lebranchu Marylise", "addressee")),
    )
    assert author_line(record) == ""


def test_neighbours_from_one_place_say_it_once() -> None:
    godin = "Institut Godin"
    names = (
        Name("Besançon Emmanuelle", affiliation=godin),
        Name("Chochoy Nicolas", affiliation=godin),
    )
    line = author_line(NoticeRecord("Les marqueurs", names=names))
    assert line == "Besançon Emmanuelle, Chochoy Nicolas (Institut Godin)"


def test_a_thesis_names_its_university_where_a_book_names_its_publisher() -> None:
    record = NoticeRecord(
        "Fabriques numériques",
        names=(Name("Ferchaud Flavie"), body("Université Rennes 2", role="university")),
        date="2018",
        extent="607 p.",
    )
    expected = f"Ferchaud Flavie. Université Rennes 2, 2018. 607{NBSP}p."
    assert citation_text(bulletin(record)) == expected


def test_numbers_are_held_to_their_unit() -> None:
    assert tied("n°37") == f"n°{NBSP}37"
    assert tied("95p.") == f"95{NBSP}p."
    assert tied("4 p") == f"4{NBSP}p."
    assert tied("11 min 12") == f"11{NBSP}min{NBSP}12"
    assert tied("#1 à #10") == "#1 à #10"
    assert tied("2 parties") == "2 parties"


def test_a_volume_and_an_issue_are_printed_together() -> None:
    assert numbering("84", "2018/2") == f"2018/2 (vol.{NBSP}84)"
    assert numbering("Vol. 84", "") == f"Vol.{NBSP}84"
    assert numbering("", "") == ""


def test_a_title_closes_itself_or_is_closed() -> None:
    assert full_title(ARTICLE).startswith("Le design est-il soluble dans l'administration ? Trois")
    assert full_title(NoticeRecord("Policy Labs", subtitle="Exploring")) == "Policy Labs. Exploring"


BIBLIOGRAPHY = [
    (
        NoticeRecord(
            "De la smart city au territoire d'intelligence(s)",
            names=(Name("Belot Luc"),),
            publishers=(body("Premier ministre"),),
            date="avril 2017",
            extent="130 p.",
        ),
        "Belot Luc, De la smart city au territoire d'intelligence(s), "
        "Premier ministre, avril 2017, 130 p.",
    ),
    (
        NoticeRecord(
            "Dessine-moi l'innovation",
            names=(Name("Sioen Marie"),),
            periodical="Diversité",
            issue="n° 185",
            date="3e trimestre 2016",
            pages="177-182",
        ),
        "Sioen Marie, « Dessine-moi l'innovation », in Diversité n° 185 "
        "(3e trimestre 2016). p. 177-182",
    ),
    (
        NoticeRecord(
            "Une banque de l'innovation sociale", is_collective=True, publishers=(body("CGET"),),
            date="avril 2017", is_online=True,
        ),
        "Collectif, Une banque de l'innovation sociale, CGET, avril 2017, en ligne",
    ),
    (NoticeRecord("Un titre seul"), "Un titre seul"),
]  # fmt: skip


@pytest.mark.parametrize(("record", "line"), BIBLIOGRAPHY)
def test_the_reading_list_prints_title_and_all(record: NoticeRecord, line: str) -> None:
    assert citation_text(bibliography(record)).replace(NBSP, " ") == line


def test_a_title_of_the_reading_list_is_in_italics_and_an_article_between_quotes() -> None:
    assert Run("Un titre seul", "italic") in bibliography(NoticeRecord("Un titre seul"))
    article = citation_text(bibliography(ARTICLE))
    assert f"«{NBSP}Le design est-il soluble" in article
    assert [run.text for run in bibliography(ARTICLE) if run.style] == [
        f"Sciences du Design 2017/1 (n°{NBSP}5)"
    ]


def test_collective_is_not_printed_in_the_bulletin_nor_beside_an_author() -> None:
    record = NoticeRecord("Un livre", is_collective=True, date="2017", names=(COBLENCE,))
    assert "Collectif" not in citation_text(bulletin(record))
    assert "Collectif" not in citation_text(bibliography(record))
