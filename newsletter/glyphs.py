"""Which characters the PDF's typefaces can print, and what stands in for the others.

An accessible PDF (PDF/UA) may hold no character without a drawing: the composer refuses the
whole file for one emoji. The typefaces are those inside the composer's wheel, whose coverage
nothing lists: it is asked, once a process for each rare character, by composing a line of them.
"""

import functools
import json
import re
import unicodedata
from collections.abc import Collection, Iterable

import typst

STAND_IN = "□"
# What French needs; the tests hold the typefaces to it.
SAFE = re.compile(
    "[\n -~\u00a0-\u017f\u2010-\u2015\u2018-\u201e\u2020-\u2022\u2026\u202f\u2039\u203a"
    "\u20ac\u25a1]*"
)
# Marks that draw nothing alone: variants, skin tones, joiners, tags, embeddings, object marks.
UNSEEN = re.compile(
    "[\u200d\u202a-\u202e\u2060-\u2065\u206a-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffc"
    "\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]"
)
# A word that gives a line no place to end.
LONG_WORD = re.compile(r"[^\s\u200b/-]{36,}")
PIECE = 18
MAX_KNOWN = 20_000

PROBE = b"""#set document(title: "x", date: none)
#set text(font: ("Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono"), size: 1pt)
#for cluster in json(bytes(sys.inputs.data)) [#cluster ]
"""
REFUSED = re.compile(r"the text `(\".*?\")` could not be displayed")
RUST_ESCAPE = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")

_known: dict[str, bool] = {}


@functools.cache
def typefaces() -> typst.Fonts:
    """Those of the wheel and no other: the same PDF on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[])


def seen(text: str) -> str:
    """`text` without what prints nothing; words too long for a line may be broken.

    Line feeds stay; controls and lone surrogates go; private and unassigned code points become
    `STAND_IN`.
    """
    if SAFE.fullmatch(text) is None:
        text = unicodedata.normalize("NFC", UNSEEN.sub("", text))
        text = "".join(map(_drawable, text))
    return LONG_WORD.sub(lambda word: _breakable(word.group()), text)


def rare(texts: Iterable[str]) -> set[str]:
    """The characters, each with its combining marks, that not every typeface can print."""
    odd = {text for text in texts if SAFE.fullmatch(text) is None}
    return {
        cluster for text in odd for cluster in _clusters(text) if SAFE.fullmatch(cluster) is None
    }


def unprintable(clusters: Collection[str]) -> set[str]:
    """Those of `clusters` that no typeface of the wheel can draw; asked once a process."""
    unknown = [cluster for cluster in sorted(clusters) if cluster not in _known]
    if unknown:
        if len(_known) + len(unknown) > MAX_KNOWN:
            _known.clear()
        refused = _refused(unknown)
        _known.update((cluster, cluster not in refused) for cluster in unknown)
    return {cluster for cluster in clusters if not _known.get(cluster, False)}


def replaced(text: str, missing: Collection[str]) -> str:
    """`text` with `STAND_IN` for each of the `missing` clusters."""
    if not missing or SAFE.fullmatch(text) is not None:
        return text
    return "".join(STAND_IN if c in missing else c for c in _clusters(text))


def _refused(clusters: list[str]) -> set[str]:
    """What the composer can not draw. It names them all at once; a second question makes sure
    of the others, and where its words are not understood every one is held for refused."""
    first = _named(clusters)
    if not first:
        return set()
    bad = {cluster for cluster in clusters if any(text in cluster for text in first)}
    left = [cluster for cluster in clusters if cluster not in bad]
    return bad if bad and not (left and _named(left)) else set(clusters)


def _named(clusters: list[str]) -> set[str]:
    """The texts of the composer's refusals; {""} for a refusal that names none."""
    try:
        typst.compile(
            PROBE,
            font_paths=typefaces(),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(clusters)},
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        return {_unescaped(text) for text in REFUSED.findall(error.diagnostic)} or {""}
    return set()


def _unescaped(quoted: str) -> str:
    """The text that a Rust debug string shows."""
    return RUST_ESCAPE.sub(
        lambda found: chr(int(found[1], 16)) if found[1] else found[2], quoted[1:-1]
    )


def _clusters(text: str) -> list[str]:
    clusters: list[str] = []
    for character in text:
        if clusters and unicodedata.category(character).startswith("M"):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _drawable(character: str) -> str:
    match unicodedata.category(character):
        case "Cc":
            return character if character == "\n" else " " if character == "\t" else ""
        case "Cs":
            return ""
        case "Co" | "Cn":
            return STAND_IN
        case "Zl" | "Zp":
            return "\n"
    return character


def _breakable(word: str) -> str:
    """`word` with a zero-width space every `PIECE` characters, never before a mark."""
    clusters = _clusters(word)
    pieces = ["".join(clusters[i : i + PIECE]) for i in range(0, len(clusters), PIECE)]
    return "\u200b".join(pieces)
