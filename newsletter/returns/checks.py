"""What is wrong with the settings of the returns, said at start."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from newsletter.addresses import AddressError, normalise
from newsletter.returns.imap import MailboxError, parse_place
from newsletter.returns.webhooks import PROVIDERS


@register(Tags.security)
def check_returns(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for name in ("BOUNCE_ADDRESS", "UNSUBSCRIBE_ADDRESS"):
        try:
            if getattr(settings, name):
                normalise(getattr(settings, name))
        except AddressError as error:
            found.append(Error(f"{name}\u00a0: {error}", id="newsletter.E010"))
    if settings.BOUNCE_MAILBOX_URL:
        try:
            parse_place(settings.BOUNCE_MAILBOX_URL)
        except MailboxError as error:
            found.append(Error(str(error), id="newsletter.E011"))
    elif settings.BOUNCE_ADDRESS or settings.UNSUBSCRIBE_ADDRESS:
        found.append(
            Warning(
                "BOUNCE_ADDRESS ou UNSUBSCRIBE_ADDRESS est donnée, mais personne ne lit la boîte.",
                hint="Donnez BOUNCE_MAILBOX_URL, ou lancez process_bounces régulièrement.",
                id="newsletter.W012",
            )
        )
    if settings.SOFT_BOUNCE_HALF_LIFE_DAYS <= 0 or settings.SOFT_BOUNCE_LIMIT <= 0:
        words = "SOFT_BOUNCE_LIMIT et SOFT_BOUNCE_HALF_LIFE_DAYS doivent être positifs."
        found.append(Error(words, id="newsletter.E013"))
    return found + _check_webhooks()


def _check_webhooks() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for provider in settings.RETURNS_WEBHOOKS:
        if provider not in PROVIDERS:
            known = ", ".join(PROVIDERS)
            words = f"RETURNS_WEBHOOKS\u00a0: «\u00a0{provider}\u00a0» est inconnu ({known})."
            found.append(Error(words, id="newsletter.E014"))
    if settings.RETURNS_WEBHOOKS and ":" not in settings.ANYMAIL.get("WEBHOOK_SECRET", ""):
        words = "RETURNS_WEBHOOK_SECRET doit valoir «\u00a0utilisateur:secret\u00a0»."
        found.append(Error(words, id="newsletter.E015"))
    is_unsigned = not settings.ANYMAIL.get("MAILGUN_WEBHOOK_SIGNING_KEY")
    if "mailgun" in settings.RETURNS_WEBHOOKS and is_unsigned:
        words = "Mailgun signe\u00a0: donnez MAILGUN_WEBHOOK_SIGNING_KEY."
        found.append(Error(words, id="newsletter.E016"))
    return found
