"""Freezing an issue: what its readers get is drawn once, kept, and never drawn again.

`draw` is slow (pictures, PDF) and locks nothing; `freeze` writes what was drawn, in the
transaction that freezes the mailing.
"""

import hashlib
import logging
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from newsletter.bibliography import bibliography
from newsletter.documents import IssueDocument, absolute, with_pictures
from newsletter.models.deliveries import Mailing
from newsletter.models.frozen import FrozenEdition
from newsletter.models.issues import Issue
from newsletter.pdf import PdfError, render_pdf
from newsletter.themes import write_themes
from newsletter.webpage import web_html

logger = logging.getLogger(__name__)
FOLDER = "lettres"


@dataclass(frozen=True, slots=True)
class DrawnEdition:
    """An edition ready to be stored. `pdf` is empty where it could not be composed."""

    key: str
    web_html: str
    pdf: bytes
    bibliography: dict[str, str]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A version of an issue, drawn. `document` is what its mail must be rendered from: its
    pictures stand at the addresses of the copies that are kept with the issue."""

    issue_id: int
    revision_id: int | None
    document: IssueDocument
    editions: tuple[DrawnEdition, ...]

    def is_of(self, issue: Issue) -> bool:
        """Whether this was drawn from the version of `issue` that is on sale."""
        return (self.issue_id, self.revision_id) == (issue.pk, issue.live_revision_id)


def draw(issue: Issue) -> Drawing:
    """Everything that is frozen of `issue`, its partners' editions included.

    Raises:
        DeletedPagesError, WithdrawnPagesError: a line of the issue can not be sent.
    """
    keys = ["", *dict.fromkeys(block.value["key"] for block in issue.editions)]
    documents = [issue.document(strict=True, edition=key) for key in keys]
    kept: dict[str, str] = {}
    for picture in (picture for document in documents for picture in document.pictures):
        if picture.url not in kept:
            kept[picture.url] = _kept(picture.url, issue.pk)
    documents = [with_pictures(document, kept) for document in documents]
    records = bibliography(documents[0])
    drawn, mailed = [], documents[0]
    for key, document in zip(keys, documents, strict=True):
        pdf = _pdf(document, issue.pk, key)
        if not key and not pdf:
            # The mail does not lead to a PDF that nobody will find.
            mailed = replace(document, pdf_url="")
        drawn.append(DrawnEdition(key, web_html(document), pdf, records))
    return Drawing(issue.pk, issue.live_revision_id, mailed, tuple(drawn))


def freeze(mailing: Mailing, drawing: Drawing) -> None:
    """Stores what was drawn as what `mailing` sends."""
    FrozenEdition.objects.bulk_create(
        FrozenEdition(
            mailing=mailing,
            key=edition.key,
            web_html=edition.web_html,
            pdf=edition.pdf,
            bibliography=edition.bibliography,
        )
        for edition in drawing.editions
    )
    write_themes(mailing.issue)


def _pdf(document: IssueDocument, issue_id: int, key: str) -> bytes:
    try:
        return render_pdf(document)
    except PdfError as error:
        logger.warning(
            "issue.pdf_not_made issue=%s edition=%s reason=%s", issue_id, key or "-", error.reason
        )
        return b""


def _kept(url: str, issue_id: int) -> str:
    """The address of a copy that no editor can delete, or `url` itself where the file is not
    ours or can not be read. The same picture is copied once, under the hash of its bytes."""
    media = absolute(settings.MEDIA_URL, settings.SITE_URL)
    if not url.startswith(media):
        return url
    name = unquote(urlsplit(url[len(media) :]).path)
    try:
        with default_storage.open(name) as file:
            content = file.read()
        digest = hashlib.sha256(content).hexdigest()[:32]
        copy = f"{FOLDER}/{issue_id}/{digest}{PurePosixPath(name).suffix.lower()}"
        if not default_storage.exists(copy):
            copy = default_storage.save(copy, ContentFile(content))
    except (OSError, ValueError, SuspiciousOperation) as error:
        logger.warning("issue.picture_not_kept issue=%s reason=%s", issue_id, type(error).__name__)
        return url
    return media + quote(copy)
