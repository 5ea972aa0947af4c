"""The demo's persons, organisations and periodicals: one record a body, whatever its spellings."""

from dataclasses import dataclass
from typing import Self

from config.demo import content
from veille.models import Organisation, Periodical, Person


@dataclass(frozen=True, slots=True)
class Authorities:
    """The records by their key in the data files."""

    organisations: dict[str, Organisation]
    persons: dict[str, Person]
    periodicals: dict[str, Periodical]

    @classmethod
    def load(cls) -> Self:
        organisations = {
            row["key"]: Organisation.objects.get_or_create(
                name=row["name"],
                defaults={
                    "acronym": row.get("acronym", ""),
                    "variants": "\n".join(row.get("variants", [])),
                    "kind": row.get("kind", ""),
                    "url": row.get("url", ""),
                },
            )[0]
            for row in content.authorities("organisations")
        }
        for row in content.authorities("organisations"):
            made = organisations[row["key"]]
            if row.get("becomes") and made.becomes_id is None:
                made.becomes = organisations[row["becomes"]]
                made.save()
        persons = {
            row["key"]: Person.objects.get_or_create(
                family_name=row["family"], given_name=row.get("given", "")
            )[0]
            for row in content.authorities("persons")
        }
        periodicals = {
            row["key"]: Periodical.objects.get_or_create(
                title=row["title"],
                defaults={"issn": row.get("issn", ""), "url": row.get("url", "")},
            )[0]
            for row in content.authorities("periodicals")
        }
        return cls(organisations, persons, periodicals)
