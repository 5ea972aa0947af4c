"""A figure beside its target."""

import pytest

from bench.figures import Figure


@pytest.mark.parametrize(
    ("value", "target", "met"),
    [(4.0, "≥ 4", True), (3.99, "≥ 4", False), (25.1, "≤ 25", False), (5, "", None)],
)
def test_a_figure_says_whether_it_meets_its_target(value: float, target: str, met: bool | None):
    assert Figure("x", value, target=target).met is met


def test_a_row_says_no_where_a_target_is_missed():
    row = Figure("statements", 46.2, "µs", "≤ 25", "a word").row
    assert row == ["statements", "≤ 25", "46.2 µs", "NO", "a word"]
