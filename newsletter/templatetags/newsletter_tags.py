"""What pages of other apps show of the letter."""

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from newsletter.models import Issue
from newsletter.prose import safe_prose

register = template.Library()


@register.filter
def web_prose(html: str) -> SafeString:
    """Rich text with every tag closed, whose links to this site hold on any of its hosts."""
    own = f'href="{settings.SITE_URL}/'
    return mark_safe(safe_prose(html, settings.SITE_URL).replace(own, 'href="/'))


@register.simple_tag
def last_issue() -> Issue | None:
    """The most recent issue that anybody may read."""
    return Issue.objects.listed().first()
