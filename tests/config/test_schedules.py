"""The beat after the clock was put back."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from config.schedules import SteadyScheduler

HOUR = timedelta(hours=1)


class Beat(SteadyScheduler):
    """Rings for nobody, and says for whom it would have."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.rung: list[str] = []
        super().__init__(*args, **kwargs)

    def apply_async(self, entry: Any, *args: Any, **kwargs: Any) -> None:
        self.rung.append(entry.name)


@pytest.fixture
def app() -> Celery:
    app = Celery(broker="memory://", set_as_current=False)
    app.conf.beat_schedule = {
        "often": {"task": "often", "schedule": 30.0},
        "seldom": {"task": "seldom", "schedule": 300.0},
    }
    return app


def beat(app: Celery, folder: Path) -> Beat:
    return Beat(app=app, schedule_filename=str(folder / "schedule"))


def later(scheduler: Beat, delay: timedelta) -> None:
    """All entries ran, by a clock that was `delay` ahead of ours."""
    for entry in scheduler.schedule.values():
        entry.last_run_at = entry.default_now() + delay
    scheduler._heap = None


def test_a_clock_put_back_an_hour_does_not_silence_the_beat(
    app: Celery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = beat(app, tmp_path)
    later(scheduler, -timedelta(seconds=10))
    assert 15 < scheduler.tick() <= 20
    later(scheduler, HOUR)
    scheduler._ticked_at += HOUR.total_seconds()
    assert 25 < scheduler.tick() <= 30
    assert scheduler.rung == []
    scheduler.schedule["often"].last_run_at -= timedelta(seconds=31)
    scheduler._heap = None
    scheduler.tick()
    assert scheduler.rung == ["often"]
    scheduler.close()


def test_what_it_kept_of_the_future_is_forgotten_at_its_start(app: Celery, tmp_path: Path) -> None:
    scheduler = beat(app, tmp_path)
    later(scheduler, HOUR)
    scheduler.close()
    again = beat(app, tmp_path)
    assert 25 < again.tick() <= 30
    again.close()


def test_a_clock_that_goes_on_changes_nothing(app: Celery, tmp_path: Path) -> None:
    scheduler = beat(app, tmp_path)
    later(scheduler, -timedelta(seconds=40))
    scheduler.tick()
    assert scheduler.rung == ["often"]
    heap = scheduler._heap
    scheduler.tick()
    assert scheduler._heap is heap
    scheduler.close()
