"""The words of the mails to one reader, from their subscription as it is when the mail leaves.

One `Note`, drawn as text and as HTML: what happens, one thing to do, the way out.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from newsletter.documents import one_line
from newsletter.engine.messages import unsubscribe_url
from newsletter.errors import LetterError
from newsletter.mjml import clean, compile_mjml
from newsletter.models import Bulletin, Issue, Mailing
from newsletter.models.audience import Subscriber, Subscription, new_token
from newsletter.models.readers import ReaderMail
from newsletter.models.suppressions import Suppression

Kind, Status = ReaderMail.Kind, Subscription.Status
SUBJECT_CHARACTERS, SHOWN_LINES = 200, 4
NOT_YOU = (
    "Vous n'avez rien demandé\u00a0? Ignorez ce message\u00a0: sans votre accord, rien ne change."
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of the last issue: its title, its address, a sentence about it."""

    title: str
    url: str
    summary: str


@dataclass(frozen=True, slots=True)
class Note:
    """What a mail says. `action` is (words, address); `links` are the quiet ones of the foot."""

    subject: str
    title: str
    paragraphs: tuple[str, ...]
    action: tuple[str, str] | None = None
    after: tuple[str, ...] = ()
    issue_title: str = ""
    issue_lines: tuple[Shown, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    leaves: bool = False  # carries List-Unsubscribe


def message_for(mail: ReaderMail) -> EmailMultiAlternatives | None:
    """The message that `mail` has become; None when nothing is to be said any more (the reader
    left, or must not be written to). Sets `mail.kind` to what is really said.

    Raises:
        LetterError: the words can not be drawn.
    """
    subscription = mail.subscription
    if Suppression.objects.bars(subscription.subscriber.email):
        return None
    if mail.kind in (Kind.CONFIRM, Kind.ALREADY):
        reads = subscription.status == Status.CONFIRMED
        mail.kind = Kind.ALREADY if reads else Kind.CONFIRM
    note = NOTES[mail.kind](subscription)
    return _drawn(mail, note) if note else None


def _confirm(subscription: Subscription) -> Note | None:
    if subscription.status != Status.PENDING:
        return None
    title, days = subscription.bulletin.title, settings.SUBSCRIPTION_CONFIRM_DAYS
    return Note(
        subject=f"Confirmez votre abonnement à {title}",
        title="Plus qu'un geste",
        paragraphs=(
            f"Quelqu'un, vous sans doute, a demandé «\u00a0{title}\u00a0» pour cette adresse. "
            "Pour commencer à le recevoir, confirmez\u00a0:",
        ),
        action=(
            "Confirmer mon abonnement",
            _own(reverse("confirm", args=[subscription.confirmation_token])),
        ),
        after=(
            f"Le lien vaut {days}\u00a0jours. Vous n'avez rien demandé\u00a0? Ignorez ce "
            "message\u00a0: sans confirmation, rien ne vous sera envoyé et votre adresse sera "
            "oubliée.",
        ),
    )


def _already(subscription: Subscription) -> Note | None:
    if subscription.status != Status.CONFIRMED:
        return None
    title = subscription.bulletin.title
    return Note(
        subject=f"Vous êtes déjà abonné à {title}",
        title="Vous êtes déjà abonné",
        paragraphs=(
            f"Une demande d'abonnement à «\u00a0{title}\u00a0» vient d'être faite avec cette "
            "adresse, qui le reçoit déjà\u00a0: vous n'avez rien à faire.",
        ),
        links=_ways(subscription),
        leaves=True,
    )


def _welcome(subscription: Subscription) -> Note | None:
    if subscription.status != Status.CONFIRMED:
        return None
    bulletin = subscription.bulletin
    own = tuple(part.strip() for part in bulletin.welcome_text.split("\n\n") if part.strip())
    issue = _last_issue(bulletin)
    greeting = (
        f"Votre abonnement à «\u00a0{bulletin.title}\u00a0» est confirmé. "
        "Merci de votre confiance.",
    )
    return Note(
        subject=f"Bienvenue\u00a0! Votre abonnement à {bulletin.title} est confirmé",
        title="Bienvenue",
        paragraphs=(*(own or greeting), _rhythm(subscription)),
        action=("Lire le dernier numéro", _own(issue.url)) if issue and issue.url else None,
        issue_title=_issue_title(issue) if issue else "",
        issue_lines=_lines(issue) if issue else (),
        links=_ways(subscription),
        leaves=True,
    )


def _data_link(subscription: Subscription) -> Note | None:
    subscriber = subscription.subscriber
    url = _own(reverse("personal_data", args=[data_token(subscriber)]))
    hours = f"{settings.DATA_LINK_HOURS:g}".replace(".", ",")
    return Note(
        subject="Votre lien privé vers vos données",
        title="Vos données",
        paragraphs=(
            "Vous avez demandé à voir ce que le centre garde de vous. Ce lien vous le montre, et "
            "permet de l'emporter, de le corriger ou de le faire effacer\u00a0:",
        ),
        action=("Voir mes données", url),
        after=(
            f"Le lien vaut {hours}\u00a0heures et il est personnel\u00a0: ne transmettez pas ce "
            "message.",
            NOT_YOU,
        ),
    )


NOTES = {
    Kind.CONFIRM: _confirm,
    Kind.ALREADY: _already,
    Kind.WELCOME: _welcome,
    Kind.DATA_LINK: _data_link,
}


def data_token(subscriber: Subscriber) -> str:
    """The key of the private link: the one that was just given, while it is young, else a new one.

    Two requests in a row thus lead to two links that both work.
    """
    now = timezone.now()
    half = timedelta(hours=settings.DATA_LINK_HOURS / 2)
    given = subscriber.data_token_at
    if not subscriber.data_token or not given or abs(now - given) > half:
        subscriber.data_token, subscriber.data_token_at = new_token(), now
        subscriber.save(update_fields=["data_token", "data_token_at"])
    return subscriber.data_token


def _rhythm(subscription: Subscription) -> str:
    bulletin, frequency = subscription.bulletin, subscription.frequency
    digest = {
        Subscription.Frequency.WEEKLY: "un résumé par semaine",
        Subscription.Frequency.MONTHLY: "un résumé par mois",
    }.get(frequency)
    if digest and bulletin.offers_digests:
        names = ", ".join(topic.name for topic in subscription.topics.all())
        return f"Vous recevrez {digest}\u00a0: {names or 'tous les thèmes'}."
    if bulletin.rhythm == Bulletin.Rhythm.FREE:
        return "Vous recevrez chaque numéro, dès qu'il paraît."
    return f"Vous recevrez chaque numéro\u00a0: {bulletin.get_rhythm_display().lower()}."


def _ways(subscription: Subscription) -> tuple[tuple[str, str], ...]:
    return (
        ("Régler mon abonnement", _own(reverse("preferences", args=[subscription.token]))),
        ("Me désabonner", unsubscribe_url(settings.SITE_URL, subscription.token)),
    )


def _last_issue(bulletin: Bulletin) -> Issue | None:
    """The last that was sent and can be read, else the newest that can be."""
    readable = Issue.objects.listed().filter(bulletin=bulletin)
    sent = Mailing.objects.filter(
        bulletin=bulletin, kind=Mailing.Kind.ISSUE, state=Mailing.State.SENT
    )
    last = readable.filter(mailings__in=sent).order_by("-mailings__finished_at").first()
    return last or readable.first()


def _issue_title(issue: Issue) -> str:
    return " – ".join(filter(None, [issue.number_label, issue.title]))


def _lines(issue: Issue) -> tuple[Shown, ...]:
    """The first lines of the issue; none when it can not be composed any more."""
    try:
        document = issue.document()
    except LetterError:
        return ()
    shown = [Shown(line.title, line.url, line.summary) for line in document.lines]
    return tuple(shown[:SHOWN_LINES])


def _drawn(mail: ReaderMail, note: Note) -> EmailMultiAlternatives:
    subscription, bulletin = mail.subscription, mail.subscription.bulletin
    context = {
        "note": note,
        "bulletin": bulletin,
        "site_url": settings.SITE_URL,
        "privacy_url": _own(reverse("privacy")),
    }
    text = clean(render_to_string("newsletter/subscription/mail.txt", context))
    source = clean(render_to_string("newsletter/subscription/mail.mjml", context))
    sender = clean(one_line(bulletin.sender_name or bulletin.title))
    message = EmailMultiAlternatives(
        subject=clean(one_line(note.subject))[:SUBJECT_CHARACTERS],
        body=text.strip() + "\n",
        from_email=formataddr((sender, bulletin.sender_email)),
        to=[subscription.subscriber.email],
        reply_to=[bulletin.reply_to] if bulletin.reply_to else None,
        headers=_headers(mail, note),
    )
    message.attach_alternative(compile_mjml(source), "text/html")
    return message


def _headers(mail: ReaderMail, note: Note) -> dict[str, str]:
    """RFC 3834, RFC 3282; RFC 8058 §3.1 where the mail speaks of a subscription that runs.

    The Message-ID is the same at each try, so that a mail store may fold a double.
    """
    subscription = mail.subscription
    domain = subscription.bulletin.sender_email.rpartition("@")[2] or "localhost"
    secret = f"{mail.pk}:{subscription.confirmation_token}:{subscription.token}"
    digest = hashlib.sha256(secret.encode()).hexdigest()[:24]
    headers = {
        "Message-ID": f"<{mail.kind}.{digest}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "fr",
    }
    if note.leaves:
        ways = f"<{unsubscribe_url(settings.SITE_URL, subscription.token)}>"
        if settings.UNSUBSCRIBE_ADDRESS:
            ways += f", <mailto:{settings.UNSUBSCRIBE_ADDRESS}?subject={subscription.token}>"
        headers["List-Unsubscribe"] = ways
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _own(path: str | None) -> str:
    return path if path and path.startswith("http") else f"{settings.SITE_URL}{path or '/'}"
