"""Reading a PDF back as its readers' tools do: tags, outline, links and words."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject


@dataclass(frozen=True, slots=True)
class Tag:
    """One element of the structure tree; `title` is that of a heading. `language` is the one
    that a screen reader would take, its own or the nearest above."""

    name: str
    language: str
    title: str
    alt: str
    struck: bool


def site_files(media_root: Path) -> Path:
    """Writes the small document's logo and cover where the site keeps them."""
    images = media_root / "images"
    images.mkdir(parents=True)
    Image.new("RGBA", (200, 112), "#225588").save(images / "fnau.max-400x112.png")
    Image.new("RGB", (320, 452), "#884422").save(images / "couverture.png")
    return images


class ReadPdf:
    def __init__(self, content: bytes) -> None:
        self.reader = PdfReader(io.BytesIO(content))
        self.catalogue = self.reader.trailer["/Root"]

    @cached_property
    def pages(self) -> list[str]:
        """Words of each page, blanks and invisible break marks made plain."""
        texts = (page.extract_text().replace("\u200b", "") for page in self.reader.pages)
        return [re.sub(r"[ \n]+", " ", text) for text in texts]

    @property
    def text(self) -> str:
        return " ".join(self.pages)

    @property
    def metadata(self) -> str:
        return self.catalogue["/Metadata"].get_object().get_data().decode()

    def outline(self) -> list[tuple[int, str, int]]:
        """(level, title, page from 1) of each bookmark."""
        return list(self._bookmarks(self.reader.outline, 1))

    def _bookmarks(self, items: list, level: int) -> Iterator[tuple[int, str, int]]:
        for item in items:
            if isinstance(item, list):
                yield from self._bookmarks(item, level + 1)
            else:
                yield level, item.title, self.reader.get_destination_page_number(item) + 1

    def _annotations(self) -> Iterator[tuple[int, DictionaryObject]]:
        for number, page in enumerate(self.reader.pages, start=1):
            for annotation in page.get("/Annots", []):
                yield number, annotation.get_object()

    def web_links(self) -> list[str]:
        """Addresses that a click opens; one that runs over two lines counts once a piece."""
        return [a["/A"]["/URI"] for _, a in self._annotations() if "/A" in a]

    def inner_links(self) -> list[int]:
        """Page, from 1, that each link within the document leads to."""
        named = self.reader.named_destinations
        targets = [a["/Dest"] for _, a in self._annotations() if "/Dest" in a]
        return [self.reader.get_destination_page_number(named[str(t)]) + 1 for t in targets]

    def tags(self) -> list[Tag]:
        """The structure tree, flat, in reading order."""
        return list(_tags(self.catalogue["/StructTreeRoot"], self.catalogue["/Lang"]))


def _tags(element: DictionaryObject, language: str) -> Iterator[Tag]:
    language = str(element.get("/Lang", language))
    if "/S" in element:
        name, title, alt = (str(element.get(key, "")) for key in ("/S", "/T", "/Alt"))
        struck = "/LineThrough" in str(element.get("/A", ""))
        yield Tag(name.removeprefix("/"), language, title, alt, struck)
    children = element.get("/K", [])
    for found in children if isinstance(children, list) else [children]:
        child = found.get_object()
        if isinstance(child, DictionaryObject):
            yield from _tags(child, language)
