"""Mail owed to one reader: what it says, and the bytes that travel."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.core import mail
from django.utils import timezone

from newsletter.models import ReaderMail
from newsletter.readers import mails, subscriptions
from newsletter.readers.subscriptions import confirm, sign_up
from tests.newsletter.sending import SENDER, bulletin, issue, mailing_to, reader
from tests.sink import Sink

pytestmark = pytest.mark.django_db
TO = "jeanne@exemple.fr"
Kind = ReaderMail.Kind


def owed(kind: str = Kind.CONFIRM, status: str = "pending", **fields: object) -> ReaderMail:
    return ReaderMail.objects.create(kind=kind, subscription=reader(TO, status), **fields)


def through(settings, sink: Sink) -> None:
    settings.EMAIL_BACKEND = "newsletter.engine.smtp.UrlEmailBackend"
    settings.SMTP_URL = f"smtp://127.0.0.1:{sink.port}"


def html_of(message: mail.EmailMultiAlternatives) -> str:
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    return html


def as_read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


# What they say --------------------------------------------------------------------------


def test_a_confirmation_says_one_thing_in_text_and_in_html(settings):
    row = owed()
    assert mails.post_due() == 1
    (message,) = mail.outbox
    link = f"{settings.SITE_URL}/abonnement/confirmer/{row.subscription.confirmation_token}/"
    html = html_of(message)
    assert message.body.split("\n").count(link) == 1
    assert html.count(f'href="{link}"') == 1
    assert "Le lien vaut 7\u00a0jours" in message.body
    assert 'lang="fr"' in html
    assert row.subscription.token not in message.body + html
    assert "List-Unsubscribe" not in message.extra_headers
    row.refresh_from_db()
    assert (row.state, row.tries, row.error) == ("sent", 1, "")
    assert row.sent_at is not None
    assert mails.post_due() == 0


def test_who_confirmed_before_the_mail_left_is_told_that_they_read_already():
    row = owed()
    confirm(row.subscription.confirmation_token)
    ReaderMail.objects.filter(kind=Kind.WELCOME).delete()
    mails.post_due()
    assert mail.outbox[0].subject == "Vous êtes déjà abonné à En quelques clics"
    row.refresh_from_db()
    assert row.kind == Kind.ALREADY


def test_a_confirmed_reader_is_welcomed_once_with_the_last_issue(settings):
    page = issue(title="Innovation publique")
    subscription = sign_up(TO, bulletin(), "/")
    mails.post_due()
    for _ in range(3):
        confirm(subscription.confirmation_token)
    mails.post_due()
    _, welcome = mail.outbox
    html, token = html_of(welcome), subscription.token
    assert welcome.subject == "Bienvenue\u00a0! Votre abonnement à En quelques clics est confirmé"
    for address in (
        settings.SITE_URL + page.url,
        f"{settings.SITE_URL}/d/{token}",
        f"{settings.SITE_URL}/abonnement/preferences/{token}/",
    ):
        assert address in welcome.body.split("\n")
        assert f'href="{address}"' in html
    for words in (welcome.body, html):
        assert "Innovation publique" in words
        assert "Vous recevrez chaque numéro" in words
    assert welcome.extra_headers["List-Unsubscribe"] == f"<{settings.SITE_URL}/d/{token}>"
    assert welcome.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_welcome_has_the_bulletins_own_words_and_what_was_chosen():
    letter = bulletin(welcome_text="Bonjour & bienvenue <ici>.\n\nÀ bientôt.")
    subscription = reader(TO, to=letter, frequency="weekly")
    ReaderMail.objects.create(kind=Kind.WELCOME, subscription=subscription)
    mails.post_due()
    (message,) = mail.outbox
    assert "Bonjour & bienvenue <ici>.\n\nÀ bientôt." in message.body
    assert "Bonjour &amp; bienvenue &lt;ici&gt;." in html_of(message)
    assert "Vous recevrez un résumé par semaine\u00a0: tous les thèmes." in message.body
    assert "Lire le dernier numéro" not in message.body


def test_the_last_issue_is_the_last_that_left_not_the_last_on_sale():
    left = issue(5, title="Celui qui est parti", dated="2018-09")
    issue(6, title="Celui qui va partir", dated="2018-12")
    mailing = mailing_to(0, state="sending")
    type(mailing).objects.update(issue=left, state="sent", finished_at=timezone.now())
    ReaderMail.objects.create(kind=Kind.WELCOME, subscription=reader(TO))
    mails.post_due()
    assert "Celui qui est parti" in mail.outbox[0].body
    assert "Celui qui va partir" not in mail.outbox[0].body


def test_two_private_links_asked_in_a_row_both_work(settings):
    subscription = reader(TO)
    for _ in range(2):
        assert subscriptions.ask_for_data_link(subscription)
        mails.post_due()
    first, second = (message.body for message in mail.outbox)
    assert first == second
    subscription.subscriber.refresh_from_db()
    token = subscription.subscriber.data_token
    assert f"{settings.SITE_URL}/abonnement/mes-donnees/{token}/" in first.split("\n")
    assert subscription.token not in first


# As it travels --------------------------------------------------------------------------


def test_the_bytes_keep_the_one_click_header_whole_on_a_long_host(settings):
    settings.SITE_URL = "https://lettre-d-information.centre-de-ressources-politique-de-la-ville.fr"
    settings.UNSUBSCRIBE_ADDRESS = "desinscription@lettre.exemple.fr"
    with Sink() as sink:
        through(settings, sink)
        row = owed(Kind.WELCOME, "confirmed")
        assert mails.post_due() == 1
    ((address, raw),) = sink.taken
    token = row.subscription.token
    ways = f"<{settings.SITE_URL}/d/{token}>, <mailto:desinscription@lettre.exemple.fr"
    # Folded between its two ways, where any reader unfolds it (RFC 5322 §2.2.3); never encoded.
    head = re.sub(r"\s*\r\n[ \t]+", " ", raw.partition(b"\r\n\r\n")[0].decode("ascii"))
    assert address == TO
    assert f"List-Unsubscribe: {ways}?subject={token}>" in head
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    read = as_read(raw)
    assert read["Message-ID"].startswith("<welcome.")
    assert read["Message-ID"].endswith(f"@{SENDER.partition('@')[2]}>")
    assert read["From"] == f"Centre d'été <{SENDER}>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert [p.get_content_type() for p in read.iter_parts()] == ["text/plain", "text/html"]


def test_nothing_that_an_editor_typed_makes_a_header_or_a_tag():
    letter = bulletin(title="Clics\r\nBcc: x@exemple.fr <script>", sender_name='"É", <x>\nBcc: y')
    ReaderMail.objects.create(kind=Kind.CONFIRM, subscription=reader(TO, "pending", to=letter))
    mails.post_due()
    (message,) = mail.outbox
    head = message.message().as_bytes().partition(b"\n\n")[0]
    assert b"\nBcc:" not in head
    assert message.recipients() == [TO]
    assert "<script" not in html_of(message)


def test_a_mail_tried_twice_bears_one_identifier(settings):
    row = owed()
    mails.post_due()
    ReaderMail.objects.filter(pk=row.pk).update(state="pending", claimed_at=None)
    mails.post_due()
    first, second = (message.extra_headers["Message-ID"] for message in mail.outbox)
    assert first == second
