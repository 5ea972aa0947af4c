import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from home.models import HomePage
from tests.search.documents import document


def answer(*args: str) -> dict:
    out = StringIO()
    call_command("search_site", *args, "--json", stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == 1
    return json.loads(lines[0])


def test_the_answer_has_the_shape_of_the_contract(library: HomePage) -> None:
    found = answer("besson périurbain")
    assert set(found) == {"total", "results", "facets", "suggestion"}
    assert (found["total"], found["suggestion"]) == (1, None)
    (result,) = found["results"]
    assert set(result) == {"title", "path", "type", "snippet"}
    assert result["type"] == "notice"
    assert result["path"].startswith("/")
    assert "<mark>" not in result["snippet"]
    assert {"value": "article", "label": "Article", "count": 1} in found["facets"]["type"]


def test_facets_and_limit_narrow_it(library: HomePage) -> None:
    assert answer("", "--type", "rapport", "--year", "2018")["total"] == 2
    assert len(answer("", "--limit", "3")["results"]) == 3
    assert answer("", "--topic", "inconnu")["total"] == 0


def test_a_correction_is_told(library: HomePage) -> None:
    assert answer("numerqiue")["suggestion"] == "numérique"


def test_without_json_people_can_read_it(library: HomePage) -> None:
    out = StringIO()
    call_command("search_site", "besson periurbain", stdout=out)
    assert out.getvalue().startswith("1\u00a0résultat\nNotice · L’innovation")


@pytest.mark.parametrize("limit", ["0", "-1", "100000", "x"])
def test_an_impossible_limit_is_refused_with_2(library: HomePage, limit: str) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("search_site", "x", f"--limit={limit}")
    assert limit == "x" or refusal.value.returncode == 2


def test_the_index_can_be_rebuilt(home: HomePage) -> None:
    document(home, "Ruche")
    err = StringIO()
    call_command("rebuild_search", quiet=True, stderr=err)
    assert "1 page dans l'index." in err.getvalue()
    assert answer("ruche")["total"] == 1
