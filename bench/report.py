"""Writes what the measures and the faults last found in `docs/measurements.md`."""

import json
import os
import platform
from pathlib import Path

from bench.figures import OUT, Figure, kept

DOCUMENT = Path("docs/measurements.md")
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def write() -> int:
    """Replaces the block between BEGIN and END."""
    text = DOCUMENT.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    block = "\n".join([BEGIN, "", *_machine(), *_measures(), *_faults(), END])
    DOCUMENT.write_text(before + block + after, "utf-8")
    print(f"{DOCUMENT}: written")
    return 0


def _machine() -> list[str]:
    release = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    words = f"{os.cpu_count()} cores, {release}, Python {platform.python_version()}"
    return [f"Machine: {words}.", ""]


def _measures() -> list[str]:
    lines = []
    for name, found in kept().items():
        how = f"`{found['command']}`, {found['date']}, load {found['load']} at the end"
        lines += [f"### {name}", "", f"{how}.", ""]
        lines += ["| figure | target | measured | met | |", "|---|---|---|---|---|"]
        for row in (Figure(**figure).row for figure in found["figures"]):
            lines.append("| " + " | ".join(row) + " |")
        lines.append("")
    return lines


def _faults() -> list[str]:
    file = OUT / "faults.json"
    if not file.exists():
        return []
    lines = ["### faults", "", "`python -m bench.faults`", ""]
    lines += ["| fault | readers | lost | doubles | uncertain | failed | | verdict |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    told = ("readers", "lost", "doubles", "uncertain", "failed")
    for name, found in json.loads(file.read_text("utf-8")).items():
        figures = found["figures"]
        more = [f"{k} {v}" for k, v in figures.items() if k not in {*told, "received", "state"}]
        verdict = "; ".join(found["wrong"]) or ("skipped" if "skipped" in figures else "ok")
        cells = [name, *(str(figures.get(key, "")) for key in told), ", ".join(more), verdict]
        lines.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    return [*lines, ""]
