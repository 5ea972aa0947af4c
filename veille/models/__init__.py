"""The watch's tables."""

from veille.models.agenda import AgendaEntry, AgendaIndexPage
from veille.models.agenda_rows import AgendaLink, AgendaOrganiser
from veille.models.authorities import Organisation, Periodical, Person
from veille.models.notices import Notice, NoticeIndexPage
from veille.models.records import (
    Contribution,
    NoticeIdentifier,
    NoticeLink,
    NoticePublisher,
    OtherDate,
    RelatedNotice,
)

__all__ = [
    "AgendaEntry",
    "AgendaIndexPage",
    "AgendaLink",
    "AgendaOrganiser",
    "Contribution",
    "Notice",
    "NoticeIdentifier",
    "NoticeIndexPage",
    "NoticeLink",
    "NoticePublisher",
    "Organisation",
    "OtherDate",
    "Periodical",
    "Person",
    "RelatedNotice",
]
