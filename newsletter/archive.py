"""An issue in the public archive: its addresses, its files, and what stands around its page.

What was sent is served as it was frozen; an issue on sale that has not been sent is composed on
the fly. An edition that a partner was given after the sending does not exist.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date, quote_etag
from wagtail.url_routing import RouteResult

from newsletter.bibliography import LABELS, MEDIA_TYPES, bibliography
from newsletter.documents import IssueDocument, absolute
from newsletter.models.frozen import FrozenEdition
from newsletter.numbering import date_label
from newsletter.pdf import PdfError, render_pdf
from newsletter.webpage import parts, web_html

if TYPE_CHECKING:
    from newsletter.models import Issue

FILE = re.compile(r"([\w-]+)\.(pdf|ris|bib|csl\.json)")
EDITION_FILE = re.compile(r"([\w-]+)\.pdf")
PDF_SECONDS = 600  # an issue that has not left may still change, and so may what it carries
# What lists of issues need not read: the words and lines of each.
CONTENT = (
    *("introduction", "partners", "featured", "rubrics", "agenda"),
    *("rules", "editions", "errata", "proposal"),
)


@dataclass(frozen=True, slots=True)
class File:
    """Something to download: its words, address, and size in kB (0: not known)."""

    label: str
    url: str
    media_type: str
    kilobytes: int = 0


@dataclass(frozen=True, slots=True)
class Erratum:
    """A dated correction; `text` is rich text."""

    date: str
    text: str


def file_named(components: list[str]) -> tuple[str, str]:
    """(slug, form) of « hors-serie-2.pdf », ("", "") where a path names no file."""
    found = FILE.fullmatch(components[0]) if len(components) == 1 else None
    return (found[1], found[2]) if found else ("", "")


def edition_route(issue: "Issue", components: list[str]) -> RouteResult | None:
    """`edition/KEY/` and `edition/KEY.pdf` under the page of an issue that is on sale."""
    if not issue.live or len(components) != 2 or components[0] != "edition":
        return None
    if found := EDITION_FILE.fullmatch(components[1]):
        return RouteResult(issue, kwargs={"edition": found[1], "form": "pdf"})
    return RouteResult(issue, kwargs={"edition": components[1]})


def issue_context(issue: "Issue", request: HttpRequest, edition: str) -> dict[str, object]:
    """What the page of an issue, in one edition, shows; 404 for an edition that is not.

    The issue's own page is the canonical one of every edition: they carry the same lines.
    """
    mailing_id = sent_with(issue)
    frozen = _frozen(mailing_id, edition) if mailing_id else None
    document = None if frozen else _composed(issue, edition)
    head, body = parts(frozen.web_html if frozen else web_html(document))
    previous, following = _neighbours(issue)
    url, letter = issue.get_url(request), issue.bulletin.get_url(request) if issue.bulletin else ""
    return {
        "head": head,
        "body": body,
        "is_frozen": frozen is not None,
        "edition_name": _edition_name(issue, edition),
        "own_page": url if edition else "",
        "errata": _errata(issue),
        "pdf": _pdf_file(url, edition, frozen),
        "exports": _exports(url, frozen, document),
        "canonical": absolute(url or "", settings.SITE_URL),
        "feed_url": f"{letter}atom.xml" if letter else "",
        "previous": previous,
        "following": following,
    }


def serve_file(issue: "Issue", request: HttpRequest, form: str, edition: str) -> HttpResponse:
    """The PDF of an issue or its bibliography in one format; 404 where there is none."""
    mailing_id = sent_with(issue)
    frozen = _frozen(mailing_id, edition) if mailing_id else None
    if form == "pdf":
        content = bytes(frozen.pdf) if frozen else _composed_pdf(issue, edition)
    elif frozen:
        content = frozen.bibliography.get(form, "").encode()
    else:
        content = bibliography(_composed(issue, edition)).get(form, "").encode()
    if not content:
        raise Http404
    name = "-".join(filter(None, [issue.bulletin.slug if issue.bulletin else "", issue.slug]))
    name += f"-edition-{edition}" if edition else ""
    kind = "application/pdf" if form == "pdf" else f"{MEDIA_TYPES[form]}; charset=utf-8"
    disposition = content_disposition_header(form != "pdf", f"{name}.{form}")
    moment = int(frozen.created_at.timestamp()) if frozen else None
    return answer(request, content, kind, disposition, moment)


def answer(
    request: HttpRequest,
    content: bytes,
    content_type: str,
    disposition: str | None = None,
    modified: int | None = None,
) -> HttpResponse:
    """`content` as a response, or 304 to who has it; `modified` in seconds since 1970."""
    response = HttpResponse(content, content_type=content_type)
    etag = quote_etag(hashlib.sha256(content).hexdigest()[:32])
    response["ETag"], response["Content-Length"] = etag, str(len(content))
    if disposition:
        response["Content-Disposition"] = disposition
    if modified is not None:
        response["Last-Modified"] = http_date(modified)
    return get_conditional_response(request, etag, modified, response)


def sent_with(issue: "Issue") -> int | None:
    """The mailing that froze what the archive shows of `issue`; None before one has."""
    found = FrozenEdition.objects.of_issue(issue.pk).values_list("mailing_id", flat=True)
    return found.first()


def _frozen(mailing_id: int, key: str) -> FrozenEdition:
    row = FrozenEdition.objects.for_page().filter(mailing_id=mailing_id, key=key).first()
    if row is None:
        raise Http404
    return row


def _composed(issue: "Issue", edition: str) -> IssueDocument:
    if edition and edition not in {block.value["key"] for block in issue.editions}:
        raise Http404
    return issue.document(edition=edition)


def _edition_name(issue: "Issue", key: str) -> str:
    names = {block.value["key"]: block.value["name"] for block in issue.editions}
    return names.get(key, key)


def _composed_pdf(issue: "Issue", edition: str) -> bytes:
    document = _composed(issue, edition)
    # Of what it says now: a notice withdrawn or made private meanwhile must leave the file.
    said = hashlib.sha256(repr(document).encode("utf-8", "replace")).hexdigest()[:32]
    key = f"issue-pdf:{issue.pk}:{issue.live_revision_id}:{edition}:{said}"
    if (found := cache.get(key)) is not None:
        return bytes(found)
    try:
        made = render_pdf(document)
    except PdfError as error:
        raise Http404 from error
    cache.set(key, made, PDF_SECONDS)
    return made


def _pdf_file(url: str | None, edition: str, frozen: FrozenEdition | None) -> File | None:
    if not url or (frozen and not frozen.pdf_bytes):
        return None
    base = f"{url}edition/{edition}" if edition else url.rstrip("/")
    kilobytes = max(1, round(frozen.pdf_bytes / 1000)) if frozen else 0
    return File("Télécharger en PDF", f"{base}.pdf", "application/pdf", kilobytes)


def _exports(
    url: str | None, frozen: FrozenEdition | None, document: IssueDocument | None
) -> list[File]:
    """The bibliography's files. Before the sending, an issue with a printed reference has one."""
    has_records = bool(frozen.bibliography) if frozen else False
    if document:
        has_records = any(line.citation for line in document.lines)
    if not url or not has_records:
        return []
    base = url.rstrip("/")
    return [File(LABELS[name], f"{base}.{name}", kind) for name, kind in MEDIA_TYPES.items()]


def _errata(issue: "Issue") -> list[Erratum]:
    values = sorted((b.value for b in issue.errata), key=lambda v: v["date"], reverse=True)
    return [Erratum(date_label(v["date"].isoformat()), str(v["text"])) for v in values]


def _neighbours(issue: "Issue") -> tuple["Issue | None", "Issue | None"]:
    """(the one before, the one after) among the public issues of the same bulletin, by date."""
    if issue.pk is None or issue.bulletin is None:
        return None, None
    others = issue.bulletin.issues.listed().defer(*CONTENT)
    older = Q(dated__lt=issue.dated) | Q(dated=issue.dated, pk__lt=issue.pk)
    newer = Q(dated__gt=issue.dated) | Q(dated=issue.dated, pk__gt=issue.pk)
    return others.filter(older).first(), others.filter(newer).order_by("dated", "pk").first()
