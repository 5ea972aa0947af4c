"""Pure. The one French analyser: what is indexed and what is asked go through it alike.

Words used here: a *surface* is a word as printed; its *token* is what is compared (folded,
stemmed). Accents go before stemming, on both sides, so that « ecole » is « École ».
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

# Stands between two lines of a field, so that no phrase runs across them. The analyser never
# emits it: the databases store it like a word and nobody can ask for it.
BREAK = "zqzbreak"
TOKEN_LIMIT = 60  # characters: PostgreSQL refuses lexemes above 2 kB, and no French word is longer

# « d », « l », « n », « s » are not here: alone they are initials, elided they go anyway.
STOP_WORDS = frozenset(
    """a ai au aux avec ce ces cet cette comme dans de des donc dont du elle elles en entre est et
    etc eux il ils je la le les leur leurs lui ma mais me mes mon ne ni nos notre nous on ont ou
    par pas pour qu quand que quel quelle quelles quels qui quoi sa sans se ses si son sont sous
    sur ta te tes toi ton tu un une vos votre vous y""".split()  # noqa: SIM905
)
ELIDED = frozenset(
    ("c", "d", "j", "l", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu")
)
# What Snowball's French leaves apart (measured on 3.1).
IRREGULAR = {
    "baux": "bail",
    "cieux": "ciel",
    "enjeux": "enjeu",
    "feux": "feu",
    "jeux": "jeu",
    "lieux": "lieu",
    "milieux": "milieu",
    "publique": "public",
    "publiques": "public",
    "travaux": "travail",
    "vitraux": "vitrail",
    "voeux": "voeu",
    "yeux": "oeil",
}
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
LETTER, WORDISH = r"[^\W\d_]", r"(?:[^\W_]|[\u00ad\u200b-\u200f\u2060\ufeff\u0300-\u036f])"
PIECE = re.compile(
    # A dotted acronym, « S.G.M.A.P. »: two letters or more.
    rf"(?<![^\W_])(?:{LETTER}\.){{2,}}(?:{LETTER}(?![^\W_]))?"
    # « aujourd'hui », and « co- » which people write apart or joined.
    rf"|(?<![^\W_])aujourd['’ʼ]hui|(?:(?<![^\W_])co[-\u2010\u2011](?={LETTER}))?{WORDISH}+",
    re.IGNORECASE,
)
NUMERO = re.compile(r"(?<![^\W_])n[°ºo]s?(?=\W*\d)|№", re.IGNORECASE)
ORDINAL = re.compile(r"(\d+)(?:e|er|ere|eme|ieme|nd|nde)")
LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "đ": "d", "ł": "l", "Ł": "l"}
)

_stemmer = snowballstemmer.stemmer("french")


class Word(NamedTuple):
    """A token with its surface and where it stands, [start, end), in the text given."""

    token: str
    surface: str
    start: int
    end: int


def fold(text: str) -> str:
    """Lower case, letters and digits only: no accent, ligature, sign or invisible character."""
    text = unicodedata.normalize("NFKD", text.translate(LIGATURES)).casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", text) if c.isalnum())


@lru_cache(maxsize=50_000)
def stem(folded: str) -> str:
    """The token of a folded word; numbers lose their ordinal ending, short words stay whole."""
    if ordinal := ORDINAL.fullmatch(folded):
        return ordinal[1]
    if folded in IRREGULAR:
        folded = IRREGULAR[folded]
    if len(folded) <= 3 or not folded.isalpha():
        return folded[:TOKEN_LIMIT]
    # Without its accent, the feminine participle is not Snowball's any more.
    singular = folded.removesuffix("s")
    if singular.endswith("ee") and len(singular) >= 8:
        folded = singular[:-1]
    return str(_stemmer.stemWord(folded))[:TOKEN_LIMIT]


def words(text: str) -> Iterator[Word]:
    """The words of `text` that count, in order; stop words and elided articles do not."""
    text = NUMERO.sub(lambda numero: " " * len(numero[0]), text)
    for piece in PIECE.finditer(text):
        folded = fold(piece[0])
        if text[piece.end() : piece.end() + 1] in ("'", "’", "ʼ") and folded in ELIDED:
            continue
        if folded and folded not in STOP_WORDS and (token := stem(folded)) != BREAK:
            yield Word(token, piece[0], piece.start(), piece.end())


def tokens(text: str) -> list[str]:
    """The tokens of `text`, in order."""
    return [word.token for word in words(text)]


def token_line(text: str, limit: int = 60_000) -> str:
    """`text` as the databases store it: tokens apart by a space, a BREAK between two lines.

    Cut at `limit` tokens: PostgreSQL's vectors hold one megabyte.
    """
    kept: list[str] = []
    for line in text.splitlines():
        if found := tokens(line):
            kept += [BREAK, *found] if kept else found
    return " ".join(kept[:limit])


def surfaces(text: str) -> dict[str, str]:
    """For each token of `text`, a word as a reader would write it, in lower case."""
    shown: dict[str, str] = {}
    for word in words(text):
        shown.setdefault(word.token, INVISIBLE.sub("", word.surface).lower())
    return shown
