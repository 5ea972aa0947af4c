"""« Bon à diffuser »: what forbids an issue to leave, and what deserves a look. Pure.

Facts in, a `Report` out. What blocks would reach readers broken, or break the law; a warning may
be right, and only a person can tell (`newsletter/cautions.py`).
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from home.cards import quoted
from newsletter.cautions import cautions
from newsletter.documents import UNSUBSCRIBE_MARK
from newsletter.facts import Facts, Finding, Report
from newsletter.markup import read_markup

__all__ = ["Facts", "Finding", "Report", "check"]


def check(facts: Facts) -> Report:
    """What blocks, the bulletin's settings first, and the warnings, each in reading order."""
    blocking = (*_sender(facts), *_contents(facts), *_withdrawn(facts), *_mail(facts))
    return Report(blocking, tuple(cautions(facts)))


def _sender(facts: Facts) -> Iterator[Finding]:
    places = facts.places
    if not facts.title.strip() and not facts.subject.strip():
        yield Finding(
            "no-subject", "Le courriel n'a pas d'objet\u00a0: donnez un titre.", places.title
        )
    if not facts.sender_email:
        words = "Le bulletin n'a pas d'adresse d'expéditeur."
        yield Finding("no-sender", words, places.sender)
    elif not facts.sender_email.isascii():
        words = "L'adresse de l'expéditeur ne peut contenir ni accent ni signe rare."
        yield Finding("no-sender", words, places.sender)
    if not facts.reply_to:
        words = "Le bulletin n'a pas d'adresse de réponse."
        yield Finding("no-reply-to", words, places.sender)
    elif not facts.reply_to.isascii():
        words = "L'adresse de réponse ne peut contenir ni accent ni signe rare."
        yield Finding("no-reply-to", words, places.sender)


def _contents(facts: Facts) -> Iterator[Finding]:
    if not any(part.lines or part.kind == "free" for part in facts.parts):
        words = "Ce numéro est vide\u00a0: il n'a ni page ni bloc libre."
        yield Finding("empty", words, facts.places.contents)


def _withdrawn(facts: Facts) -> Iterator[Finding]:
    for part, line in facts.lines:
        if line.state == "deleted":
            named = f" ({quoted(line.title)})" if line.title else ""
            words = f"{quoted(part.title)}\u00a0: une ligne renvoie à une page supprimée{named}. "
            yield Finding("deleted", f"{words}Retirez-la.", line.where)
        elif line.state == "withdrawn":
            words = (
                f"{quoted(part.title)}\u00a0: la page {quoted(line.title)} n'est plus publique. "
            )
            yield Finding("withdrawn", f"{words}Republiez-la ou retirez-la.", line.where)


def _mail(facts: Facts) -> Iterator[Finding]:
    places = facts.places
    for title, where in facts.undescribed:
        words = f"L'image du bloc {quoted(title)} n'a pas d'alternative textuelle\u00a0: "
        yield Finding("no-alt", f"{words}décrivez-la ou dites-la décorative.", where)
    if facts.fault:
        yield facts.fault
        return
    if UNSUBSCRIBE_MARK not in facts.html:
        words = "Le courriel n'a pas de lien de désabonnement."
        yield Finding("no-unsubscribe", words, places.issue)
    if not facts.text.strip():
        yield Finding("no-text", "Le courriel n'a pas de version en texte.", places.issue)
    elif UNSUBSCRIBE_MARK not in facts.text:
        words = "La version en texte n'a pas d'adresse de désabonnement."
        yield Finding("no-text", words, places.issue)
    markup = read_markup(facts.html)
    if markup.top_titles != 1:
        words = f"Le courriel a {markup.top_titles} titres de premier niveau au lieu d'un."
        words = words if markup.top_titles else "Le courriel n'a pas de titre de premier niveau."
        yield Finding("two-h1", words, places.issue)
    for address in markup.unnamed_images:
        name = _file_name(address)
        words = f"Une image du courriel n'a pas d'alternative textuelle\u00a0: {quoted(name)}."
        yield Finding("no-alt", words, places.issue)


def _file_name(address: str) -> str:
    """The last part of an image's address, by which a person knows it."""
    try:
        path = urlsplit(address).path
    except ValueError:
        path = address
    return path.rpartition("/")[2] or address or "image sans adresse"
