"""The issue's spec: read from JSON, checked field by field, before anything is written. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from newsletter.errors import SpecError
from newsletter.numbering import IssueDateError, parse_issue_date
from newsletter.selection import Period

FIELDS = frozenset(
    {"bulletin", "kind", "number", "date", "title", "intro", "partners", "featured"}
    | {"rubrics", "discover_tag", "period", "agenda", "ledger"}
)
REQUIRED = ("bulletin", "number", "date", "title")
KINDS = ("regular", "special")
EVER = Period()


@dataclass(frozen=True, slots=True)
class RubricSpec:
    title: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IssueSpec:
    """What to assemble. `rubrics` is None for the bulletin's standing rubrics."""

    bulletin: str
    kind: str
    number: int
    date: str
    title: str
    intro: str = ""
    partners: tuple[str, ...] = ()
    featured_tag: str = ""
    rubrics: tuple[RubricSpec, ...] | None = None
    discover_tag: str = ""
    period: Period = EVER
    agenda: Period | None = None
    ledger: bool = True

    @property
    def tags(self) -> frozenset[str]:
        """Every slug that the spec names."""
        named = {tag for rubric in self.rubrics or () for tag in rubric.tags}
        return frozenset((named | {self.featured_tag, self.discover_tag}) - {""})


class _Reader:
    """Collects one sentence a faulty field, so that all are told at once."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.problems: list[str] = []

    def fault(self, name: str, words: str) -> None:
        self.problems.append(f"Champ «\u00a0{name}\u00a0»\u00a0: {words}")

    def text(self, name: str, default: str = "") -> str:
        value = self.data.get(name, default)
        if not isinstance(value, str):
            self.fault(name, "un texte est attendu.")
            return default
        return value.strip()

    def texts(self, value: Any, name: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            self.fault(name, "une liste de textes est attendue.")
            return ()
        return tuple(value)

    def day(self, value: Any, name: str) -> date | None:
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.fault(name, f"«\u00a0{value}\u00a0» n'est pas une date AAAA-MM-JJ.")
            return None

    def period(self, name: str) -> Period | None:
        value = self.data.get(name)
        if value is None:
            return None
        if not isinstance(value, Mapping) or set(value) - {"from", "to"}:
            self.fault(name, "«\u00a0from\u00a0» et «\u00a0to\u00a0» sont attendus.")
            return None
        bounds = {k: self.day(v, f"{name}.{k}") for k, v in value.items() if v is not None}
        start, end = bounds.get("from"), bounds.get("to")
        if start and end and start > end:
            self.fault(name, "la fin précède le début.")
        return Period(start, end)

    def rubrics(self) -> tuple[RubricSpec, ...] | None:
        value = self.data.get("rubrics")
        if value is None:
            return None
        if not isinstance(value, list):
            self.fault("rubrics", "une liste est attendue.")
            return None
        found = []
        for rank, item in enumerate(value):
            name = f"rubrics[{rank}]"
            if not isinstance(item, Mapping) or set(item) != {"title", "tags"}:
                self.fault(
                    name, "«\u00a0title\u00a0» et «\u00a0tags\u00a0» sont attendus, rien d'autre."
                )
                continue
            title = item["title"] if isinstance(item["title"], str) else ""
            if not title.strip() or len(title) > 150:
                self.fault(f"{name}.title", "de 1 à 150 caractères.")
            found.append(RubricSpec(title.strip(), self.texts(item["tags"], f"{name}.tags")))
        return tuple(found) or None

    def featured(self) -> str:
        value = self.data.get("featured")
        if value is None:
            return ""
        if (
            not isinstance(value, Mapping)
            or set(value) != {"tag"}
            or not isinstance(value["tag"], str)
        ):
            self.fault("featured", '{"tag": …} est attendu.')
            return ""
        return value["tag"]

    def dated(self) -> str:
        value = self.text("date")
        try:
            parse_issue_date(value)
        except IssueDateError as error:
            self.fault("date", str(error))
        return value

    def title(self) -> str:
        value = self.text("title")
        if not 1 <= len(value) <= 255:
            self.fault("title", "de 1 à 255 caractères.")
        return value

    def number(self) -> int:
        value = self.data.get("number")
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 99_999:
            self.fault("number", "un entier de 1 à 99999 est attendu.")
            return 0
        return value


def _check_names(reader: _Reader) -> None:
    for name in sorted(set(reader.data) - FIELDS):
        reader.problems.append(f"Champ inconnu\u00a0: «\u00a0{name}\u00a0».")
    for name in REQUIRED:
        if name not in reader.data:
            reader.problems.append(f"Champ manquant\u00a0: «\u00a0{name}\u00a0».")


def parse_spec(data: Any) -> IssueSpec:
    """The spec as a value.

    Raises:
        SpecError: an unknown or missing field, a wrong kind of value, an impossible date;
            every fault is named at once.
    """
    if not isinstance(data, Mapping):
        raise SpecError(["La spécification doit être un objet JSON."])
    reader = _Reader(data)
    _check_names(reader)
    kind = reader.text("kind", "regular")
    if kind not in KINDS:
        reader.fault("kind", "«\u00a0regular\u00a0» ou «\u00a0special\u00a0».")
    ledger = data.get("ledger", kind == "regular")
    if not isinstance(ledger, bool):
        reader.fault("ledger", "true ou false.")
    spec = IssueSpec(
        bulletin=reader.text("bulletin"),
        kind=kind,
        number=reader.number() if "number" in data else 0,
        date=reader.dated() if "date" in data else "",
        title=reader.title() if "title" in data else "",
        intro=reader.text("intro"),
        partners=reader.texts(data.get("partners", []), "partners"),
        featured_tag=reader.featured(),
        rubrics=reader.rubrics(),
        discover_tag=reader.text("discover_tag"),
        period=reader.period("period") or EVER,
        agenda=reader.period("agenda"),
        ledger=bool(ledger) or kind == "regular",
    )
    if reader.problems:
        raise SpecError(reader.problems)
    return spec
