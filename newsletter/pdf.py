"""The PDF of an issue: accessible (PDF/UA-1), the same bytes for the same document, offline.

The composer (`typst`) sees one folder, made for the occasion: the template and the pictures of
our own site, drawn anew. What editors wrote reaches it as JSON.
"""

import io
import json
import shutil
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import typst
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from PIL import Image

from newsletter.documents import IssueDocument, absolute
from newsletter.errors import LetterError
from newsletter.glyphs import rare, replaced, seen, typefaces, unprintable
from newsletter.printing import pictures, print_data

TEMPLATES = ("newsletter/pdf/issue.typ", "newsletter/pdf/pieces.typ")
MAX_FILE_BYTES, MAX_PIXELS, DRAWN_PIXELS = 20_000_000, 40_000_000, 1200
KEPT_COMPOSITIONS = 10
JPEG = b"\xff\xd8"
# What Pillow raises for a broken, hostile or unknown file.
UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
# Values that are not read: addresses and names of files.
UNREAD = {"href", "file", "tag", "tint", "language"}


class PdfError(LetterError):
    """The PDF can not be composed; `reason` is the composer's own sentence."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            "Le PDF de ce numéro n'a pas pu être composé. Le logiciel de composition répond\u00a0: "
            f"«\u00a0{reason}\u00a0»."
        )


def render_pdf(document: IssueDocument) -> bytes:
    """The issue as an A4 PDF/UA-1 file.

    A picture that is not ours or can not be read is left out; a character that the typefaces
    lack is replaced.

    Raises:
        PdfError: the composer refuses all the same.
    """
    with tempfile.TemporaryDirectory(prefix="pdf-") as folder:
        root = Path(folder)
        for name in TEMPLATES:
            shutil.copyfile(settings.BASE_DIR / "templates" / name, root / Path(name).name)
        data = mapped(print_data(document, _drawn_pictures(document, root)), seen)
        clusters = rare(_texts(data))
        missing = unprintable(clusters)
        try:
            return _composed(root, mapped(data, lambda text: replaced(text, missing)))
        except typst.TypstError as error:
            if not clusters - missing:
                raise PdfError(str(error)) from error
        # A letter that stands well alone may still fall between two others.
        try:
            return _composed(root, mapped(data, lambda text: replaced(text, clusters)))
        except typst.TypstError as error:
            raise PdfError(str(error)) from error


def _composed(root: Path, data: dict[str, Any]) -> bytes:
    try:
        return typst.compile(
            root / "issue.typ",
            root=root,
            font_paths=typefaces(),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data)},
            pdf_standards=["ua-1"],
            # There is no package to find: nothing is looked for outside the folder.
            package_path=root,
            package_cache_path=root,
        )
    finally:
        _forget()


def _forget() -> None:
    """The composer keeps what it laid out until so many compositions did without it: in a
    process that lives, ten issues of 77 lines would hold 350 MB more."""
    for _ in range(KEPT_COMPOSITIONS + 1):
        typst.compile(b"", font_paths=typefaces(), ignore_system_fonts=True, format="svg")


def _drawn_pictures(document: IssueDocument, root: Path) -> dict[str, str]:
    """Writes under `root` the pictures that can be drawn; returns their names by address."""
    names = {}
    for rank, picture in enumerate(pictures(document)):
        drawn = _drawn_again(_own_file(picture.url, document.site_url))
        if drawn:
            names[picture.url] = f"picture-{rank}.{'jpg' if drawn[:2] == JPEG else 'png'}"
            (root / names[picture.url]).write_bytes(drawn)
    return names


def _own_file(url: str, site_url: str) -> bytes:
    """The stored file that `url` serves, or b"" where it is none of ours."""
    media = absolute(settings.MEDIA_URL, site_url)
    address = absolute(url, site_url)
    if not address.startswith(media):
        return b""
    try:
        with default_storage.open(unquote(urlsplit(address[len(media) :]).path)) as file:
            return file.read() if file.size <= MAX_FILE_BYTES else b""
    except (OSError, ValueError, SuspiciousOperation):
        return b""


def _drawn_again(content: bytes) -> bytes:
    """The picture as a PNG or a JPEG no larger than print needs, without what came with it;
    b"" where it can not be read. The composer would refuse the whole issue for a broken one."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > MAX_PIXELS:
                return b""
            image.draft("RGB", (DRAWN_PIXELS, DRAWN_PIXELS))
            plain = image.convert("RGBA" if image.has_transparency_data else "RGB")
            photograph = image.format == "JPEG"
    except UNREADABLE:
        return b""
    plain.thumbnail((DRAWN_PIXELS, DRAWN_PIXELS))
    out = io.BytesIO()
    plain.save(out, "JPEG" if photograph else "PNG", **({"quality": 88} if photograph else {}))
    return out.getvalue()


def mapped(data: Any, change: Callable[[str], str]) -> Any:
    """`data` with every text that is read changed."""
    match data:
        case str():
            return change(data)
        case list():
            return [mapped(item, change) for item in data]
        case dict():
            return {k: v if k in UNREAD else mapped(v, change) for k, v in data.items()}
    return data


def _texts(data: Any) -> set[str]:
    texts: set[str] = set()

    def keep(text: str) -> str:
        texts.add(text)
        return text

    mapped(data, keep)
    return texts
