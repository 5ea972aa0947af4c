"""Charts as SVG, drawn by the server. Pure: values in, markup out, every word escaped.

Positions are percentages and sizes are pixels, so that a chart fills a window of 320 pixels or of
1280 without its words shrinking or growing. Nothing depends on colour alone: what is refused is
hatched, each bar says its numbers, and a table stands beneath. Colours and type are those of
`newsletter/figures.css`, by class: the content security policy allows no style in the markup.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from newsletter.figures.wording import number

ROW, BAR, PAD = 52, 18, 6
HEIGHT, FOOT, HEAD = 220, 26, 20
LEFT, RIGHT = 5.0, 98.0  # percent: the first point stands clear of the scale
MAX_LABELS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a bar chart: `taken` plain, `refused` hatched; `words` says both."""

    label: str
    words: str
    taken: int
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    label: str
    value: int


def bar_chart(key: str, title: str, description: str, bars: Sequence[Bar]) -> str:
    """Horizontal bars, one under another, on one scale. `key` makes the ids of the page unique."""
    longest = max((bar.taken + bar.refused for bar in bars), default=0) or 1
    drawn = [_hatching(key)]
    for rank, bar in enumerate(bars):
        top = rank * ROW + PAD
        taken, refused = 100 * bar.taken / longest, 100 * bar.refused / longest
        drawn.append(f'<text class="chart-label" x="0" y="{top + 13}">{escape(bar.label)}</text>')
        drawn.append(
            f'<text class="chart-value" x="100%" y="{top + 13}" text-anchor="end">'
            f"{escape(bar.words)}</text>"
        )
        drawn.append(
            f'<rect class="chart-rail" x="0" y="{top + 20}" width="100%" height="{BAR}" rx="2"/>'
        )
        drawn.append(
            f'<rect class="chart-taken" x="0" y="{top + 20}" width="{taken:.2f}%" height="{BAR}" '
            'rx="2"/>'
        )
        if bar.refused:
            drawn.append(
                f'<rect class="chart-refused" x="{taken:.2f}%" y="{top + 20}" '
                f'width="{max(refused, 0.4):.2f}%" height="{BAR}" fill="url(#{escape(key)}-h)"/>'
            )
    return _svg(key, title, description, len(bars) * ROW + PAD, drawn)


def line_chart(key: str, title: str, description: str, points: Sequence[Point]) -> str:
    """One line from left to right, from zero; its highest value and its last are written."""
    high = max((point.value for point in points), default=0) or 1
    floor, ceiling = HEIGHT - FOOT, HEAD

    def at(rank: int) -> float:
        return LEFT + (RIGHT - LEFT) * rank / max(len(points) - 1, 1)

    def level(value: int) -> float:
        return floor - (floor - ceiling) * value / high

    drawn = []
    for share in (0, 0.5, 1):
        rule = f"{floor - (floor - ceiling) * share:.1f}"
        drawn.append(f'<line class="chart-grid" x1="0" y1="{rule}" x2="100%" y2="{rule}"/>')
    drawn.append(
        f'<text class="chart-axis" x="0" y="{ceiling - 6}">{number(high)}</text>'
        f'<text class="chart-axis" x="0" y="{floor - 6}">0</text>'
    )
    for rank, (one, two) in enumerate(pairwise(points)):
        drawn.append(
            f'<line class="chart-line" x1="{at(rank):.2f}%" y1="{level(one.value):.1f}" '
            f'x2="{at(rank + 1):.2f}%" y2="{level(two.value):.1f}"/>'
        )
    for rank, point in enumerate(points):
        drawn.append(
            f'<circle class="chart-dot" cx="{at(rank):.2f}%" cy="{level(point.value):.1f}" r="3"/>'
        )
    for rank in _labelled(len(points)):
        anchor = "start" if rank == 0 else "end" if rank == len(points) - 1 else "middle"
        x = 0 if rank == 0 else 100 if rank == len(points) - 1 else at(rank)
        drawn.append(
            f'<text class="chart-axis" x="{x:.2f}%" y="{HEIGHT - 6}" text-anchor="{anchor}">'
            f"{escape(points[rank].label)}</text>"
        )
    if len(points) > 1 and points[-1].value != high:
        y = max(level(points[-1].value) - 10, ceiling)
        drawn.append(
            f'<text class="chart-value" x="100%" y="{y:.1f}" text-anchor="end">'
            f"{number(points[-1].value)}</text>"
        )
    return _svg(key, title, description, HEIGHT, drawn)


def _labelled(count: int) -> list[int]:
    """The ranks whose label is written: the first, the last, and a few between, evenly."""
    if count <= 1:
        return list(range(count))
    pieces = min(MAX_LABELS, count) - 1
    return sorted({round(piece * (count - 1) / pieces) for piece in range(pieces + 1)})


def _hatching(key: str) -> str:
    return (
        f'<defs><pattern id="{escape(key)}-h" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="chart-hatch-ground" width="6" height="6"/>'
        '<line class="chart-hatch" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>'
    )


def _svg(key: str, title: str, description: str, height: int, drawn: Sequence[str]) -> str:
    name = escape(key)
    return (
        f'<svg class="chart" role="img" width="100%" height="{height}" '
        f'aria-labelledby="{name}-t {name}-d" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{name}-t">{escape(title)}</title>'
        f'<desc id="{name}-d">{escape(description)}</desc>{"".join(drawn)}</svg>'
    )
