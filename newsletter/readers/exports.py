"""Personal data leaves the software: as a table that no spreadsheet runs, and never unnoticed."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.http import StreamingHttpResponse
from django.utils import timezone

from home.models import User
from newsletter.models.readers import DataExport

EXPORT_PERMISSION = "newsletter.export_subscriber"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutralise(value: str) -> str:
    """A spreadsheet must not run what a stranger typed: `=…` becomes text."""
    return f"'{value}" if value.startswith(FORMULA_STARTS) and value != "-" else value


def local_moment(value: datetime) -> str:
    return timezone.localtime(value).strftime("%d/%m/%Y %H:%M")


def log_export(
    by: User | AnonymousUser | None, what: str, count: int, detail: str = ""
) -> DataExport:
    """Writes that personal data left: by whom (None: a command, or the person themself), what,
    how many rows. `detail` says the filters, never an address."""
    person = by if isinstance(by, User) else None
    return DataExport.objects.create(by=person, what=what[:60], count=count, detail=detail[:255])


class _Echo:
    def write(self, text: str) -> str:
        return text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A CSV that French spreadsheets open by a double click: semicolons, the mark of UTF-8."""
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff"
    yield writer.writerow(header)
    for row in rows:
        yield writer.writerow([_safe(value) for value in row])


def _safe(value: object) -> object:
    if isinstance(value, datetime):
        return local_moment(value)
    return neutralise(value) if isinstance(value, str) else value


def csv_response(
    filename: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    response = StreamingHttpResponse(
        csv_lines(header, rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "no-store"
    return response
