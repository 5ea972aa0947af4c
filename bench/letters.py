"""The letter that is sent: a real rendering of 77 lines, cut to 108 KB on the wire."""

import json
import re
from dataclasses import asdict
from functools import cache

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from bench.sending.paper import FILE, KEY, SENT_AT, TO, TOKEN
from newsletter.documents import UNSUBSCRIBE_MARK
from newsletter.engine.messages import Letter, Reader
from newsletter.engine.prepared import build
from newsletter.rendering import render
from tests.newsletter.samples import large_document

WIRE = 108_000


@cache
def letter(wire: int = WIRE) -> Letter:
    """About `wire` bytes a message: the HTML whole, as much of the text as fits."""
    rendered = render(large_document())
    lines = rendered.text.split("\n")
    html = rendered.html
    while True:
        text = "\n".join([*lines, f"Se désabonner : {UNSUBSCRIBE_MARK}"])
        made = Letter(
            subject=rendered.subject,
            html=html,
            text=text,
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
        size = len(build(made, Reader(TO, TOKEN, KEY), SENT_AT))
        if size <= wire:
            return made
        if len(lines) > 1:
            del lines[-max(1, (size - wire) // 80) :]
        else:
            html = html.replace("</td>", "</td>", 1)[: len(html) - (size - wire)]


@cache
def template() -> bytes:
    """One reader's message, each of its places whole on its line: for replacement in bytes."""
    message = build(letter(), Reader(TO, TOKEN, KEY), SENT_AT)
    for place in (TO, TOKEN):
        spaced = b"(?:=\r\n)?".join(re.escape(c.encode()) for c in place)
        message = re.sub(spaced, place.encode(), message)
    return message


def contents() -> dict[str, str]:
    made = letter()
    return {"subject": made.subject, "html": made.html, "text": made.text}


def write() -> None:
    """For the baselines, which run without Django's start."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    found = {"letter": asdict(letter()), "template": template().decode("ascii")}
    FILE.write_text(json.dumps(found), "utf-8")
