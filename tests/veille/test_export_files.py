"""What is in the data breaks no file: line breaks, signs of the formats, keys met twice."""

import json
import re

from tests.veille.references import ARTICLE, SPECIAL, THESIS, TRAP, fields, reference, values
from veille.exports import FORMATS, RECORDS, bibtex, csl_json, ris

NBSP = "\u00a0"
ALL = (ARTICLE, THESIS, SPECIAL, TRAP)


def test_nothing_in_the_data_breaks_a_ris_record() -> None:
    assert values(TRAP, "AU") == [
        "IREV – centre de ressources",
        "Vidal de la Blache, Clémence",
        "Plessis dit X,",
    ]
    assert values(TRAP, "AB") == ["Une ER - TY - BOOK fin de ligne } @misc{x,"]
    assert values(TRAP, "KW") == ["ville, campagne", "ville, rue"]
    assert values(TRAP, "SN") == ["7"]
    assert values(TRAP, "N1") == [
        "Avec d'autres auteurs (et al.)",
        f"ISBN{NBSP}: 978-2",
        f"HAL{NBSP}: hal-01",
    ]
    assert ris([TRAP, TRAP]).count("TY  - ") == 2


def test_nothing_in_the_data_breaks_a_bibtex_entry() -> None:
    found = fields(TRAP)
    assert found["author"] == (
        "{{IREV, centre de ressources} and {Vidal de la Blache}, Clémence"
        " and {Plessis, dit X} and others}"
    )
    assert found["title"] == (
        r"{{50 \% d’élus \& {\textbraceleft}agents{\textbraceright} \#1 : a\_b"
        r" {\textasciitilde} c{\textasciicircum}d {\textbackslash}o/ \$5}}"
    )
    assert found["url"] == "{https://x.example/a_%7Bb%7D%20c%20d?e=1&f=~g#h}"
    assert found["keywords"] == "{ville; campagne, ville – rue}"


def test_nothing_in_the_data_breaks_a_csl_file() -> None:
    (made,) = json.loads(csl_json([TRAP]).encode("utf-8"))
    assert made["abstract"] == "Une\nER - \nTY - BOOK\nfin de ligne } @misc{x,".replace(
        " - \n", " -\n"
    )
    assert made["author"][2] == {"family": "Plessis, dit X"}


def test_keys_are_unique_in_one_file_and_hold_no_strange_sign() -> None:
    twice = [reference(key="a b,c"), reference(key="a-b-c"), reference(key="A-b-c-2")]
    assert re.findall(r"@techreport\{(.*),", bibtex(twice)) == ["a-b-c", "a-b-c-2", "A-b-c-2-2"]


def test_files_are_their_records_joined_as_documented() -> None:
    assert ris(ALL) == "".join(RECORDS["ris"](made) for made in ALL)
    distinct = (ARTICLE, THESIS, SPECIAL)
    assert bibtex(distinct) == "\n".join(RECORDS["bib"](made) for made in distinct)
    assert json.loads(csl_json(ALL)) == [json.loads(RECORDS["csl.json"](made)) for made in ALL]
    assert (ris([]), bibtex([]), json.loads(csl_json([]))) == ("", "", [])


def test_each_format_has_its_media_type() -> None:
    assert {form.name: form.content_type for form in FORMATS.values()} == {
        "ris": "application/x-research-info-systems; charset=utf-8",
        "bib": "application/x-bibtex; charset=utf-8",
        "csl.json": "application/vnd.citationstyles.csl+json; charset=utf-8",
    }
