"""One `IssueDocument` in, one `RenderedIssue` out: the mail, its text part and its subject.

Receivers cut a mail at about 102 kB and the unsubscribe link goes with the tail: a mail that
is too heavy gets shorter extracts, and if that is not enough it is refused, never sent cut.
"""

import re
from dataclasses import replace

from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from home.cards import shorten
from newsletter.documents import (
    UNSUBSCRIBE_MARK,
    IssueDocument,
    RenderedIssue,
    absolute_picture,
    one_line,
    with_summaries,
)
from newsletter.errors import LetterError
from newsletter.mjml import clean, compile_mjml
from newsletter.prose import prose_text, safe_prose

MAX_BYTES, MIN_BYTES = 100_000, 20_000
LIMITS = (300, 260, 220, 180, 140, 100, 60, 0)
PREHEADER_CHARACTERS = 140
SUBJECT_CHARACTERS = 200


class TemplateFaultError(LetterError):
    """A template of the mail is missing, or Django can not read it."""


class OverweightError(LetterError):
    """The mail is too heavy even without the extracts that may be cut."""

    def __init__(self, html_bytes: int, max_bytes: int) -> None:
        self.html_bytes, self.max_bytes = html_bytes, max_bytes
        super().__init__(
            f"Le courriel pèse {_figure(html_bytes)}\u00a0octets, même sans les résumés qui "
            f"peuvent être raccourcis\u00a0; la limite est de {_figure(max_bytes)}. "
            "Retirez des notices de ce numéro ou abrégez leurs résumés courts."
        )


def render(document: IssueDocument, *, max_bytes: int = MAX_BYTES) -> RenderedIssue:
    """The mail of an issue, of at most `max_bytes` bytes of HTML.

    The text part always has the longest extracts: it is not what receivers cut.

    Raises:
        OverweightError: too heavy with no extract at all.
        MjmlError: the templates do not compile.
    """
    subject = subject_of(document)
    html, mjml, weight = "", "", 0
    for limit in LIMITS:
        mjml = mjml_of(with_summaries(document, limit), subject)
        html = compile_mjml(mjml)
        weight = len(html.encode())
        if weight <= max_bytes:
            text = text_of(with_summaries(document, LIMITS[0]))
            return RenderedIssue(subject, html, text, mjml, summary_limit=limit)
    raise OverweightError(weight, max_bytes)


def subject_of(document: IssueDocument) -> str:
    """The mail's subject on one line: the editor's, else title, number (or date) and theme."""
    parts = [
        document.bulletin_title,
        document.number_label or document.date_label,
        document.theme,
    ]
    made = " – ".join(filter(None, map(one_line, parts)))
    return shorten(clean(one_line(document.subject) or made or "Lettre"), SUBJECT_CHARACTERS)


def mjml_of(document: IssueDocument, subject: str) -> str:
    """The MJML source of the mail."""
    source = _drawn(
        "newsletter/mail/issue.mjml",
        _context(document)
        | {
            "subject": subject,
            "preheader": _preheader(document),
            "introduction": mark_safe(safe_prose(document.introduction_html, document.site_url)),
        },
    )
    # Indentation and empty lines would weigh; a line break still separates words.
    return "\n".join(filter(None, (line.strip(" \t") for line in clean(source).split("\n"))))


def text_of(document: IssueDocument) -> str:
    """The text part: 72 columns, every address on a line of its own."""
    edition = [document.number_label, document.date_label]
    text = _drawn(
        "newsletter/mail/issue.txt",
        _context(document)
        | {
            "edition": " – ".join(filter(None, edition)),
            "introduction_text": prose_text(document.introduction_html, document.site_url),
        },
    )
    text = re.sub(r"[ \t]+$", "", clean(text), flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _drawn(name: str, context: dict[str, object]) -> str:
    try:
        return render_to_string(name, context)
    except TemplateDoesNotExist as error:
        raise TemplateFaultError(f"Le gabarit {error} est introuvable.") from error
    except TemplateSyntaxError as error:
        raise TemplateFaultError(f"Le gabarit {_place(error) or name} est mal formé.") from error


def _place(error: TemplateSyntaxError) -> str:
    """« nom, ligne N » where Django knows them; it sets them on the exception's token."""
    token, origin = getattr(error, "token", None), getattr(error, "origin", None)
    where = getattr(origin, "template_name", None) or ""
    line = getattr(token, "lineno", None)
    return f"{where}, ligne {line}," if where and line else where


def _context(document: IssueDocument) -> dict[str, object]:
    partners = tuple(
        replace(partner, logo=absolute_picture(partner.logo, document.site_url))
        for partner in document.partners
    )
    return {"d": replace(document, partners=partners), "unsubscribe_url": UNSUBSCRIBE_MARK}


def _preheader(document: IssueDocument) -> str:
    """What an inbox shows after the subject: the editor's words, else how the issue begins."""
    if document.preheader.strip():
        return shorten(document.preheader, PREHEADER_CHARACTERS)
    introduction = prose_text(document.introduction_html, document.site_url)
    first = [document.featured.title] if document.featured else []
    rubrics = [rubric.title for rubric in document.rubrics]
    return shorten(introduction or " · ".join(first + rubrics), PREHEADER_CHARACTERS)


def _figure(number: int) -> str:
    """100000 as « 100 000 »."""
    return f"{number:,}".replace(",", "\u202f")
