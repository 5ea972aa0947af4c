"""The first PDF of a process: its peak memory above what the process had, and its time.

Read in /proc (Linux): a child's `ru_maxrss` begins at what its parent held.
"""

import json
import os
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
django.setup()

from newsletter.pdf import render_pdf  # noqa: E402 — settings first
from newsletter.rendering import render  # noqa: E402
from tests.newsletter.samples import large_document  # noqa: E402


def megabytes(name: str) -> float:
    """`name` ("VmRSS" now, "VmHWM" at its peak) of this process."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    found = next(line for line in lines if line.startswith(f"{name}:"))
    return int(found.split()[1]) / 1024


if __name__ == "__main__":
    document = large_document()
    render(document)
    Path("/proc/self/clear_refs").write_text("5", "utf-8")
    before, start = megabytes("VmRSS"), time.perf_counter()
    size = len(render_pdf(document))
    print(
        json.dumps(
            {
                "first_seconds": round(time.perf_counter() - start, 2),
                "peak_megabytes": round(megabytes("VmHWM") - before, 1),
                "pdf_bytes": size,
            }
        )
    )
