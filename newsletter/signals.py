"""Publication of an issue writes the ledger and its themes. Nothing here sends anything."""

from typing import Any

from newsletter.models import Issue
from newsletter.models.frozen import FrozenEdition
from newsletter.models.ledger import rewrite_ledger
from newsletter.themes import write_themes


def remember_carried_pages(sender: type, instance: Issue, **kwargs: Any) -> None:
    """`page_published` also fires when publication is only scheduled: then nothing is carried.
    Nor once the issue has left: an erratum changes neither what it carried nor its themes."""
    if instance.live and not FrozenEdition.objects.of_issue(instance.pk).exists():
        rewrite_ledger(instance)
        write_themes(instance)
