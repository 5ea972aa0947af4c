"""The mail's weight: what receivers do not cut, and how extracts give way to hold it."""

import re
from dataclasses import replace

import pytest

from newsletter import rendering
from newsletter.documents import Rubric, with_summaries
from newsletter.mjml import compile_mjml
from newsletter.rendering import (
    LIMITS,
    MAX_BYTES,
    OverweightError,
    mjml_of,
    render,
    subject_of,
)
from tests.newsletter.samples import ABSTRACTS, large_document, line, small_document


def test_the_seventy_seven_lines_weigh_less_than_the_limit_with_whole_extracts():
    document = large_document()
    rendered = render(document)
    assert rendered.html_bytes <= 100_000 == MAX_BYTES
    assert rendered.mjml == mjml_of(with_summaries(document, 300), rendered.subject)
    assert sum(len(each.summary) >= 250 for each in document.lines) == 77


def test_a_heavier_issue_gets_the_longest_extracts_that_fit_and_its_text_keeps_its_own():
    document = large_document()
    whole, next_limit = (
        len(compile_mjml(mjml_of(with_summaries(document, limit), subject_of(document))).encode())
        for limit in LIMITS[:2]
    )
    rendered = render(document, max_bytes=whole - 1)
    assert rendered.html_bytes == next_limit
    assert rendered.text == render(document).text


@pytest.mark.parametrize("max_bytes", [62_000, 66_000, 73_000, 80_000, 84_000])
def test_the_limit_found_is_the_longest_that_fits(max_bytes):
    document = large_document()
    subject = subject_of(document)
    weights = {
        limit: len(compile_mjml(mjml_of(with_summaries(document, limit), subject)).encode())
        for limit in LIMITS
    }
    rendered = render(document, max_bytes=max_bytes)
    assert rendered.summary_limit == next(x for x in LIMITS if weights[x] <= max_bytes)
    assert rendered.html_bytes == weights[rendered.summary_limit]


def test_a_heavy_issue_is_drawn_twice_not_once_for_each_limit(monkeypatch):
    drawn = []
    compiled = rendering.compile_mjml
    monkeypatch.setattr(
        rendering, "compile_mjml", lambda mjml: (drawn.append(mjml), compiled(mjml))[1]
    )
    assert render(large_document(), max_bytes=68_000).summary_limit < LIMITS[2]
    assert len(drawn) == 2


def test_an_issue_of_exactly_the_limit_leaves():
    weight = render(small_document()).html_bytes
    assert render(small_document(), max_bytes=weight).html_bytes == weight


def test_an_issue_too_heavy_without_extracts_is_refused_with_its_weight_in_french():
    with pytest.raises(OverweightError) as caught:
        render(large_document(), max_bytes=40_000)
    assert caught.value.max_bytes == 40_000
    bare = compile_mjml(mjml_of(with_summaries(large_document(), 0), subject_of(large_document())))
    assert caught.value.html_bytes == len(bare.encode())
    assert "la limite est de 40\u202f000" in str(caught.value)
    assert re.search(r"Le courriel pèse 6\d\u202f\d{3}\u00a0octets", str(caught.value))


def test_what_a_person_wrote_is_refused_rather_than_cut():
    written = tuple(
        line(rank, summary=ABSTRACTS[0] * 5, summary_is_written=True) for rank in range(77)
    )
    document = replace(small_document(), rubrics=(Rubric("R", "r", lines=written),))
    with pytest.raises(OverweightError):
        render(document)
