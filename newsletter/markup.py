"""Reading HTML without a browser: its links, its titles, its images. Pure."""

from dataclasses import dataclass
from html.parser import HTMLParser


@dataclass(frozen=True, slots=True)
class Markup:
    """What stands in a piece of HTML: `links` are the texts of its links, on one line each;
    `unnamed_images` the addresses of the images that have no alt attribute at all (an empty one
    says that the image is decorative)."""

    links: tuple[str, ...] = ()
    top_titles: int = 0
    unnamed_images: tuple[str, ...] = ()


def read_markup(html: str) -> Markup:
    """The links, first-level titles and unnamed images of `html`; broken markup is forgiven."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Markup(tuple(reader.links), reader.top_titles, tuple(reader.unnamed_images))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.words: list[str] | None = None
        self.top_titles = 0
        self.unnamed_images: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a":
            self._end_link()
            self.words = []
        elif tag == "h1":
            self.top_titles += 1
        elif tag == "img":
            if self.words is not None:
                self.words.append(found.get("alt") or "")
            if "alt" not in found:
                self.unnamed_images.append(found.get("src") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_link()

    def handle_data(self, data: str) -> None:
        if self.words is not None:
            self.words.append(data)

    def close(self) -> None:
        super().close()
        self._end_link()

    def _end_link(self) -> None:
        if self.words is not None:
            self.links.append(" ".join("".join(self.words).split()))
        self.words = None
