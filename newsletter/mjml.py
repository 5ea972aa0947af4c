"""MJML to HTML, behind one door.

The compiler (`mjml-python`, the mrml engine) is fast and gives the same pixels as the
reference, but it has habits that a French letter meets at once: it writes attributes as Rust
debug strings (a no-break space becomes a literal `\\u{a0}`), drops blanks between two links,
refuses CRLF, prints unknown tags into the mail, panics, and says little of where. This module
prepares the source, finds errors by line and column itself, and lets nothing leak.
"""

import re
from xml.parsers import expat

from mjml import mjml2html

from newsletter.errors import LetterError

# Below the depth at which the engine's recursion ends the process (8,000 measured).
MAX_DEPTH = 250
VOID_TAGS = "area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr"
TAG_REST = r"""(?:"[^"]*"|'[^']*'|[^'">])*"""
TAG = re.compile(rf"<[A-Za-z]{TAG_REST}>")
QUOTED = re.compile(r""""[^"]*"|'[^']*'""")
VOID = re.compile(rf"<({VOID_TAGS})\b({TAG_REST}?)\s*(?<!/)>", re.IGNORECASE)
# Tags whose content is HTML, where a blank between two tags is a blank between two words.
CONTENT = re.compile(
    r"<(mj-(?:text|button|table|raw|navbar-link|social-element|accordion-text|accordion-title))\b"
    rf"{TAG_REST}(?<!/)>.*?</\1\s*>",
    re.DOTALL,
)
PLAIN_CONTENT = re.compile(r"(<mj-(?:title|preview)\b[^>]*>)(.*?)(</mj-)", re.DOTALL)
# What XML 1.0 can not hold (section 2.2), lone surrogates included.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
LEAK = re.compile(r"</?(mj-[a-z-]+|mjml|mj)\b", re.IGNORECASE)
OFFSET = re.compile(r"position (\d+)")

REASONS = {
    expat.errors.XML_ERROR_NO_ELEMENTS: "le document est vide ou s'arrête trop tôt",
    expat.errors.XML_ERROR_INVALID_TOKEN: "caractère inattendu",
    expat.errors.XML_ERROR_UNCLOSED_TOKEN: "balise ou attribut inachevé",
    expat.errors.XML_ERROR_TAG_MISMATCH: "balise fermante inattendue",
    expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE: "attribut écrit deux fois",
    expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: "contenu après la fin du document",
    expat.errors.XML_ERROR_PARTIAL_CHAR: "caractère incomplet",
    expat.errors.XML_ERROR_UNBOUND_PREFIX: "préfixe de balise inconnu",
}


class MjmlError(LetterError):
    """The MJML can not be compiled. `line` and `column` count from 1; 0 where unknown."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        self.message, self.line, self.column = message, line, column
        where = f" (ligne\u00a0{line}, colonne\u00a0{column})" if line else ""
        super().__init__(f"Le gabarit MJML ne se compile pas{where}\u00a0: {message}.")


def compile_mjml(source: str) -> str:
    """The HTML of an MJML document.

    Raises:
        MjmlError: malformed or unknown markup, or anything the engine refuses.
    """
    source = clean(source)
    if error := locate(source):
        raise error
    prepared = prepare(source)
    try:
        # No font and no icon may be fetched from a third party.
        html = mjml2html(prepared, fonts={}, social_icon_origin="")
    except ValueError as error:
        raise _engine_error(str(error), prepared, source) from error
    except BaseException as error:
        # A Rust panic derives from BaseException and its class can not be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise MjmlError("le compilateur s'est arrêté sur une erreur interne") from None
    if leak := LEAK.search(html):
        name = leak[1]
        line, column = _position(source, source.lower().find(f"<{name.lower()}"))
        raise MjmlError(f"balise <{name}> inconnue ou mal placée", line, column)
    return html


def clean(source: str) -> str:
    """`source` without a byte order mark, carriage returns, trailing blanks or controls.

    Lines keep their numbers.
    """
    source = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.rstrip(" \t") for line in ILLEGAL.sub("", source).split("\n"))


def prepare(source: str) -> str:
    """`source` written so that the engine keeps every character and every blank that counts."""
    source = TAG.sub(_with_references, source)
    source = PLAIN_CONTENT.sub(lambda m: m[1] + _references(m[2].strip(), '"') + m[3], source)
    pieces, end = [], 0
    for content in CONTENT.finditer(source):
        pieces += [
            _without_blanks(source[end : content.start()]),
            re.sub(r">\s*\n\s*<", "> <", content[0]),
        ]
        end = content.end()
    return "".join([*pieces, _without_blanks(source[end:])])


def locate(source: str) -> MjmlError | None:
    """The first well-formedness error of a cleaned source, with its line and column."""
    open_tags: list[tuple[str, int]] = []
    deepest = 0

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal deepest
        open_tags.append((name, parser.CurrentLineNumber))
        deepest = max(deepest, len(open_tags))

    def end(_name: str) -> None:
        open_tags.pop()

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    # Same length for same columns: HTML's entities and void tags are not XML's.
    lenient = VOID.sub(lambda m: f"<v{' ' * (len(m[0]) - len(m[2]) - 4)}{m[2]}/>", source)
    try:
        parser.Parse(lenient.replace("&", "+"), True)
    except expat.ExpatError as error:
        reason = REASONS.get(expat.errors.messages[error.code], "MJML mal formé")
        if open_tags:
            reason += " (balise <{}> ouverte ligne\u00a0{})".format(*open_tags[-1])
        return MjmlError(reason, error.lineno, error.offset + 1)
    if deepest > MAX_DEPTH:
        return MjmlError(f"plus de {MAX_DEPTH} balises emboîtées")
    return None


def _with_references(tag: re.Match[str]) -> str:
    """A tag, the values of its attributes written so that the engine leaves them alone."""
    if tag[0].isascii() and tag[0].isprintable() and "\\" not in tag[0]:
        return tag[0]
    return QUOTED.sub(lambda value: _references(value[0]), tag[0])


def _without_blanks(structure: str) -> str:
    """MJML's own tags side by side: the engine stumbles on blanks between some of them."""
    return re.sub(r">\s+<", "><", f">{structure}<")[1:-1]


def _references(text: str, also: str = "") -> str:
    """`text` with all but printable ASCII (and `also`) as character references."""
    return "".join(
        c if " " <= c <= "~" and c != "\\" and c not in also else f"&#x{ord(c):x};" for c in text
    )


def _engine_error(message: str, prepared: str, source: str) -> MjmlError:
    """The engine's refusal. It counts bytes of `prepared`: tags are what both texts share."""
    reason = f"refusé par le compilateur ({message})"
    if not (found := OFFSET.search(message)):
        return MjmlError(reason)
    before = prepared.encode()[: int(found[1]) + 1].decode(errors="ignore")
    tags = [m.start() for m in re.finditer("<", source)]
    rank = before.count("<")
    return MjmlError(reason, *_position(source, tags[rank - 1] if 0 < rank <= len(tags) else -1))


def _position(source: str, index: int) -> tuple[int, int]:
    """Line and column, from 1, of a place in `source`; (0, 0) for none."""
    if index < 0:
        return 0, 0
    return source.count("\n", 0, index) + 1, index - source.rfind("\n", 0, index)
