"""Filters of the text part: no markup, 72 columns."""

from collections.abc import Sized

from django import template

from home.cards import When, citation_text
from newsletter.documents import Line, Partner
from newsletter.prose import WIDTH, wrapped

register = template.Library()
register.filter("wrapped", wrapped)


@register.filter
def ruled(title: str, character: str = "-") -> str:
    """A title in capitals between two rules; one rule alone for an empty title."""
    rule = character * WIDTH
    return f"{rule}\n{wrapped(title.upper())}\n{rule}" if title else rule


@register.filter
def counted(title: str, count: int | Sized) -> str:
    """A row of the contents, with how many lines stand under the title."""
    number = count if isinstance(count, int) else len(count)
    return f"– {title} ({number})" if number else f"– {title}"


@register.filter
def printed_line(line: Line) -> str:
    """What the entry is and its printed line; a date needs no word for what it is."""
    label = "" if line.when else line.label
    return " · ".join(filter(None, [label, citation_text(line.citation)]))


@register.filter
def when_words(when: When) -> str:
    status = when.status_label.upper() if when.status != "confirmed" else ""
    deadline = "Date limite" if when.is_deadline else ""
    return " · ".join(filter(None, [status, deadline, when.text]))


@register.filter
def partner_words(partner: Partner) -> str:
    return f"– {partner.name} ({partner.mention})" if partner.mention else f"– {partner.name}"
