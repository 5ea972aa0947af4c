"""What is measured, and against what. A case makes its two acts once, out of the timing."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.core.mail import EmailMultiAlternatives
from mjml import mjml2html

from bench import scratch
from home.cards import Card, Term
from newsletter.documents import UNSUBSCRIBE_MARK
from newsletter.engine.messages import Letter, Reader
from newsletter.engine.prepared import prepare
from newsletter.pdf import render_pdf
from newsletter.rendering import render
from newsletter.selection import Rule, select
from tests.newsletter.samples import large_document

Act = Callable[[], object]
SENT_AT = datetime(2018, 10, 25, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    ours: str
    baseline: str
    make: Callable[[], tuple[Act, Act]]
    # Figures that are not times (queries, megabytes), measured once, apart.
    facts: Callable[[], dict[str, float]] = dict


def rendering() -> tuple[Act, Act]:
    document = large_document()
    mjml = render(document).mjml
    return (lambda: render(document)), (lambda: mjml2html(mjml, fonts={}))


def printing() -> tuple[Act, Act]:
    document = large_document()
    return (lambda: render_pdf(document)), (lambda: render(document))


def message() -> tuple[Act, Act]:
    rendered = render(large_document())
    letter = Letter(
        subject=rendered.subject,
        html=rendered.html,
        text=rendered.text,
        sender_name="En quelques clics",
        sender_email="lettre@example.org",
        reply_to="veille@example.org",
        list_title="En quelques clics",
        list_slug="en-quelques-clics",
        archive_url="https://lettre.example.org/bulletins/en-quelques-clics/",
        help_url="https://lettre.example.org/abonnement/",
        site_url="https://lettre.example.org",
        feedback="issue2",
    )
    reader = Reader("lecteur@example.org", "Zx8T2m3b7Q1cVd5fGhJkLp", "abcdef")

    def django_message() -> bytes:
        mail = EmailMultiAlternatives(
            letter.subject,
            letter.text.replace(UNSUBSCRIBE_MARK, "https://lettre.example.org/d/x"),
            letter.sender_email,
            [reader.email],
        )
        html = letter.html.replace(UNSUBSCRIBE_MARK, "https://lettre.example.org/d/x")
        mail.attach_alternative(html, "text/html")
        return mail.message().as_bytes()

    prepared = prepare(letter)
    return (lambda: b"".join(prepared.head_and_body(reader, SENT_AT))), django_message


def selection() -> tuple[Act, Act]:
    rules = [Rule(f"Rubrique {n}", frozenset({f"tag-{n}", f"autre-{n}"})) for n in range(10)]
    cards = [
        Card(
            page_id=n,
            collection="notice",
            label="Rapport",
            tint="notice",
            title=f"Titre {n}",
            url=f"/notices/{n}/",
            tags=(Term(f"tag-{n % 13}", ""), Term("commun", "")),
            published=date(2018, 1, 1) + timedelta(days=n % 365),
        )
        for n in range(2000)
    ]
    return (
        lambda: select(cards, rules, discover_tag="commun"),
        lambda: sorted(cards, key=lambda card: (card.published, card.title)),
    )


def pdf_memory() -> dict[str, float]:
    """What a process of its own needs above what it had: megabytes, and seconds of first use."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.memory"], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


CASES = (
    Case("rendering", "document to HTML and text, 77 lines", "mjml2html on the same", rendering),
    Case(
        "pdf", "document to an accessible PDF, 77 lines", "its mail and text", printing, pdf_memory
    ),
    Case("message", "one reader's message", "EmailMultiAlternatives of the same", message),
    Case("selection", "placing 2,000 pages in 10 rubrics", "sorting them", selection),
    Case(
        "assembly",
        "selecting an issue of 100 from 500 stored pages",
        "Wagtail's own specific() of the same",
        scratch.assembly,
        scratch.assembly_facts,
    ),
    Case(
        "draft",
        "storing the draft of 100 lines",
        "storing an empty draft",
        scratch.draft,
        scratch.draft_facts,
    ),
)
