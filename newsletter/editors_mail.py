"""Mail to a bulletin's editors about its drafts. A mail that does not leave costs no draft."""

import logging
from email.utils import formataddr
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage

from newsletter.composer.addresses import composer_url
from newsletter.composer.proposing import proposals_for
from newsletter.editors import editors_of
from newsletter.engine.relays import NoRelayError
from newsletter.log_actions import counted
from newsletter.models import Bulletin, Issue
from newsletter.reporting import report

logger = logging.getLogger(__name__)
SIGNATURE = (
    "Ce message est écrit par le site. Rien ne part vers les abonnés sans que vous l'envoyiez."
)


def tell_of_draft(issue_id: int) -> None:
    """A draft has been prepared: what it holds, and where to compose it."""
    issue = Issue.objects.select_related("bulletin").get(pk=issue_id)
    facts = report(issue, created=True)
    rubrics = [
        f"- {rubric['title']}\u00a0: {pages(len(rubric['items']) + len(rubric['discover']))}"
        for rubric in facts["rubrics"]
    ]
    if facts["featured"]:
        rubrics.insert(0, "- À la une\u00a0: 1 page")
    if facts["agenda"]:
        rubrics.append(f"- Agenda\u00a0: {counted(len(facts['agenda']), 'date', 'dates')}")
    aside = len(facts["unplaced"])
    left = f"{pages(aside)} de la période " + (
        "n'entre dans aucune rubrique." if aside < 2 else "n'entrent dans aucune rubrique."
    )
    _write(
        issue.bulletin,
        f"{name_of(issue)} est prêt à composer",
        f"Le brouillon «\u00a0{issue.title}\u00a0» ({issue.number_label}) vient d'être préparé.",
        "\n".join(rubrics),
        left if aside else "Toutes les pages de la période ont une rubrique.",
        f"Le composer\u00a0:\n{_address(issue)}",
    )


def tell_of_open_draft(issue_id: int) -> None:
    """The period is over and the last draft is still open: what waits for it."""
    issue = Issue.objects.select_related("bulletin").get(pk=issue_id)
    latest = issue.get_latest_revision_as_object()
    count = len(proposals_for(latest).proposed)
    waiting = "Aucune nouvelle page ne l'attend."
    if count:
        waiting = f"{pages(count)} {'vous y attend' if count < 2 else 'vous y attendent'}."
    _write(
        issue.bulletin,
        f"{name_of(latest)} est encore ouvert",
        f"Le brouillon «\u00a0{latest.title}\u00a0» n'est ni publié ni envoyé\u00a0: aucun autre "
        "numéro n'a été préparé.",
        waiting,
        f"Le composer\u00a0:\n{_address(issue)}",
    )


def tell_of_nothing(bulletin: Bulletin) -> None:
    """There was nothing to put in an issue."""
    _write(
        bulletin,
        "rien à proposer cette fois",
        "Aucune page publiée depuis le dernier numéro n'entre dans ses rubriques\u00a0: aucun "
        "brouillon n'a été préparé.",
    )


def name_of(issue: Issue) -> str:
    """« le n° 12 »."""
    return f"le {issue.number_label}" if issue.number_label else "le brouillon"


def pages(count: int) -> str:
    return counted(count, "page", "pages")


def _address(issue: Issue) -> str:
    return settings.SITE_URL + composer_url(issue.pk)


def _write(bulletin: Bulletin, subject: str, *paragraphs: str) -> None:
    to = editors_of(bulletin)
    if not to:
        logger.warning("editors.nobody bulletin=%s", bulletin.pk)
        return
    closing = []
    if bulletin.next_assembly_on:
        closing.append(f"Prochain assemblage\u00a0: le {bulletin.next_assembly_on:%d/%m/%Y}.")
    sender = bulletin.sender_email or settings.DEFAULT_FROM_EMAIL
    message = EmailMessage(
        subject=f"{bulletin.title}\u00a0: {subject}"[:200],
        body="\n\n".join(["Bonjour,", *paragraphs, *closing, SIGNATURE]) + "\n",
        from_email=formataddr((bulletin.sender_name or bulletin.title, sender)),
        to=to,
        headers={"Auto-Submitted": "auto-generated", "Content-Language": "fr"},
    )
    try:
        message.send()
    except (NoRelayError, SMTPException, OSError) as error:
        logger.error("editors.mail_not_sent bulletin=%s reason=%s", bulletin.pk, error)
