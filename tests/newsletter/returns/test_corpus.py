"""Every shape of return that we know of, against a table typed by hand (`expected.json`).

kind: the verdict on a failure or a report; verp: our bounce address can be read in it; token: the
token of its List-Unsubscribe can be.
"""

import json
from pathlib import Path

import pytest

from newsletter.returns.dsn import read_return
from newsletter.returns.judging import judge
from newsletter.returns.values import Form

CORPUS = Path(__file__).parent / "corpus"
EXPECTED = json.loads((CORPUS / "expected.json").read_text("utf-8"))
VERP = "rebonds+rs-0123456789abcdef0123@lettre.exemple.fr"
TOKEN = "Zx8T2m3b7Q1cVd5fGhJkLp"
REPORTS = {Form.COMPLAINT: "complaint", Form.REPORT: "policy", Form.UNREADABLE: "unknown"}


def test_the_table_and_the_corpus_agree():
    assert {file.stem for file in CORPUS.glob("*.eml")} == set(EXPECTED)
    assert len(EXPECTED) >= 40


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_known_shape_is_read_as_the_table_says(name: str):
    found = read_return((CORPUS / f"{name}.eml").read_bytes())
    kind = REPORTS.get(found.form)
    if found.form is Form.FAILURE:
        kind = judge(found.status, found.diagnostic).value
    read = {
        "form": found.form.value,
        "kind": kind,
        "status": found.status,
        "verp": VERP in found.delivered_to + found.original.senders,
        "token": TOKEN in found.original.tokens,
    }
    assert read == EXPECTED[name], found


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_a_shape_says_stays_within_its_bounds(name: str):
    found = read_return((CORPUS / f"{name}.eml").read_bytes())
    assert len(found.diagnostic) <= 1_000
    assert len(found.server) <= 255
    assert "\x00" not in found.diagnostic + found.status + found.server
    assert found.diagnostic == " ".join(found.diagnostic.split())
