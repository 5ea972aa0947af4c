import pytest

from newsletter.returns.judging import Kind, judge, soft_score
from newsletter.returns.wording import HIDDEN, SENTENCES, mask, sentence

CODES = {
    Kind.HARD: ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"],
    Kind.SOFT: [
        *("5.1.0", "5.1.4", "5.1.9", "5.2.0", "5.2.1", "5.2.2", "5.2.4", "5.3.0", "5.3.2"),
        *("5.4.0", "5.4.1", "5.4.4", "5.4.7", "5.4.14", "4.1.1", "4.1.2", "4.2.1", "4.2.2"),
        *("4.3.1", "4.4.1", "4.4.7", "5.0.0"),
    ],
    Kind.POLICY: [
        *("5.1.7", "5.1.8", "5.2.3", "5.3.4", "5.5.0", "5.5.1", "5.6.0", "5.6.1", "5.7.0"),
        *("5.7.1", "5.7.20", "5.7.23", "5.7.25", "5.7.26", "5.7.515", "4.7.0", "4.7.1", "4.7.28"),
    ],
    Kind.UNKNOWN: [""],
}


@pytest.mark.parametrize(
    ("code", "kind"), [(code, kind) for kind, codes in CODES.items() for code in codes]
)
def test_a_code_alone(code: str, kind: Kind):
    assert judge(code, "") == kind
    assert judge("", f"550 {code} refused") == (kind if code else Kind.SOFT)


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        ("5.1.1", "550 5.7.1 refused", Kind.POLICY),
        ("5.7.1", "550 5.1.1 user unknown", Kind.POLICY),
        ("5.0.0", "550 5.1.1 unknown", Kind.HARD),
        ("5.1.1", "552 5.2.2 over quota", Kind.SOFT),
        ("5.1.1", "mailbox full", Kind.SOFT),
        ("5.1.1", "rejected: spam", Kind.POLICY),
        ("", "user unknown", Kind.HARD),
        ("", "450 user unknown, retry", Kind.SOFT),
        ("4.0.0", "user unknown", Kind.SOFT),
        ("", "Exim 4.96.1 said no", Kind.UNKNOWN),
        ("", "from 5.1.1.7 by 4.4.4.4", Kind.UNKNOWN),
        ("", "rien de lisible", Kind.UNKNOWN),
    ],
)
def test_words_and_codes_together_lean_to_the_milder(status: str, text: str, kind: Kind):
    assert judge(status, text) == kind


def test_refusals_fade_by_half():
    assert soft_score([], 30.0) == 0.0
    assert soft_score([0, 30, 60], 30.0) == 1.75
    assert soft_score([-5], 30.0) == 1.0


def test_no_address_stays_in_the_servers_words():
    said = "550 <jeanne.martin@exemple.fr>: jeanne.martin unknown; jeanne.martin=exemple.fr@x.fr"
    assert mask(said, "jeanne.martin@exemple.fr") == f"550 <{HIDDEN}>: {HIDDEN} unknown; {HIDDEN}"
    assert mask("550 ana unknown", "ana@exemple.fr") == "550 ana unknown"
    assert mask("a\x00b\r\nc\ud800" + "x" * 500) == "a b c " + "x" * 294


@pytest.mark.parametrize("name", SENTENCES)
def test_each_reason_fits_and_is_typed_in_french(name: str):
    text = sentence(name, limit=3.0)
    assert len(text) < 300
    assert " ;" not in text.replace("\u00a0;", "")
    assert " :" not in text.replace("\u00a0:", "")
    assert "{" not in text
