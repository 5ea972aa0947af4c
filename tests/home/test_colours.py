"""Any accent that a centre chooses can be read, on light and on dark paper."""

import pytest

from home.colours import DARK_PAPER, LIGHT_PAPER, contrast, luminance, mix, readable_on


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.478, abs=0.001)
    assert luminance("#FFFFFF") == pytest.approx(1.0)


def test_mixing_goes_from_one_colour_to_the_other() -> None:
    assert mix("#0F4C5C", "#FFFFFF", 0) == "#0F4C5C"
    assert mix("#0F4C5C", "#FFFFFF", 1) == "#FFFFFF"
    assert mix("#000000", "#FFFFFF", 0.5) == "#808080"


@pytest.mark.parametrize("paper", [LIGHT_PAPER, DARK_PAPER])
@pytest.mark.parametrize(
    "colour", ["#FFFFFF", "#000000", "#FFCC00", "#0F4C5C", "#B3341A", "#808080", "#FF00FF"]
)
def test_every_accent_ends_up_readable(colour: str, paper: str) -> None:
    assert contrast(readable_on(colour, paper), paper) >= 4.5


def test_a_readable_accent_is_left_as_chosen() -> None:
    assert readable_on("#B3341A", LIGHT_PAPER) == "#B3341A"
