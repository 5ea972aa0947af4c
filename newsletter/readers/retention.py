"""The night's forgetting: every rule of every app, each for itself, and the report of the run."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from home.personal import Rule, rules
from newsletter.models.readers import JobRun

logger = logging.getLogger(__name__)
JOB = "newsletter.forget"


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule as the screen shows it: its last run, what it forgot then, whether it failed."""

    rule: Rule
    delay: str
    last_at: datetime | None
    last_count: int | None
    failed: bool


def forget(now: datetime | None = None, *, dry: bool = False) -> dict[str, Any]:
    """Runs each rule; one that fails does not stop the others.

    Returns:
        {"dry_run": bool, "counts": {rule: rows}, "failed": [rule…]}. Unless dry, a `JobRun` says
        the same.
    """
    now = now or timezone.now()
    counts: dict[str, int] = {}
    failed: list[str] = []
    run = None if dry else JobRun.objects.create(job=JOB, started_at=timezone.now())
    for rule in rules():
        try:
            counts[rule.key] = rule.forget(now, dry)
        except Exception as error:
            logger.exception(
                "retention.rule_failed rule=%s reason=%s", rule.key, type(error).__name__
            )
            failed.append(rule.key)
    if run:
        run.counts, run.finished_at = counts, timezone.now()
        run.error = f"Règles en échec\u00a0: {', '.join(failed)}"[:300] if failed else ""
        run.save()
    return {"dry_run": dry, "counts": counts, "failed": failed}


def standings() -> list[Standing]:
    """Each rule with its last run. A run that died has no end: its rules stand as failed."""
    runs = list(JobRun.objects.filter(job=JOB)[:60])
    found = []
    for rule in rules():
        last = next((run for run in runs if run.finished_at and rule.key in run.counts), None)
        newest = runs[0] if runs else None
        failed = newest is not None and rule.key not in newest.counts
        found.append(
            Standing(
                rule,
                rule.delay(),
                last.started_at if last else None,
                last.counts[rule.key] if last else None,
                failed,
            )
        )
    return found
