"""A file of addresses, at once: what the command and the demo use.

All or nothing towards the database. A file that a person drops in the admin goes through
`newsletter.readers.imports` by a task, in chunks that are each committed.
"""

from collections.abc import Callable, Iterable

from django.db import transaction

from newsletter.models.issues import Bulletin
from newsletter.readers.imports.reading import folded, read_rows, roles_for_command
from newsletter.readers.imports.tables import table_of
from newsletter.readers.imports.values import ImportFileError, Report, Row
from newsletter.readers.imports.writing import CHUNK, Outcome, Target, topics_by_name, write

__all__ = ["ImportFileError", "Report", "Row", "import_subscribers"]


def import_subscribers(
    content: bytes,
    bulletin: Bulletin,
    provenance: str,
    progress: Callable[[Iterable[list[Row]], int], Iterable[list[Row]]] = lambda chunks, _: chunks,
) -> Report:
    """Subscribes the file's addresses to `bulletin`.

    Args:
        progress: wraps (chunks, how many), to show a bar.

    Raises:
        ImportFileError: nothing was written.
    """
    if not provenance.strip():
        raise ImportFileError("Indiquez la provenance des adresses\u00a0: elle prouve l'accord.")
    report = Report()
    table = table_of(content)
    target = Target(bulletin, provenance.strip()[:255], topics_by_name())
    roles = roles_for_command(table.header)
    rows = list(folded(read_rows(table, roles, report), target.topics, report).values())
    chunks = [rows[at : at + CHUNK] for at in range(0, len(rows), CHUNK)]
    with transaction.atomic():
        for chunk in progress(chunks, len(chunks)):
            for outcome in write(chunk, target).values():
                report.created += outcome == Outcome.CREATED
                report.already += outcome in Outcome.STAYS
                report.suppressed += outcome in Outcome.KEPT_OUT
    report.rejected.sort(key=lambda item: item["line"])
    return report
