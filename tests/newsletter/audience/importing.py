"""The least that a test needs of an import dropped in the admin."""

from newsletter.models import SubscriberImport
from newsletter.readers.imports import running
from newsletter.readers.imports.reading import preview
from tests.newsletter.sending import bulletin

PROVENANCE = "Séminaire (recueillies jusqu'au 12/03/2026)"


def dropped(content: bytes, state: str = "draft", **fields: object) -> SubscriberImport:
    seen = preview(content)
    mapping = {"header": seen.header, "roles": seen.roles, "lines": seen.lines}
    values = {"provenance": PROVENANCE, "filename": "liste.csv", "shape": seen.shape}
    return SubscriberImport.objects.create(
        bulletin=bulletin(), content=content, mapping=mapping, state=state, **(values | fields)
    )


def ran(content: bytes) -> SubscriberImport:
    """Confirmed by a person, then run by a worker."""
    job = dropped(content)
    assert running.start(job)
    running.run(job.pk)
    job.refresh_from_db()
    return job
