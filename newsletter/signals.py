"""Publication of an issue writes the ledger and its themes. Nothing here sends anything."""

from typing import Any

from newsletter.models import Issue
from newsletter.models.ledger import write_ledger
from newsletter.themes import write_themes


def remember_carried_pages(sender: type, instance: Issue, **kwargs: Any) -> None:
    """`page_published` also fires when publication is only scheduled: then nothing is carried."""
    if instance.live:
        write_ledger(instance)
        write_themes(instance)
