"""A bulletin that is assembled on its day, and pages for it."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from home.models import HomePage
from newsletter.models import Bulletin
from newsletter.rules import rule_blocks
from tests.newsletter.factories import bulletin
from tests.veille.factories import notice, topic

DAY = date(2026, 12, 1)
EDITORS = "redaction@example.org\nveille@example.org\n"


def letter_of(home: HomePage, **fields: Any) -> Bulletin:
    topic("Design"), topic("Lieux")
    values = {
        "rhythm": "monthly",
        "assembles_on_schedule": True,
        "next_assembly_on": DAY,
        "editors_addresses": EDITORS,
        "agenda_weeks": 8,
    }
    made = bulletin(home, **values | fields)
    made.standing_rubrics = rule_blocks([("Le design", ("design",)), ("Les lieux", ("lieux",))])
    made.save_revision().publish()
    made.refresh_from_db()
    return made


def published(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=timezone.get_default_timezone())


def fill(home: HomePage) -> None:
    notice(home, slug="design", topics=("Design",), published=published(11, 3))
    notice(home, slug="lieu", topics=("Lieux",), published=published(11, 4))
    notice(home, slug="autre", published=published(11, 5))
