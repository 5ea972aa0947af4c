"""What pages of other apps show of the letter."""

from django import template

from newsletter.models import Issue

register = template.Library()


@register.simple_tag
def last_issue() -> Issue | None:
    """The most recent issue that anybody may read."""
    return Issue.objects.listed().first()
