"""The mail against the reference compiler (npm `mjml`): same rules, same pixels.

`npm ci --prefix tests/newsletter/reference` installs it; without it these tests are skipped.
"""

import io
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import Browser, Route

from newsletter.rendering import render
from tests.newsletter.samples import (
    HOSTILE,
    edition_document,
    every_state_document,
    large_document,
    small_document,
)

REFERENCE = Path(__file__).parent / "reference"
NODE = shutil.which("node")
DOCUMENTS = {
    "small": small_document,
    "edition": edition_document,
    "every state": every_state_document,
    "hostile words": lambda: every_state_document(*HOSTILE),
    "large": large_document,
}
# Of a channel's 255, and of all pixels.
TOLERANCE, MOST_DIFFERENT = 8, 0.005

pytestmark = [
    pytest.mark.drawing,
    pytest.mark.skipif(
        NODE is None or not (REFERENCE / "node_modules" / "mjml").is_dir(),
        reason="le compilateur de référence n'est pas installé (npm ci)",
    ),
]


@cache
def compiled(mjml: str) -> subprocess.CompletedProcess[str]:
    """What the reference makes of `mjml`: HTML on stdout, or errors in JSON on stderr."""
    return subprocess.run(
        [NODE, REFERENCE / "compile.mjs"],
        input=mjml,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def picture(route: Route) -> None:
    """The same drawn image for every address; nothing is asked of the network."""
    image = Image.new("RGB", (320, 180), "#E9EEF0")
    ImageDraw.Draw(image).line((0, 0, 320, 180), fill="#8A9299", width=4)
    png = io.BytesIO()
    image.save(png, "PNG")
    route.fulfill(body=png.getvalue(), content_type="image/png")


def drawn(browser: Browser, html: str, width: int) -> Image.Image:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.route("**/*", picture)
    page.set_content(html, wait_until="load")
    png = page.screenshot(full_page=True)
    page.close()
    return Image.open(io.BytesIO(png)).convert("RGB")


def different(ours: Image.Image, theirs: Image.Image) -> float:
    """The share of pixels that differ; what one has and the other has not differs."""
    size = (max(ours.width, theirs.width), max(ours.height, theirs.height))
    sheets = []
    for image, ground in ((ours, "#000000"), (theirs, "#FFFFFF")):
        sheet = Image.new("RGB", size, ground)
        sheet.paste(image)
        sheets.append(sheet)
    red, green, blue = ImageChops.difference(*sheets).split()
    worst = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return sum(worst.histogram()[TOLERANCE + 1 :]) / (size[0] * size[1])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_strict_validator_finds_nothing_to_say(name):
    result = compiled(render(DOCUMENTS[name]()).mjml)
    assert result.stderr == ""
    assert result.returncode == 0
    assert "<h1" in result.stdout


@pytest.mark.parametrize(
    ("mjml", "message"),
    [
        ("<mj-foo/>", "Element mj-foo doesn't exist or is not registered"),
        ('<mj-text size="1">x</mj-text>', "Attribute size is illegal"),
    ],
)
def test_the_strict_validator_is_strict(mjml, message):
    body = f"<mj-body><mj-section><mj-column>{mjml}</mj-column></mj-section></mj-body>"
    result = compiled(f"<mjml>{body}</mjml>")
    assert result.returncode == 1
    assert result.stdout == ""
    assert message in result.stderr


@pytest.mark.browser
@pytest.mark.parametrize("width", [600, 375])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_both_compilers_draw_the_same_mail(browser, name, width):
    rendered = render(DOCUMENTS[name]())
    ours = drawn(browser, rendered.html, width)
    theirs = drawn(browser, compiled(rendered.mjml).stdout, width)
    assert ours.width == theirs.width == width
    assert different(ours, theirs) < MOST_DIFFERENT


@pytest.mark.browser
def test_the_comparison_sees_a_difference(browser):
    html = render(small_document()).html
    other = html.replace("font-size:17px", "font-size:18px")
    ours, theirs = (drawn(browser, each, 600) for each in (html, other))
    assert different(ours, ours) == 0
    assert different(ours, theirs) > MOST_DIFFERENT
