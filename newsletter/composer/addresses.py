"""Where the composer of an issue stands in the admin."""

from django.urls import reverse


def composer_url(issue_id: int, anchor: str = "") -> str:
    """The composer's path; `anchor` is the id of an element of it, without « # »."""
    address = reverse("newsletter_composer", args=[issue_id])
    return f"{address}#{anchor}" if anchor else address
