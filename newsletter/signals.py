"""Publication of an issue writes the ledger and its themes; a theme that goes leaves the choices of
its readers right. Nothing here sends anything."""

from typing import Any

from home.models import Topic
from newsletter.models import Issue
from newsletter.models.frozen import FrozenEdition
from newsletter.models.ledger import rewrite_ledger
from newsletter.readers.combinations import leave_theme
from newsletter.themes import write_themes


def keep_choices_right(sender: type, instance: Topic, **kwargs: Any) -> None:
    """Sent before a theme is deleted, from wherever."""
    leave_theme(instance)


def remember_carried_pages(sender: type, instance: Issue, **kwargs: Any) -> None:
    """`page_published` also fires when publication is only scheduled: then nothing is carried.
    Nor once the issue has left: an erratum changes neither what it carried nor its themes."""
    if instance.live and not FrozenEdition.objects.of_issue(instance.pk).exists():
        rewrite_ledger(instance)
        write_themes(instance)
