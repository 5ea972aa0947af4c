"""What pages of other apps show of the letter."""

from datetime import datetime

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from newsletter.models import Issue
from newsletter.prose import safe_prose
from newsletter.readers.stamps import stamp

register = template.Library()


@register.filter
def web_prose(html: str) -> SafeString:
    """Rich text with every tag closed, whose links to this site hold on any of its hosts."""
    own = f'href="{settings.SITE_URL}/'
    return mark_safe(safe_prose(html, settings.SITE_URL).replace(own, 'href="/'))


@register.filter
def moment(written: str | None) -> str:
    """A moment of an export (ISO 8601, local) as it is read: « 21/11/2026 20:34 », or « — »."""
    return f"{datetime.fromisoformat(written):%d/%m/%Y %H:%M}" if written else "—"


@register.simple_tag
def last_issue() -> Issue | None:
    """The most recent issue that anybody may read."""
    return Issue.objects.listed().first()


@register.simple_tag
def form_stamp() -> str:
    """The mark of a sign-up form given now."""
    return stamp()
