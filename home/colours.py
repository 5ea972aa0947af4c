"""A centre's accent colour, made readable on light and on dark paper.

Contrast is that of WCAG 2.2 (relative luminance, sRGB). A colour is a "#RRGGBB" string.
"""

LIGHT_PAPER, DARK_PAPER = "#FBF8F3", "#10191E"
READABLE = 4.5
STEPS = 50

Channels = tuple[float, float, float]


def _channels(colour: str) -> Channels:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def luminance(colour: str) -> float:
    """Relative luminance, from 0 (black) to 1 (white)."""
    linear = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)
    )
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """The ratio of contrast, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mix(colour: str, towards: str, share: float) -> str:
    """`colour` moved by `share` (0 to 1) of the way towards another."""
    pairs = zip(_channels(colour), _channels(towards), strict=True)
    return "#" + "".join(f"{round((a + (b - a) * share) * 255):02X}" for a, b in pairs)


def readable_on(colour: str, paper: str) -> str:
    """The nearest shade of `colour` whose contrast on `paper` is at least 4.5."""
    end = "#FFFFFF" if luminance(paper) < 0.2 else "#000000"
    for step in range(STEPS + 1):
        shade = mix(colour, end, step / STEPS)
        if contrast(shade, paper) >= READABLE:
            return shade
    return end
