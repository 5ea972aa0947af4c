"""A file of addresses becomes confirmed subscriptions, with the provenance that proves them.

All or nothing towards the database. An address that left, was erased, complained or bounced
stays out: an import never lifts anything.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from home.models import Topic
from newsletter.addresses import AddressError, normalise
from newsletter.errors import LetterError
from newsletter.models.audience import ConsentEvent, Subscriber, Subscription, Suppression
from newsletter.models.issues import Bulletin

COLUMNS = {"email", "name", "organisation", "topics"}
MAX_FILE_BYTES = 20 * 1024 * 1024
CHUNK = 500


class ImportFileError(LetterError):
    """The file can not be used; nothing was written."""


@dataclass(frozen=True, slots=True)
class Row:
    """One usable line: the address is normalised, `topics` are slugs."""

    line: int
    email: str
    name: str
    organisation: str
    topics: tuple[str, ...]


@dataclass(slots=True)
class Report:
    """`rejected` holds {"line": int, "reason": str}; lines are counted from 1, header included."""

    read: int = 0
    created: int = 0
    already: int = 0
    suppressed: int = 0
    rejected: list[dict[str, object]] = field(default_factory=list)

    def reject(self, line: int, reason: str) -> None:
        self.rejected.append({"line": line, "reason": reason})


def decode(content: bytes) -> str:
    """UTF-8, else Windows-1252 (what a French spreadsheet writes).

    Raises:
        ImportFileError: too large, binary, or neither.
    """
    if len(content) > MAX_FILE_BYTES:
        raise ImportFileError("Le fichier dépasse 20 Mo.")
    if b"\0" in content:
        raise ImportFileError("Ce fichier n'est pas un fichier CSV (il contient des octets nuls).")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return content.decode("cp1252")
        except UnicodeDecodeError as error:
            raise ImportFileError("L'encodage du fichier n'est pas reconnu.") from error


def read_rows(text: str, report: Report) -> Iterator[Row]:
    """The usable lines of a CSV text (comma, semicolon or tab); the others go to `report`.

    Raises:
        ImportFileError: no `email` column, an unknown column, or broken quoting.
    """
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names = [(name or "").strip().lower() for name in reader.fieldnames or []]
    if "email" not in names:
        raise ImportFileError("Le fichier n'a pas de colonne «\u00a0email\u00a0».")
    if unknown := sorted(set(names) - COLUMNS):
        raise ImportFileError(f"Colonnes inconnues\u00a0: {', '.join(unknown)}.")
    reader.fieldnames = names
    try:
        for record in reader:
            report.read += 1
            if row := _row(reader.line_num, record, report):
                yield row
    except csv.Error as error:
        raise ImportFileError(
            f"Ligne {reader.line_num}\u00a0: le fichier CSV est mal formé ({error})."
        ) from error


def _row(line: int, record: dict, report: Report) -> Row | None:
    if None in record:
        report.reject(line, "Cette ligne a plus de colonnes que l'en-tête.")
        return None
    value = {name: (text or "").strip() for name, text in record.items()}
    try:
        email = normalise(value["email"])
    except AddressError as error:
        report.reject(line, str(error))
        return None
    slugs = (part.strip() for part in value.get("topics", "").split(";"))
    name, organisation = value.get("name", ""), value.get("organisation", "")
    return Row(line, email, name[:150], organisation[:200], tuple(filter(None, slugs)))


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
    rows = list(read_rows(decode(content), report))
    topics = {topic.slug: topic for topic in Topic.objects.all()}
    usable: dict[str, Row] = {}
    for row in rows:
        if unknown := [slug for slug in row.topics if slug not in topics]:
            report.reject(row.line, f"Thème inconnu\u00a0: {', '.join(unknown)}.")
        elif row.email in usable:
            report.already += 1
        else:
            usable[row.email] = row
    held = Suppression.objects.held(usable)
    report.suppressed += len(held)
    wanted = [row for email, row in usable.items() if email not in held]
    chunks = [wanted[at : at + CHUNK] for at in range(0, len(wanted), CHUNK)]
    with transaction.atomic():
        for chunk in progress(chunks, len(chunks)):
            _subscribe(chunk, bulletin, provenance.strip()[:255], topics, report)
    report.rejected.sort(key=lambda item: item["line"])
    return report


def _subscribe(
    rows: list[Row],
    bulletin: Bulletin,
    provenance: str,
    topics: dict[str, Topic],
    report: Report,
) -> None:
    now, emails = timezone.now(), [row.email for row in rows]
    known = {one.email: one for one in Subscriber.objects.filter(email__in=emails)}
    new = [
        Subscriber(email=row.email, name=row.name, organisation=row.organisation)
        for row in rows
        if row.email not in known
    ]
    known |= {one.email: one for one in Subscriber.objects.bulk_create(new)}
    statuses = dict(
        Subscription.objects.filter(bulletin=bulletin, subscriber__in=known.values()).values_list(
            "subscriber__email", "status"
        )
    )
    ended = sum(status == Subscription.Status.ENDED for status in statuses.values())
    report.suppressed += ended
    report.already += len(statuses) - ended
    fresh = [row for row in rows if row.email not in statuses]
    made = Subscription.objects.bulk_create(
        Subscription(
            subscriber=known[row.email],
            bulletin=bulletin,
            status=Subscription.Status.CONFIRMED,
            requested_at=now,
            confirmed_at=now,
        )
        for row in fresh
    )
    _prove(made, provenance, now)
    through = Subscription.topics.through
    through.objects.bulk_create(
        through(subscription=subscription, topic=topics[slug])
        for subscription, row in zip(made, fresh, strict=True)
        for slug in dict.fromkeys(row.topics)
    )
    report.created += len(made)


def _prove(made: list[Subscription], provenance: str, at: datetime) -> None:
    ConsentEvent.objects.bulk_create(
        ConsentEvent(
            subscription=subscription,
            kind=ConsentEvent.Kind.IMPORTED,
            at=at,
            channel=ConsentEvent.Channel.IMPORT,
            provenance=provenance,
        )
        for subscription in made
    )
