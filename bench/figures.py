"""What a measure found, beside what was asked of it; kept in `var/bench` as JSON."""

import json
import statistics
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

OUT = Path("var/bench")


@dataclass(frozen=True)
class Figure:
    """`target` "≥ 4" or "≤ 100" is compared with `value`; "" is only told."""

    name: str
    value: float
    unit: str = ""
    target: str = ""
    detail: str = ""

    @property
    def met(self) -> bool | None:
        if not self.target:
            return None
        sign, _, limit = self.target.partition(" ")
        bound = float(limit.replace(",", ""))
        return self.value >= bound if sign == "≥" else self.value <= bound

    @property
    def row(self) -> list[str]:
        met = {None: "", True: "yes", False: "NO"}[self.met]
        value = f"{self.value:,.0f}" if self.value >= 1000 else f"{self.value:.3g}"
        return [self.name, self.target, f"{value} {self.unit}".strip(), met, self.detail]


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def spread(values: list[float]) -> str:
    """« 4.1 to 4.6 »"""
    return f"{min(values):.3g} to {max(values):.3g}"


def show(figures: list[Figure]) -> None:
    for figure in figures:
        name, target, value, met, detail = figure.row
        print(f"  {name:52}{value:>16}{target:>10} {met:4} {detail}", flush=True)


def keep(measure: str, command: str, figures: list[Figure]) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    found = {
        "command": command,
        "date": time.strftime("%Y-%m-%d"),
        "load": round(Path("/proc/loadavg").exists() and _load(), 2),
        "figures": [asdict(figure) for figure in figures],
    }
    text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    (OUT / f"figures-{measure}.json").write_text(text, "utf-8")


def _load() -> float:
    """Average number of running processes of the last minute, our own included."""
    return float(Path("/proc/loadavg").read_text("ascii").split()[0])


def kept() -> dict[str, dict]:
    """Every kept measure, by name."""
    files = sorted(OUT.glob("figures-*.json"))
    return {f.stem.removeprefix("figures-"): json.loads(f.read_text("utf-8")) for f in files}
