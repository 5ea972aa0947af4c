"""An issue worth keeping: notices, a picture, a partner's edition, a reader."""

import io
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.core.files.images import ImageFile
from django.test import Client
from PIL import Image

from home.models import HomePage, SiteImage
from newsletter.engine import dispatch
from newsletter.models import Issue, Mailing
from tests.newsletter.factories import bulletin, issue, rubric
from tests.newsletter.sending import reader
from tests.veille.factories import notice, organisation

LETTER = "/bulletins/en-quelques-clics/"
URL = f"{LETTER}hors-serie-2/"
FORMS = ("pdf", "ris", "bib", "csl.json")
FILES = [f"{URL.rstrip('/')}.{form}" for form in FORMS]


def picture(title: str = "Logo", colour: str = "#0f4c5c") -> SiteImage:
    content = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(content, "PNG")
    content.seek(0)
    return SiteImage.objects.create(title=title, file=ImageFile(content, name=f"{title}.png"))


def partner(key: str, name: str, logo: SiteImage | None = None, **words: str) -> dict[str, Any]:
    value = {"key": key, "name": name, "mention": "", "url": "", "logo": logo.pk if logo else None}
    return value | words


def edition(key: str, name: str, logo: SiteImage | None = None, text: str = "") -> dict[str, Any]:
    return {"type": "edition", "value": partner(key, name, logo, introduction=text)}


def hors_serie(home: HomePage, **fields: Any) -> Issue:
    """A published issue at `URL` that carries two notices, one of which has topics."""
    body = organisation("Fédération nationale des agences d'urbanisme", acronym="FNAU")
    first = notice(
        home,
        title="Le design est-il soluble ?",
        slug="soluble",
        authors=(body,),
        topics=("Design", "Lieux"),
        abstract="Une étude de terrain.",
    )
    second = notice(home, title="Les tiers-lieux", slug="tiers-lieux", topics=("Lieux",))
    values = {
        "title": "Innovation publique",
        "slug": "hors-serie-2",
        "kind": "special",
        "number": 2,
        "dated": "2018-10",
        "rubrics": [rubric("Le design", first.pk, discover=(second.pk,))],
    }
    return issue(bulletin(home), **(values | fields))


def sent(made: Issue) -> Mailing:
    reader("lectrice@exemple.fr", to=made.bulletin)
    return dispatch.start(made)


def erratum(day: str, text: str) -> dict[str, Any]:
    return {"type": "erratum", "value": {"date": day, "text": text}}


def tree(client: Client, url: str) -> BeautifulSoup:
    """The page that stands at `url`."""
    answer = client.get(url)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def texts(found: list[Tag]) -> list[str]:
    return [" ".join(element.get_text().split()) for element in found]


def free(title: str, image: object = None) -> dict[str, Any]:
    return {
        "type": "free",
        "value": {"title": title, "text": "<p>Bonjour.</p>", "image": image},
    }
