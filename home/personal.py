"""What the software keeps of people, said by each app in its own module `personal_data`, found
here: the processing record, the retention job and its screen are made of it.

An app's `personal_data` may hold three lists:

- `HOLDINGS`: the processings (RGPD art. 30) and the fields that each keeps;
- `NOT_PERSONAL`: fields whose name looks personal and which are not, each with the reason;
- `RULES`: what is forgotten with time (RGPD art. 5.1.e).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from types import ModuleType

from django.apps import apps
from django.utils.module_loading import module_has_submodule

MODULE = "personal_data"


@dataclass(frozen=True, slots=True)
class Holding:
    """One processing. `fields`: the names of the personal fields, by « app.Model »; `kept`: how
    long, in words, from the settings as they are now; `source`: where the data come from."""

    title: str
    purpose: str
    people: str
    recipients: str
    source: str
    basis: Callable[[], str]
    kept: Callable[[], str]
    fields: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is forgotten after a delay. `forget(now, dry)` returns how many rows; with `dry` it
    counts and writes nothing."""

    key: str
    label: str
    delay: Callable[[], str]
    forget: Callable[[datetime, bool], int]


def _modules() -> Iterator[ModuleType]:
    for app in apps.get_app_configs():
        if app.module and module_has_submodule(app.module, MODULE):
            yield import_module(f"{app.name}.{MODULE}")


def holdings() -> list[Holding]:
    return [one for module in _modules() for one in getattr(module, "HOLDINGS", ())]


def not_personal() -> dict[str, str]:
    """Reasons, by « app.Model.field » or « *.field » for every model."""
    found: dict[str, str] = {}
    for module in _modules():
        found |= getattr(module, "NOT_PERSONAL", {})
    return found


def rules() -> list[Rule]:
    return [one for module in _modules() for one in getattr(module, "RULES", ())]
