"""One `IssueDocument` in, one `RenderedIssue` out: the mail, its text part and its subject.

Receivers cut a mail at about 102 kB and the unsubscribe link goes with the tail: a mail that
is too heavy gets shorter extracts, and if that is not enough it is refused, never sent cut.
"""

import re
from dataclasses import replace

from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import mark_safe

from home.cards import shorten
from newsletter.documents import (
    PREFERENCES_MARK,
    UNSUBSCRIBE_MARK,
    IssueDocument,
    Partner,
    RenderedIssue,
    absolute_picture,
    one_line,
    with_summaries,
)
from newsletter.errors import LetterError
from newsletter.figures.campaigns import tag_links
from newsletter.mjml import clean, compile_mjml
from newsletter.prose import prose_text, safe_prose

MAX_BYTES, MIN_BYTES = 100_000, 20_000
LIMITS = (300, 260, 220, 180, 140, 100, 60, 0)
PREHEADER_CHARACTERS, PREHEADER_FILL = 140, 100
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
    weight = drawn = excess = 0
    for limit in LIMITS:
        shortened = with_summaries(document, limit)
        extracts = _extracts_weight(shortened)
        # Each limit costs a whole rendering: one that can not be enough is passed over.
        if excess and drawn - extracts < excess and limit != LIMITS[-1]:
            continue
        mjml = mjml_of(shortened, subject)
        html, _ = tag_links(compile_mjml(mjml), "", document.site_url, document.campaign)
        weight = len(html.encode())
        if weight <= max_bytes:
            text = text_of(with_summaries(document, LIMITS[0]))
            _, text = tag_links("", text, document.site_url, document.campaign)
            return RenderedIssue(subject, html, text, mjml, summary_limit=limit)
        drawn, excess = extracts, weight - max_bytes
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
            "preheader": _padded(_preheader(document)),
            "introduction": mark_safe(safe_prose(document.introduction_html, document.site_url)),
            # The others are told by their logos.
            "named_partners": [p for p in document.partners if p.mention or not p.logo],
        },
    )
    # Indentation and empty lines would weigh; a line break still separates words.
    return "\n".join(filter(None, (line.strip(" \t") for line in clean(source).split("\n"))))


def text_of(document: IssueDocument) -> str:
    """The text part: 72 columns, every address on a line of its own."""
    edition, dateline = document.edition, [document.number_label, document.date_label]
    text = _drawn(
        "newsletter/mail/issue.txt",
        _context(document)
        | {
            "banner": document.bulletin_title + (f", avec {edition.name}" if edition else ""),
            "dateline": " – ".join(filter(None, dateline)),
            "introduction_text": prose_text(document.introduction_html, document.site_url),
        },
    )
    return re.sub(r"\n{3,}", "\n\n", clean(text)).strip() + "\n"


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
    links = (
        ("Lire en ligne", document.web_url),
        ("Lire en PDF", document.pdf_url),
        ("Tous les numéros", document.archive_url),
        ("S’abonner", document.subscribe_url),
        ("Contact", document.contact_url),
        ("Données personnelles", document.privacy_url),
    )
    return {
        "d": _with_absolute_pictures(document),
        "featured": (document.featured,) if document.featured else (),
        "reading_links": [(label, url) for label, url in links if url],
        "unsubscribe_url": UNSUBSCRIBE_MARK,
        "preferences_url": PREFERENCES_MARK,
    }


def _with_absolute_pictures(document: IssueDocument) -> IssueDocument:
    site, edition = document.site_url, document.edition

    def fit(partner: Partner) -> Partner:
        return replace(partner, logo=absolute_picture(partner.logo, site))

    return replace(
        document,
        partners=tuple(map(fit, document.partners)),
        edition=fit(edition) if edition else None,
        rubrics=tuple(
            replace(rubric, picture=absolute_picture(rubric.picture, site))
            for rubric in document.rubrics
        ),
    )


def _extracts_weight(document: IssueDocument) -> int:
    """Bytes that the summaries take in the mail."""
    return sum(len(escape(line.summary).encode()) for line in document.lines)


def _preheader(document: IssueDocument) -> str:
    """What an inbox shows after the subject: the editor's words, else how the issue begins."""
    if document.preheader.strip():
        return shorten(document.preheader, PREHEADER_CHARACTERS)
    introduction = prose_text(document.introduction_html, document.site_url)
    first = [document.featured.title] if document.featured else []
    rubrics = [rubric.title for rubric in document.rubrics]
    return shorten(introduction or " · ".join(first + rubrics), PREHEADER_CHARACTERS)


def _padded(preheader: str) -> str:
    """Blanks after a short preheader, for an inbox would go on with the links of the banner.

    A combining grapheme joiner after each: blanks alone would be folded into one.
    """
    return preheader + "\u00a0\u034f" * max(0, PREHEADER_FILL - len(preheader))


def _figure(number: int) -> str:
    """100000 as « 100 000 »."""
    return f"{number:,}".replace(",", "\u202f")
