"""Filters of the mail and of its text part: what is the same for every line of an issue.

An issue has dozens of lines, and a template takes ten steps where a function takes one: what
is drawn for each line is a function here, what is drawn once is in the templates.
"""

from collections.abc import Iterable, Sized

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from home.cards import Citation, Picture, When, citation_text
from newsletter.documents import Line, Partner
from newsletter.prose import WIDTH, prose_text, safe_prose, wrapped

register = template.Library()
register.filter("wrapped", wrapped)
register.filter("prose_words", prose_text)

# Of the mail ------------------------------------------------------------------------------


@register.filter
def prose(html: str, site_url: str) -> SafeString:
    """An editor's rich text, made harmless."""
    return mark_safe(safe_prose(html, site_url))


@register.filter
def printed(citation: Citation) -> SafeString:
    """A printed line as HTML, its italics kept."""
    return mark_safe(
        "".join(
            f"<i>{escape(run.text)}</i>" if run.style == "italic" else escape(run.text)
            for run in citation
        )
    )


@register.filter
def linked_title(line: Line, language: str) -> SafeString:
    """A line's title, as its one link where it has an address; `language` is the issue's own."""
    title = escape(line.title)
    if not line.url:
        return title
    foreign = f' lang="{escape(line.language)}"' if line.language != language else ""
    return mark_safe(f'<a href="{escape(line.url)}"{foreign}>{title}</a>')


@register.filter
def width_at(picture: Picture, height: int) -> int:
    """The width, in pixels, of a picture drawn `height` pixels high."""
    return max(1, round(picture.width * height / picture.height)) if picture.height else height


@register.filter
def width_within(picture: Picture, limit: int) -> int:
    """The width, in pixels, of a picture in a column of `limit`; it is never enlarged."""
    return min(picture.width, limit) or limit


# Of the text part -------------------------------------------------------------------------


@register.filter
def entries(lines: Iterable[Line]) -> str:
    """Lines one under the other, a blank line after each."""
    return "".join(f"{_entry(line)}\n\n" for line in lines)


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
def partner_words(partner: Partner) -> str:
    return f"– {partner.name} ({partner.mention})" if partner.mention else f"– {partner.name}"


def _entry(line: Line) -> str:
    """One line: its title, then what is known of it, then its address, each on its own row."""
    # A date needs no word for what it is.
    label = "" if line.when else line.label
    below = (
        line.subtitle,
        _when_words(line.when) if line.when else "",
        " · ".join(filter(None, [label, citation_text(line.citation)])),
        line.summary,
        line.url,
    )
    return "\n".join([wrapped(f"► {line.title}"), *(wrapped(text, "  ") for text in below if text)])


def _when_words(when: When) -> str:
    status = when.status_label.upper() if when.status != "confirmed" else ""
    deadline = "Date limite" if when.is_deadline else ""
    return " · ".join(filter(None, [status, deadline, when.text]))
